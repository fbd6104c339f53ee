/**
 * What can go wrong, and what operators do meanwhile: each takes a while and is then made good.
 *
 * @module
 */

import { exportedKey, forgottenKey, idealSizeKey, liveKey } from "../../src/cluster/store/keys.ts";
import { quorum } from "../../src/cluster/leader/view.ts";
import type { Peer } from "./etcd.ts";
import type { Machine } from "./machine.ts";
import { giveOrder } from "./operators.ts";
import { endProcess } from "./processes.ts";
import type { World } from "./world.ts";

/** One kind of fault. */
type Fault = (world: World, machine: Machine) => void;

const FAULTS: readonly (readonly [number, Fault])[] = [
  [4, agentDies],
  [3, etcdDies],
  [4, hostReboots],
  [3, hostIsAway],
  [2, diskIsWiped],
  [3, agentStops],
  [5, leaderStopsInTheMiddle],
  [2, leaderDiesInTheMiddle],
  [2, etcdStops],
  [3, partition],
  [3, oneWay],
  [3, badNetwork],
  [3, anotherSize],
  [2, takesOfferBack],
  [2, flood],
  [1, hostIsForgotten],
  [1, voterIsAddedByHand],
  [2, hostMoves],
  [2, diskIsCopied],
];
/** Copies of disks in one fleet. */
const MOST_COPIES = 3;

/** Does one of them, to somebody. */
export function strike(world: World): void {
  const total = FAULTS.reduce((sum, [weight]) => sum + weight, 0);
  let left = world.chance.unit() * total;
  const [, fault] = FAULTS.find(([weight]) => (left -= weight) < 0) ?? FAULTS[0]!;
  world.faults++;
  world.disturbedAt = world.now;
  fault(world, world.chance.pick(world.machines));
}

/** Everything is made good: all run, all links are there. */
export function heal(world: World): void {
  world.isFlooded = false;
  world.network.heal();
  world.disturbedAt = world.now;
  for (const machine of world.machines) {
    machine.etcdPaused = false;
    machine.callsLeft = undefined;
    if (machine.agentPaused) world.resume(machine);
    powerOn(world, machine);
    const takesPart = machine.order?.leave !== true;
    if (takesPart && !machine.offers && machine.settings.volunteer) offer(world, machine, true);
  }
}

/** Takes the power away: all that ran is gone, the disk stays. */
export function powerOff(world: World, machine: Machine): void {
  world.killAgent(machine);
  machine.process = undefined;
  machine.powered = false;
}

export function powerOn(world: World, machine: Machine): void {
  if (!machine.powered) machine.bootId = world.chance.hex(8);
  machine.powered = true;
  machine.etcdPaused = false;
  world.startAgent(machine);
}

export function agentDies(world: World, machine: Machine): void {
  world.note(() => `-- ${machine} agent is killed`);
  world.killAgent(machine);
  world.time.after(world.chance.between(100, 30_000), () => world.startAgent(machine));
}

function etcdDies(world: World, machine: Machine): void {
  world.note(() => `-- ${machine} etcd is killed`);
  endProcess(world, machine, "other", "killed");
}

function hostReboots(world: World, machine: Machine): void {
  world.note(() => `-- ${machine} reboots`);
  powerOff(world, machine);
  world.time.after(world.chance.between(1000, 60_000), () => powerOn(world, machine));
}

function hostIsAway(world: World, machine: Machine): void {
  world.note(() => `-- ${machine} is away for long`);
  powerOff(world, machine);
  world.time.after(world.chance.between(100_000, 300_000), () => powerOn(world, machine));
}

/** An operator says so while it is silent, as `mgmt forget` does; it comes back after all. */
function hostIsForgotten(world: World, machine: Machine): void {
  world.note(() => `-- ${machine} goes away and is forgotten`);
  powerOff(world, machine);
  const saidMs = world.chance.between(1000, 60_000);
  // The moment after is the hardest.
  const backMs = saidMs + world.chance.between(0, world.chance.happens(0.5) ? 3000 : 150_000);
  world.time.after(saidMs, () => {
    const { host } = machine.settings;
    for (const { cluster, memberId } of machine.directories.values()) {
      const { leader } = cluster;
      if (leader === undefined || !cluster.peers.has(memberId)) continue;
      const when = [{ key: liveKey(host), create: 0 }];
      const value = JSON.stringify({ host });
      const then = [{ type: "put", key: forgottenKey(memberId), value } as const];
      cluster.execute(leader, { type: "transact", transaction: { when, then } }, world.now);
    }
  });
  world.time.after(backMs, () => powerOn(world, machine));
}

