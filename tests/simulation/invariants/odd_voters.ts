import type { Invariant } from "../invariant.ts";

/** An even number of voters is only passed through: it survives no more than the odd one below. */
export function oddVoters(): Invariant {
  const evenSince = new Map<string, number>();
  return {
    name: "an even number of voters does not last",
    see(event, world) {
      if (event.type !== "tick") return undefined;
      for (const cluster of world.clusters) {
        const { voters, leader, peers } = cluster;
        // Without a leader, or while somebody is away, nobody can mend it.
        const calm = leader !== undefined &&
          [...peers.values()].every((peer) => peer.connectedSince);
        if (voters.length % 2 === 1 || !calm || world.disturbedAt > world.now - 1000) {
          evenSince.delete(cluster.id);
        } else if (!evenSince.has(cluster.id)) evenSince.set(cluster.id, world.now);
        if (world.now - (evenSince.get(cluster.id) ?? Infinity) > 60_000) {
          return `${voters.length} voters for a minute, although nothing was wrong`;
        }
      }
      return undefined;
    },
  };
}
