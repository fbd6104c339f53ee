import { findCycles } from "./cycle.ts";
import type { Cycle } from "./cycle.ts";
import { edgesFrom } from "./graph.ts";
import type { Graph } from "./graph.ts";

/** The keys in an order that respects every edge, or the cycles because of which there is none. */
export type TopologicalOrder =
  | { readonly ok: true; readonly keys: readonly string[] }
  | { readonly ok: false; readonly cycles: readonly Cycle[] };

/**
 * Orders the vertices so that no edge goes back. Among vertices that no edge orders, the order of
 * the graph stays. Edges to or from unknown vertices are ignored.
 */
export function topologicalOrder(graph: Graph<unknown>): TopologicalOrder {
  const outgoing = edgesFrom(graph);
  const missing = new Map<string, number>();
  for (const key of graph.vertices.keys()) missing.set(key, 0);
  for (const { from, to } of graph.edges) {
    const count = missing.get(to);
    if (count !== undefined && missing.has(from)) missing.set(to, count + 1);
  }
  const keys: string[] = [];
  for (const [key, count] of missing) if (count === 0) keys.push(key);
  for (const key of keys) {
    for (const { to } of outgoing.get(key) ?? []) {
      const count = missing.get(to);
      if (count === undefined) continue;
      missing.set(to, count - 1);
      if (count === 1) keys.push(to);
    }
  }
  if (keys.length === graph.vertices.size) return { ok: true, keys };
  return { ok: false, cycles: findCycles(graph) };
}
