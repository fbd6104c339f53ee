import { edgesTo, type Graph } from "./graph.ts";
import { topologicalOrder } from "./order.ts";

/**
 * Who comes before whom in a graph without cycles. Only what stands between the two in a topological order is looked
 * at, so that questions along a long chain cost little: nobody's ancestors are gathered.
 */
export class Precedence {
  readonly #graph: Graph<unknown>;
  #edges: ReturnType<typeof edgesTo> | undefined;
  #places: ReadonlyMap<string, number> | undefined;

  constructor(graph: Graph<unknown>) {
    this.#graph = graph;
  }

  /** Whether one comes only after the other. */
  isBefore(earlier: string, later: string): boolean {
    const places = this.#places ??= placesIn(this.#graph);
    const first = places.get(earlier) ?? 0;
    if (first >= (places.get(later) ?? 0)) return false;
    const edges = this.#edges ??= edgesTo(this.#graph);
    const seen = new Set([later]);
    for (const key of seen) {
      for (const { from } of edges.get(key) ?? []) {
        if (from === earlier) return true;
        if ((places.get(from) ?? 0) > first) seen.add(from);
      }
    }
    return false;
  }
}

function placesIn(graph: Graph<unknown>): ReadonlyMap<string, number> {
  const order = topologicalOrder(graph);
  return new Map(order.ok ? order.keys.map((key, place) => [key, place]) : []);
}
