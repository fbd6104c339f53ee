import type { Invariant } from "../invariant.ts";
import type { Machine } from "../machine.ts";

/** At most one cluster from one seed list, as long as any data of the first is left. */
export function oneCluster(): Invariant {
  return {
    name: "at most one cluster from one seed list",
    see(event, world) {
      if (event.type !== "founded") return undefined;
      const known = urlsOf(event.machine);
      const other = world.clusters.find((cluster) =>
        cluster !== event.cluster &&
        cluster.voters.some((voter) =>
          !voter.lost && urlsOf(world.machineOf(voter.id)).some((url) => known.includes(url))
        )
      );
      return other && `${event.machine} founds a second one beside ${other.id}`;
    },
  };
}

/** All addresses that a host knows from the start. */
function urlsOf(machine: Machine | undefined): readonly string[] {
  return machine === undefined ? [] : [...machine.settings.seeds, ...machine.settings.clientUrls];
}
