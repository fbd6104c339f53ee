/**
 * An immutable directed acyclic graph. It knows nothing of resources.
 *
 * @module
 */

/** An edge: `to` comes after `from`; `notify`: a change of `from` refreshes `to`. */
export interface Edge {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly notify: boolean;
  /** The program found it by itself, and its name says why; absent: somebody wrote it. */
  readonly automatic?: true;
}

/** A graph of vertices by key, in the order they were given. */
export interface Graph<Vertex> {
  readonly name: string;
  readonly vertices: ReadonlyMap<string, Vertex>;
  readonly edges: readonly Edge[];
  /** What it was made with that is another now than it was for the graph before; absent: nothing is known of that. */
  readonly input?: string;
}

/** The graph with nothing in it. */
export function emptyGraph<Vertex>(name = ""): Graph<Vertex> {
  return { name, vertices: new Map(), edges: [] };
}

/** Edges by the vertex they come from. */
export function edgesFrom(graph: Graph<unknown>): Map<string, Edge[]> {
  return Map.groupBy(graph.edges, (edge) => edge.from);
}

/** All that is before a vertex; `before`: edges by the vertex they go to. */
export function ancestors(
  key: string,
  before: ReadonlyMap<string, readonly Edge[]>,
): ReadonlySet<string> {
  const seen = new Set<string>([key]);
  for (const each of seen) for (const { from } of before.get(each) ?? []) seen.add(from);
  seen.delete(key);
  return seen;
}

/** Edges by the vertex they go to. */
export function edgesTo(graph: Graph<unknown>): Map<string, Edge[]> {
  return Map.groupBy(graph.edges, (edge) => edge.to);
}
