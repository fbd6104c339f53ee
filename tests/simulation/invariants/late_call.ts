import { leaderKey } from "../../../src/cluster/store/keys.ts";
import type { Invariant } from "../invariant.ts";

/** Of a leader that leads no more at most one call lands. */
export function lateCall(): Invariant {
  const counts = new Map<string, number>();
  return {
    name: "at most one late call of a stale leader",
    see(event) {
      if (event.type !== "landed" || !event.worked) return undefined;
      const { cluster, machine } = event;
      if (cluster.data.get(leaderKey())?.createRevision === machine.fence) return undefined;
      const leadership = `${cluster.id} ${machine.index} ${machine.fence}`;
      const count = (counts.get(leadership) ?? 0) + 1;
      counts.set(leadership, count);
      return count > 1 ? `${machine} has made ${count} calls after another led` : undefined;
    },
  };
}
