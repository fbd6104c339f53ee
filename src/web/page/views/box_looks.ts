/**
 * How each box of a drawing looks, by what is in it.
 *
 * @module
 */

import type { VertexState } from "../../../engine/vertex.ts";
import type { GraphNode } from "../graph/folding.ts";
import type { ShownResource } from "../model/shown.ts";
import { BY_URGENCY } from "../model/summary.ts";

/** What is seen of a box. */
export interface BoxLook {
  /** Of a group the most urgent of its states. */
  readonly state: VertexState;
  readonly works: boolean;
  readonly wrong: number;
  /** Nothing in it is what somebody looks for. */
  readonly isDim: boolean;
}

/** The looks by the ids of the boxes; `isFound`: whether it is looked for, where somebody looks for something. */
export function looksOf(
  nodes: readonly GraphNode[],
  resources: ReadonlyMap<string, ShownResource>,
  isFound: ((key: string) => boolean) | undefined,
): ReadonlyMap<string, BoxLook> {
  const ranks = new Map(BY_URGENCY.map((state, rank) => [state, rank]));
  return new Map(nodes.map(({ id, keys }): [string, BoxLook] => {
    let [rank, wrong, works, found] = [BY_URGENCY.length - 1, 0, false, isFound === undefined];
    for (const key of keys) {
      const resource = resources.get(key);
      if (resource === undefined) continue;
      rank = Math.min(rank, ranks.get(resource.state)!);
      if (resource.state !== "ok") wrong++;
      works ||= resource.worksSinceMs !== undefined;
      found ||= isFound?.(key) === true;
    }
    return [id, { state: BY_URGENCY[rank]!, works, wrong, isDim: !found }];
  }));
}
