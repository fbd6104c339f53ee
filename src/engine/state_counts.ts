import type { Recap } from "./event.ts";
import type { Vertex, VertexState } from "./vertex.ts";

/** Counts vertices by state as the states change, so that a recap costs nothing. */
export class StateCounts {
  readonly #counts: Record<VertexState, number> = {
    "unchecked": 0,
    "ok": 0,
    "failed": 0,
    "blocked": 0,
    "contested": 0,
    "held": 0,
    "would-change": 0,
    "aborted": 0,
  };
  #changed = 0;

  add(vertex: Vertex): void {
    this.#counts[vertex.state]++;
    if (vertex.everChanged) this.#changed++;
  }

  remove(vertex: Vertex): void {
    this.#counts[vertex.state]--;
    if (vertex.everChanged) this.#changed--;
  }

  move(vertex: Vertex, state: VertexState): void {
    this.#counts[vertex.state]--;
    this.#counts[state]++;
    vertex.state = state;
  }

  markChanged(vertex: Vertex): void {
    if (!vertex.everChanged) this.#changed++;
    vertex.everChanged = true;
  }

  recap(): Recap {
    const { ok, failed, blocked, contested, held, aborted } = this.#counts;
    return {
      ok,
      changed: this.#changed,
      failed,
      blocked,
      contested,
      held,
      noop: this.#counts["would-change"],
      aborted,
    };
  }
}
