/**
 * How many resources of a kind are in which state, counted along with every change of a state.
 *
 * @module
 */

import type { VertexState } from "../engine/vertex.ts";

/** The resources of one kind in the graph in force. */
export interface KindSnapshot {
  readonly resources: number;
  readonly states: Readonly<Record<VertexState, number>>;
  /** Those that are as they should be, and needed no change in this run. */
  readonly compliant: number;
}

/** The same, while it is counted. */
export class KindCounts implements KindSnapshot {
  readonly states: Record<VertexState, number> = {
    "unchecked": 0,
    "ok": 0,
    "failed": 0,
    "blocked": 0,
    "contested": 0,
    "held": 0,
    "would-change": 0,
    "aborted": 0,
  };
  resources = 0;
  compliant = 0;

  /** A resource in that state comes (1) or goes (-1); `changed`: it was in this run. */
  count(state: VertexState, changed: boolean, by: 1 | -1): void {
    this.resources += by;
    this.states[state] += by;
    if (state === "ok" && !changed) this.compliant += by;
  }
}
