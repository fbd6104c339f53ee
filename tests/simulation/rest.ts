/**
 * What a cluster is like when all is well.
 *
 * @module
 */

import {
  backoffKey,
  bindingKey,
  grantedRange,
  idealSizeKey,
  type KeyRange,
  leaderKey,
  liveKey,
  operationKey,
  parseKey,
  prefixRange,
  wantedRange,
} from "../../src/cluster/store/keys.ts";
import { rotationKey } from "../../src/cluster/store/rotation_keys.ts";
import { read, readIdealSize } from "../../src/cluster/store/records.ts";
import type { EtcdModel, Peer } from "./etcd.ts";
import type { Machine } from "./machine.ts";
import type { World } from "./world.ts";

/** Why it is not all well; undefined: it is. */
export function problemOf(world: World): string | undefined {
  const leaving = world.machines.filter((machine) =>
    machine.order?.leave === true && !machine.isOut && !waitsForBroken(world, machine)
  );
  if (leaving.length > 0) return `${leaving.join(", ")} did not obey the order to leave`;
  if (world.machines.every(({ isOut }) => isOut)) return undefined;
  const cluster = world.clusters.find((each) => each.voters.some((voter) => !voter.lost));
  if (cluster === undefined) return "there is no cluster";
  if (cluster.refresh(world.now) === undefined) return "no majority";
  const { data } = cluster;
  if (cluster.databases.full) return "the store is full";
  const leader = read.leader(data.get(leaderKey())?.value);
  if (leader === undefined) return "nobody leads";
  const nominee = [...cluster.peers.values()].find((peer) => !peer.ran && isBroken(world, peer));
  if (data.get(operationKey()) !== undefined && !nominee) return "a change is under way";
  const wish = world.work.jobs.find(({ works, machine }) => !works && hasName(cluster, machine));
  if (wish !== undefined) return `${wish.machine} waits for a place in ${wish.name}`;
  const rotation = read.rotation(data.get(rotationKey())?.value);
  if ((rotation?.step ?? "done") !== "done") return `the authority is at "${rotation?.step}"`;
  if (isLeft(cluster, wantedRange()) || isLeft(cluster, grantedRange())) return "a place is left";
  const strangers = world.machines.filter((machine) =>
    machine.agent !== undefined && machine.disk.clusterId !== cluster.id && !machine.isStranger
  );
  if (strangers.length > 0) return `${strangers.join(", ")} did not join`;
  return problemOfSize(world, cluster) ?? problemOfHosts(world, cluster);
}

/** It has the only vote, and who could take it is asked now and then, but cannot start etcd. */
function waitsForBroken(world: World, machine: Machine): boolean {
  const cluster = world.clusters.find(({ id }) => id === machine.disk.clusterId);
  if (cluster === undefined || cluster.refresh(world.now) === undefined) return false;
  const { voters: [voter, ...others] } = cluster;
  return voter !== undefined && world.machineOf(voter.id) === machine && others.length === 0 &&
    willing(world, cluster).length === 0 &&
    world.machines.some((each) => each.broken && each.offers && hasName(cluster, each));
}

function isLeft({ data }: EtcdModel, range: KeyRange): boolean {
  const page = data.list(range, 1);
  return page.ok && page.value.entries.length > 0;
}

function problemOfSize(world: World, cluster: EtcdModel): string | undefined {
  // Who can never start comes and goes.
  const peers = [...cluster.peers.values()].filter((peer) => peer.ran || !isBroken(world, peer));
  const ideal = readIdealSize(cluster.data.get(idealSizeKey())?.value) ?? 5;
  const [able, kept] = [willing(world, cluster), keptPlaces(world, cluster)];
  const members = Math.max(1, Math.min(ideal, 7, able.length + kept.length));
  const voters = members % 2 === 1 ? members : members - 1;
  const are = `${cluster.voters.length} of ${peers.length} members vote`;
  if (peers.length !== members) return `${are}, ${members} members are wanted`;
  if (cluster.voters.length !== voters) return `${are}, ${voters} should`;
  const hosts = peers.map(({ id }) => world.machineOf(id)?.settings.host);
  const free = able.find(({ settings }) => !hosts.includes(settings.host));
  const goer = cluster.voters.find((voter) =>
    kept.includes(voter) || world.machineOf(voter.id)?.offers === false
  );
  return free && goer && `${free} is to take the place of ${goer.name}`;
}

/**
 * Voters whose disk is lost, and whose host has left since: for all that others know it may come back, so
 * they keep their places until somebody can take them, or `mgmt forget` says so.
 */