/** Only where all are there: etcd refuses it else, and of a single one it takes the majority. */
function voterIsAddedByHand(world: World): void {
  for (const cluster of world.clusters) {
    const { leader, voters } = cluster;
    if (leader === undefined || voters.length < 3) continue;
    if (voters.some(({ connectedSince }) => connectedSince === undefined)) continue;
    world.note(() => "-- somebody adds a voter by hand");
    cluster.addByHand(`http://nobody${world.now}:2380`);
  }
}

/** The copy is started beside its machine, or while that is down. */
function diskIsCopied(world: World, machine: Machine): void {
  // Copies that have left are hosts of their own with one address, which no operator can want.
  if (machine.disk.clusterId === undefined || world.hasOperators) {
    return hostReboots(world, machine);
  }
  if (world.machines.filter(({ copied }) => copied).length > MOST_COPIES) return;
  if (world.chance.happens(0.3)) hostReboots(world, machine);
  const copy = world.copyMachine(machine, world.chance.happens(0.4));
  world.note(() => `-- ${machine} is copied to ${copy}`);
  world.time.after(world.chance.between(1, 30_000), () => world.startAgent(copy));
}

/** Only while a majority of the disks stays: else the data is lost, and nothing is left to test. */
function diskIsWiped(world: World, machine: Machine): void {
  for (const { cluster, memberId } of machine.directories.values()) {
    const rest = cluster.voters.filter((voter) => !voter.lost && voter.id !== memberId);
    if (!cluster.peers.has(memberId)) continue;
    if (rest.length < quorum(cluster.voters.length)) return hostReboots(world, machine);
  }
  // Without its data and elsewhere nobody could tell it from another host of that name.
  if (memberHere(machine)?.peerUrls.includes(machine.peerUrl) === false) {
    return hostReboots(world, machine);
  }
  // It would found, or not be what its copy is.
  if (machine.settings.seeds.length === 0 || machine.copied) return hostReboots(world, machine);
  world.note(() => `-- ${machine} loses its disk`);
  wipeDisk(world, machine);
  world.time.after(world.chance.between(1000, 60_000), () => powerOn(world, machine));
}

/** Nothing of what it was is left. */
export function wipeDisk(world: World, machine: Machine): void {
  powerOff(world, machine);
  for (const { cluster, memberId } of machine.directories.values()) {
    const peer = cluster.peers.get(memberId);
    if (peer !== undefined) peer.lost = true;
  }
  machine.directories.clear();
  machine.disk = { id: world.chance.hex(8), endpoints: [] };
  machine.order = undefined;
}

/** The entry of the member whose data is there. */
function memberHere(machine: Machine): Peer | undefined {
  const data = machine.directories.get(machine.disk.member?.name ?? "");
  return data?.cluster.peers.get(data.memberId);
}

/** Comes back with another address. */
function hostMoves(world: World, machine: Machine): void {
  if (machine.broken || memberHere(machine) === undefined) return hostReboots(world, machine);
  const url = new URL(machine.peerUrl);
  const peerUrls = [`http://${url.hostname}:${Number(url.port) + 1}`];
  world.note(() => `-- ${machine} moves to ${peerUrls}`);
  powerOff(world, machine);
  machine.settings = { ...machine.settings, peerUrls };
  world.time.after(world.chance.between(1000, 60_000), () => powerOn(world, machine));
}

function agentStops(world: World, machine: Machine): void {
  world.note(() => `-- ${machine} agent is stopped`);
  machine.agentPaused = true;
  const { life } = machine;
  world.time.after(world.chance.between(500, 25_000), () => {
    world.note(() => `-- ${machine} agent goes on`);
    if (machine.life === life) world.resume(machine);
  });
}

/** The machine that leads a cluster; else that one. */
function leaderOf(world: World, machine: Machine): Machine {
  return world.machines.find((each) => each.agent?.status().leads !== undefined) ?? machine;
}

