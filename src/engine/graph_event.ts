import type { Delta } from "../graph/delta.ts";
import type { Graph } from "../graph/graph.ts";
import type { Resource } from "../kind/resource.ts";
import type { EngineEvent } from "./event.ts";

/** That a graph is in force. */
export function graphEvent(
  graph: Graph<Resource>,
  change: Delta<Resource>,
  { automatic, seed }: { readonly automatic: number; readonly seed: number },
): EngineEvent {
  return {
    type: "graph",
    name: graph.name,
    vertices: graph.vertices.size,
    edges: graph.edges.length,
    automatic,
    added: change.added.size,
    changed: change.changed.size,
    removed: change.removed.size,
    kept: change.kept.size,
    seed,
    keys: () => graph.vertices.keys(),
    changedKeys: () => change.changed.keys(),
    removedKeys: () => change.removed.keys(),
  };
}
