import type { Invariant } from "../invariant.ts";

/** Defragmentings that one fault or start may cause, for each member. */
const EACH = 4;

/**
 * One leader has one member at a time defragmented, unless the store is full: then nobody can be
 * kept waiting. And it ends.
 */
export function oneDefragment(): Invariant {
  let count = 0;
  return {
    name: "one member at a time is defragmented, and not without end",
    see(event, world) {
      if (event.type !== "defragments") return undefined;
      const { cluster, machine, memberId } = event;
      const peers = [...cluster.peers.values()];
      const causes = world.machines.length + world.faults + 2;
      if (++count > EACH * peers.length * causes) return `${count} times for ${causes} causes`;
      if (cluster.databases.full) return undefined;
      const { defragments: last = memberId } = machine;
      const isBusy = last !== memberId && cluster.databases.isBusy(last, world.now);
      return isBusy ? `${machine} has two at once` : undefined;
    },
  };
}
