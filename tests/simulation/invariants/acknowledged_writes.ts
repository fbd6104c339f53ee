import { quorum } from "../../../src/cluster/leader/view.ts";
import type { Invariant } from "../invariant.ts";

/** Acknowledged writes survive while a majority of the voters' disks does. */
export function acknowledgedWrites(): Invariant {
  return {
    name: "acknowledged writes survive",
    see(event) {
      if (event.type !== "lost-writes") return undefined;
      const { voters } = event.cluster;
      const disks = voters.filter((voter) => !voter.lost).length;
      return disks < quorum(voters.length) ? undefined : event.text;
    },
  };
}