/** So that what it has read is old when it goes on, and another may lead by then. */
function leaderStopsInTheMiddle(world: World, machine: Machine): void {
  const leader = leaderOf(world, machine);
  if (world.chance.happens(0.5)) anotherSize(world); // so that it has something to do
  const stop = () => {
    world.note(() => `-- ${leader} agent is stopped in the middle`);
    leader.agentPaused = true;
    const { life } = leader;
    world.time.after(world.chance.between(8000, 25_000), () => {
      world.note(() => `-- ${leader} agent goes on`);
      if (leader.life === life) world.resume(leader);
    });
  };
  leader.callsLeft = { count: world.chance.below(25), then: stop };
}

/** Between two calls: what it began is left as it is. */
function leaderDiesInTheMiddle(world: World, machine: Machine): void {
  const leader = leaderOf(world, machine);
  leader.callsLeft = { count: world.chance.below(25), then: () => agentDies(world, leader) };
}

function etcdStops(world: World, machine: Machine): void {
  world.note(() => `-- ${machine} etcd is stopped`);
  machine.etcdPaused = true;
  world.time.after(world.chance.between(500, 25_000), () => machine.etcdPaused = false);
}

function partition(world: World): void {
  const side = new Set(world.machines.filter(() => world.chance.happens(0.5)));
  world.note(() => `-- the network is parted: ${[...side].join(" ")} and the others`);
  for (const left of world.machines) {
    for (const right of world.machines) {
      if (side.has(left) !== side.has(right)) world.network.cut(left.index, right.index);
    }
  }
  world.time.after(world.chance.between(1000, 60_000), () => world.network.heal());
}

function oneWay(world: World, machine: Machine): void {
  const hears = world.chance.happens(0.5);
  world.note(() => `-- ${machine} ${hears ? "cannot be heard" : "hears nobody"}`);
  for (const { index } of world.machines) {
    if (hears) world.network.cut(machine.index, index);
    else world.network.cut(index, machine.index);
  }
  world.time.after(world.chance.between(1000, 60_000), () => world.network.heal());
}

function badNetwork(world: World): void {
  world.note(() => "-- the network loses and delays");
  world.network.lossy = world.chance.between(0, 0.15);
  world.network.late = world.chance.between(0, 0.3);
  world.time.after(world.chance.between(5000, 40_000), () => world.network.heal());
}

function anotherSize(world: World): void {
  const size = world.chance.pick([1, 2, 3, 3, 4, 5, 5, 7]);
  world.note(() => `-- the ideal size is ${size}`);
  world.wishedAt = world.now;
  const put = { type: "put", key: idealSizeKey(), value: String(size) } as const;
  for (const cluster of world.clusters) {
    const { leader } = cluster;
    const call = { type: "transact", transaction: { when: [], then: [put] } } as const;
    if (leader !== undefined) cluster.execute(leader, call, world.now);
  }
}

/** A few exports change so often that the store fills with their history. */
function flood(world: World): void {
  world.note(() => "-- somebody's exports change all the time");
  const value = "x".repeat(world.chance.between(2000, 60_000));
  const endMs = world.now + world.chance.between(3000, 20_000);
  world.isFlooded = true;
  const write = (count: number) => {
    if (!world.isFlooded || world.now > endMs) return;
    const put = { type: "put", key: exportedKey("x", "file", `${count % 4}`), value } as const;
    const call = { type: "transact", transaction: { when: [], then: [put] } } as const;
    for (const cluster of world.clusters) {
      if (cluster.leader !== undefined) cluster.execute(cluster.leader, call, world.now);
    }
    world.time.after(world.chance.between(50, 300), () => write(count + 1));
  };
  write(0);
}

function takesOfferBack(world: World, machine: Machine): void {
  if (!machine.settings.volunteer || machine.order?.leave === true) return;
  offer(world, machine, false);
  world.time.after(world.chance.between(10_000, 100_000), () => {
    if (machine.order?.leave !== true) offer(world, machine, true);
  });
}

function offer(world: World, machine: Machine, volunteer: boolean): void {
  world.note(() => `-- ${machine} ${volunteer ? "offers itself" : "takes its offer back"}`);
  giveOrder(world, machine, { volunteer });
}
