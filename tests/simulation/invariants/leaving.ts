import { controlRanges, exportsRange, liveKey, parseKey } from "../../../src/cluster/store/keys.ts";
import { read } from "../../../src/cluster/store/records.ts";
import type { StoreEntry } from "../../../src/cluster/store/store.ts";
import type { EtcdModel } from "../etcd.ts";
import type { Invariant } from "../invariant.ts";
import type { Machine } from "../machine.ts";
import type { World } from "../world.ts";

/** So long a host must have been there for who is the last to know of it. */
const KNOWN_MS = 10_000;
/** A key that goes with a lease is there for so long at most. */
const LEASE_MS = 30_000;

export function leftNothing(): Invariant {
  const leftAt = new Map<Machine, number>();
  /** Identities that had their names. What stood there before is that of who had the name then. */
  const named = new Set<string>();
  return {
    name: "who has left runs nothing, is no member, and leaves no key behind",
    see(event, world) {
      if (event.type === "tick") {
        for (const machine of world.machines) {
          const { id } = machine.disk;
          if (!named.has(id) && hasPart(world, machine)) named.add(id);
        }
      }
      if (event.type === "left") {
        const { machine } = event;
        leftAt.set(machine, world.now);
        const cluster = world.clusters.find((each) => !each.ended && isMember(each, machine));
        if (cluster !== undefined) return `${machine} has left, and is a member of ${cluster.id}`;
        if (machine.process !== undefined) return `${machine} has left, and runs etcd`;
        if (machine.agent !== undefined) return `${machine} has left, and takes part`;
      }
      if (event.type !== "end") return undefined;
      for (const machine of world.machines) {
        const isLong = world.now - (leftAt.get(machine) ?? Infinity) > LEASE_MS;
        if (!machine.isOut || !isLong || hasNamesake(world, machine)) continue;
        if (!named.has(machine.disk.id)) continue;
        const [key] = world.clusters.flatMap((each) => each.ended ? [] : keysOf(each, machine));
        if (key !== undefined) return `${machine} has left, and ${key} is there`;
      }
      return undefined;
    },
  };
}

export function endsAlone(): Invariant {
  const thereSince = new Map<string, number>();
  return {
    name: "nobody ends a cluster that others have a part in",
    see(event, world) {
      if (event.type === "tick") {
        for (const machine of world.machines) {
          const key = `${machine.index}`;
          if (!hasPart(world, machine)) thereSince.delete(key);
          else if (!thereSince.has(key)) thereSince.set(key, world.now);
        }
      }
      // Who was away then finds only its own data of it.
      if (event.type !== "ended" || event.directory.cluster.ended) return undefined;
      const { machine, directory: { cluster, memberId } } = event;
      const other = [...cluster.peers.values()].find(({ id, lost }) => id !== memberId && !lost);
      if (other !== undefined) return `${machine} ends ${cluster.id}, of which ${other.name} is`;
      const host = world.machines.find((each) =>
        each !== machine && each.disk.id !== machine.disk.id &&
        each.disk.clusterId === cluster.id &&
        world.now - (thereSince.get(`${each.index}`) ?? Infinity) > KNOWN_MS
      );
      return host && `${machine} ends ${cluster.id}, which ${host} is in`;
    },
  };
}

/** What an order that was refused must not have changed. */
export function refusedStays(): Invariant {
  const enders = new Map<EtcdModel, Machine>();
  return {
    name: "a host that was refused goes on as before",
    see(event, world) {
      if (event.type === "ended") enders.set(event.directory.cluster, event.machine);
      if (event.type !== "refused") return undefined;
      const { machine } = event;
      const cluster = world.clusters.find(({ id }) => id === machine.disk.clusterId);
      if (cluster !== undefined && enders.get(cluster) === machine) {
        return `${machine} was refused after it had ended its cluster`;
      }
      if (machine.agent === undefined) return `${machine} was refused, and takes no part`;
      if (machine.order?.leave === true) return `${machine} was refused, and leaves`;
      return machine.offersTo === (machine.offers && machine.settings.server)
        ? undefined
        : `${machine} was refused, and ${machine.offersTo ? "offers" : "does not offer"} itself`;
    },
  };
}

/** By its data: who has lost its disk knows of no member, and nobody of whose it was. */
function isMember({ peers }: EtcdModel, { directories }: Machine): boolean {
  return [...directories.values()].some(({ memberId }) => peers.has(memberId));
}

function hasPart({ clusters }: World, { agent, settings, disk }: Machine): boolean {
  if (agent?.status().registered !== true) return false;
  const cluster = clusters.find(({ id }) => id === disk.clusterId);
  return idOf(cluster?.data.get(liveKey(settings.host))) === disk.id;
}

/** It is asked for all the time, and seldom another one. */
const ids = new WeakMap<StoreEntry, string | undefined>();

function idOf(entry: StoreEntry | undefined): string | undefined {
  if (entry === undefined) return undefined;
  if (!ids.has(entry)) ids.set(entry, read.live(entry.value)?.id);
  return ids.get(entry);
}

function hasNamesake({ machines }: World, machine: Machine): boolean {
  return machine.copied ||
    machines.some((each) => each !== machine && each.settings.host === machine.settings.host);
}

function keysOf({ data }: EtcdModel, { settings: { host } }: Machine): readonly string[] {
  const ranges = [...controlRanges(), exportsRange(host)];
  return ranges.flatMap((range) => {
    const page = data.list(range, 1000);
    return page.ok ? page.value.entries.map(({ key }) => key) : [];
  }).filter((key) => {
    const parsed = parseKey(key);
    return parsed !== undefined && "host" in parsed && parsed.host === host;
  });
}
