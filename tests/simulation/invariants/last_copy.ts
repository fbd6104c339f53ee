import type { Invariant } from "../invariant.ts";

/** Data is put aside only where its member was removed, and others have what it had. */
export function lastCopy(): Invariant {
  return {
    name: "the last copy is never wiped",
    see(event) {
      if (event.type !== "aside") return undefined;
      const { cluster, memberId } = event.directory;
      if (cluster.peers.has(memberId)) return `${event.machine} puts aside the data of a member`;
      const copies = cluster.voters.filter((voter) => !voter.lost && voter.stored > 0);
      return copies.length > 0 ? undefined : `${event.machine} puts aside the last copy`;
    },
  };
}
