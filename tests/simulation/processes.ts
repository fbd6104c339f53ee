/**
 * The etcd processes of the simulated machines.
 *
 * @module
 */

import type { MemberStart } from "../../src/cluster/agent/io.ts";
import type { EtcdEnd } from "../../src/cluster/agent/news.ts";
import type { Machine } from "./machine.ts";
import type { World } from "./world.ts";

const STOP_MS = 50;

/** Makes that etcd run and no other, or none. */
export function wishFor(world: World, machine: Machine, wish: MemberStart | undefined): void {
  const { process, wish: before } = machine;
  if (machine.stops) return;
  machine.wish = wish;
  if (process === undefined && before !== undefined && before.name !== wish?.name) {
    const message = "it was told to before it ran";
    world.sendAfter(machine, STOP_MS, {
      type: "etcd-ended",
      name: before.name,
      end: "other",
      message,
    });
  }
  const replaced = process !== undefined && process.name === wish?.name &&
    process.data === undefined;
  if (replaced) machine.process = undefined;
  else if (process !== undefined && process.name !== wish?.name) {
    const { data } = process;
    if (data !== undefined) world.observe({ type: "ended-by-host", machine, ...data });
    endProcess(world, machine, "other", "it was told to");
  } else if (process !== undefined) {
    process.announced = false; // adopted: says again that it answers
    return;
  }
  if (wish !== undefined) start(world, machine, wish);
}

/** The process ends, and the agent hears of it. */
export function endProcess(world: World, machine: Machine, end: EtcdEnd, message: string): void {
  const { process } = machine;
  if (process === undefined) return;
  machine.process = undefined;
  world.note(() => `${machine} etcd ends: ${message}`);
  world.sendAfter(machine, STOP_MS, { type: "etcd-ended", name: process.name, end, message });
}

function start(world: World, machine: Machine, wish: MemberStart): void {
  const { life } = machine;
  world.time.after(world.chance.between(STOP_MS * 2, 400), () => {
    if (machine.wish !== wish || machine.life !== life || machine.process !== undefined) return;
    const believes = world.certificates?.of(machine).believes ?? [];
    machine.process = { name: wish.name, wish, data: undefined, announced: false, believes };
    world.note(() => `${machine} etcd ${wish.name} starts (${wish.state})`);
    open(world, machine, wish);
  });
}

/** Opens the data directory, or makes a new one. */
function open(world: World, machine: Machine, wish: MemberStart): void {
  const { process } = machine;
  if (process === undefined) return;
  if (machine.broken) return endProcess(world, machine, "other", "it is broken");
  const directory = machine.directories.get(wish.name);
  if (directory !== undefined) {
    process.data = directory;
    directory.cluster.databases.starts(directory.memberId);
  } else if (wish.state === "ran") endProcess(world, machine, "final", "its data is missing");
  else if (wish.state === "new") found(world, machine, wish);
  else join(world, machine, wish);
}

function found(world: World, machine: Machine, wish: MemberStart): void {
  const { process } = machine;
  if (process === undefined) return;
  const cluster = world.addCluster();
  const peer = cluster.found(wish.name, machine.settings.peerUrls, machine.settings.clientUrls);
  process.data = { cluster, memberId: peer.id };
  machine.directories.set(wish.name, process.data);
  world.settle(peer.id, machine);
  world.observe({ type: "founded", machine, cluster });
}

/** A new member asks one of the others for the list of members, which must be the one it was given. */
function join(world: World, machine: Machine, wish: MemberStart): void {
  const { process } = machine;
  if (process === undefined) return;
  const urls = wish.initialCluster.map((peer) => peer.url);
  const others = world.machines.filter((other) =>
    other !== machine && urls.includes(other.peerUrl)
  );
  const other = others.find((each) =>
    each.running !== undefined && world.network.linked(machine.index, each.index)
  );
  const cluster = other?.running?.cluster;
  if (cluster?.refresh(world.now) === undefined) {
    return endProcess(world, machine, "other", "no other member answers");
  }
  const { clientUrls } = machine.settings;
  const peer = cluster.start(machine.peerUrl, wish.name, clientUrls, urls, world.now);
  if (typeof peer === "string") return endProcess(world, machine, "other", peer);
  process.data = { cluster, memberId: peer.id };
  machine.directories.set(wish.name, process.data);
  world.settle(peer.id, machine);
}

/** Processes that answer say so; those whose member was removed end once they hear of it. */
export function runProcesses(world: World): void {
  for (const machine of world.machines) {
    const { running, process } = machine;
    if (running === undefined || process === undefined) continue;
    const { cluster, memberId } = running;
    // Of copies the one counts that runs.
    const owner = world.machineOf(memberId);
    if (owner?.process?.data?.memberId !== memberId) world.settle(memberId, machine);
    const leader = cluster.leader === undefined ? undefined : world.machineOf(cluster.leader);
    if (leader === undefined || !world.network.linked(leader.index, machine.index)) continue;
    if (cluster.removed.has(memberId)) endProcess(world, machine, "removed", "it was removed");
    else if (!process.announced && machine.agent !== undefined) {
      process.announced = true;
      world.sendAfter(machine, 1, { type: "etcd-runs", name: process.name });
    }
  }
}
