import { leaderKey, parseKey } from "../../../src/cluster/store/keys.ts";
import type { Invariant } from "../invariant.ts";

/** Journal, nominations, pauses and places are written by the leader alone. */
export function fencedWrites(): Invariant {
  return {
    name: "only the leader writes what leaders write",
    see(event) {
      if (event.type !== "written") return undefined;
      const { machine, cluster, transaction } = event;
      const leader = cluster.data.get(leaderKey());
      for (const each of transaction.then) {
        const type = "key" in each && each.type !== "get" ? parseKey(each.key)?.type : undefined;
        const guarded = type === "operation" || type === "nominated" || type === "backoff" ||
          type === "granted";
        if (!guarded || leader?.createRevision === machine.fence) continue;
        return `${machine} writes ${type} although another leads`;
      }
      return undefined;
    },
  };
}
