import type { Graph } from "./graph.ts";

/** The graph as one JSON object with a version, as other programs read it. */
export function renderJson(graph: Graph<unknown>): string {
  const edges = graph.edges.map(({ name, from, to, notify, automatic }) => ({
    name,
    from,
    to,
    notify,
    ...(automatic ? { automatic } : {}),
  }));
  const value = { version: 1, name: graph.name, vertices: [...graph.vertices.keys()], edges };
  return JSON.stringify(value, undefined, 2) + "\n";
}
