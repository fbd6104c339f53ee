import { leaderKey, operationKey } from "../../../src/cluster/store/keys.ts";
import { sameUrls } from "../../../src/cluster/leader/operation.ts";
import { read } from "../../../src/cluster/store/records.ts";
import type { Invariant } from "../invariant.ts";

/** One change at a time: whatever is done to the members stands in the journal. */
export function oneChange(): Invariant {
  return {
    name: "every change is journalled, one at a time",
    see(event) {
      if (event.type !== "landed" || !event.worked || event.late) return undefined;
      const { cluster, call, machine } = event;
      const leader = cluster.data.get(leaderKey());
      if (leader?.createRevision !== machine.fence) return undefined; // a late call
      const operation = read.operation(cluster.data.get(operationKey())?.value);
      const stands = operation?.steps.some((step) =>
        step.type === call.type &&
        ("memberId" in step
          ? "memberId" in call && step.memberId === call.memberId
          : call.type === "add" && sameUrls(step.peerUrls, call.peerUrls))
      );
      return stands ? undefined : `${machine} does ${call.type}, which is not in the journal`;
    },
  };
}