function keptPlaces(world: World, { voters }: EtcdModel): readonly Peer[] {
  return voters.filter(({ lost, id }) => lost && world.machineOf(id)?.isOut === true);
}

/** Machines that run, offer themselves, have their name, and were not given up. */
function willing(world: World, cluster: EtcdModel): readonly Machine[] {
  const failed = givenUp(cluster);
  return world.machines.filter((machine) => {
    const { host } = machine.settings;
    const isMember = [...cluster.peers.keys()].some((id) => world.machineOf(id) === machine);
    return machine.agent !== undefined && !machine.broken && machine.settings.server &&
      machine.offers && !isHostsOnly(cluster, host) &&
      hasName(cluster, machine) && (isMember || !failed.includes(host));
  });
}

/** The name is bound to a host without the server role; of one with it that took the name nobody knows. */
function isHostsOnly({ data }: EtcdModel, host: string): boolean {
  return read.binding(data.get(bindingKey(host))?.value)?.role === "host";
}

function isBroken(world: World, peer: Peer): boolean {
  return world.machines.some(({ broken, peerUrl }) => broken && peer.peerUrls.includes(peerUrl));
}

/** It was asked for a host that has left before it was to start, and is nobody's now. */
export function isLeftOver({ machines }: World, { ran, peerUrls }: Peer): boolean {
  return !ran && machines.some(({ isOut, peerUrl }) => isOut && peerUrls.includes(peerUrl));
}

/** Hosts that failed and are left alone, to be asked again. */
export function givenUp(cluster: EtcdModel): readonly string[] {
  const page = cluster.data.list(prefixRange(backoffKey("")), 100);
  const keys = page.ok ? page.value.entries.map(({ key }) => parseKey(key)) : [];
  return keys.flatMap((key) => key !== undefined && "host" in key ? [key.host] : []);
}

function hasName(cluster: EtcdModel, machine: Machine): boolean {
  const live = cluster.data.get(liveKey(machine.settings.host))?.value;
  // What it wrote before it was rebooted may still stand there, for a while.
  return read.live(live)?.id === machine.disk.id && machine.agent?.status().registered === true;
}

function isOutcast({ agent }: Machine): boolean {
  return agent?.status().phase.type === "outcast";
}

/**
 * All addresses that it knows are ones where no member is: a copy that was made before its cluster had
 * other members, and comes back when those have gone. Only `--seeds` could help it. (An original never
 * gets there: nothing changes without its vote, and it keeps the addresses that were good before.)
 */
function findsNobody(world: World, { peers }: EtcdModel, machine: Machine): boolean {
  const { copied, settings: { seeds }, disk: { endpoints } } = machine;
  const known = [...seeds, ...endpoints];
  return copied && ![...peers.keys()].some((id) => {
    const url = world.machineOf(id)?.clientUrl;
    return url !== undefined && known.includes(url);
  });
}

function problemOfHosts(world: World, cluster: EtcdModel): string | undefined {
  for (const machine of world.machines) {
    if (machine.agent === undefined) continue;
    const twin = world.machines.some((other) =>
      other !== machine && other.settings.host === machine.settings.host &&
      other.disk.id !== machine.disk.id
    );
    const copies = world.copiesOf(machine);
    if (findsNobody(world, cluster, machine)) continue;
    const inside = copies.filter((copy) => !isOutcast(copy) && !findsNobody(world, cluster, copy));
    if (inside.length > 1) return `${inside.join(", ")} do not know that they are copies`;
    if (copies.length > 1 && isOutcast(machine)) {
      if (inside.length === 0 && !twin) return `none of ${copies.join(", ")} is left`;
      if (machine.process !== undefined) return `${machine} is a copy and runs etcd`;
      continue;
    }
    if (!twin && !hasName(cluster, machine)) return `${machine} is not registered`;
    const { data } = machine.process ?? {};
    if (data !== undefined && !cluster.peers.has(data.memberId)) {
      return `${machine} runs a removed etcd`;
    }
  }
  const moved = [...cluster.peers.values()].find((peer) =>
    peer.ran && world.machineOf(peer.id)?.settings.peerUrls.join() !== peer.peerUrls.join()
  );
  if (moved !== undefined) return `${moved.name} is listed at an address that it had`;
  const kept = keptPlaces(world, cluster);
  const silent = [...cluster.peers.values()].find((peer) =>
    peer.connectedSince === undefined && !isBroken(world, peer) && !kept.includes(peer)
  );
  return silent && `${silent.name} is away`;
}
