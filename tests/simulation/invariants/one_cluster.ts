import type { Invariant } from "../invariant.ts";

/** At most one cluster from one seed list, as long as any data of the first is left. */
export function oneCluster(): Invariant {
  return {
    name: "at most one cluster from one seed list",
    see(event, world) {
      if (event.type !== "founded") return undefined;
      const other = world.clusters.find((cluster) =>
        cluster !== event.cluster && cluster.voters.some((voter) => !voter.lost)
      );
      return other && `${event.machine} founds a second one beside ${other.id}`;
    },
  };
}
