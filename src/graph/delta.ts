import type { Edge, Graph } from "./graph.ts";

/** What turns one graph into another. */
export interface Delta<Vertex> {
  readonly name: string;
  /** Vertices that are new, and those whose content differs, with their new content. */
  readonly added: ReadonlyMap<string, Vertex>;
  readonly changed: ReadonlyMap<string, Vertex>;
  readonly removed: ReadonlySet<string>;
  /** Vertices in both with equal content. */
  readonly kept: ReadonlySet<string>;
  /** The order of the new graph's vertices, and its edges. */
  readonly order: readonly string[];
  readonly edges: readonly Edge[];
}

/** The difference between two graphs; `same` compares the content of two vertices of one key. */
export function delta<Vertex>(
  before: Graph<Vertex>,
  after: Graph<Vertex>,
  same: (a: Vertex, b: Vertex) => boolean,
): Delta<Vertex> {
  const added = new Map<string, Vertex>();
  const changed = new Map<string, Vertex>();
  const kept = new Set<string>();
  for (const [key, vertex] of after.vertices) {
    const old = before.vertices.get(key);
    if (old === undefined) added.set(key, vertex);
    else if (same(old, vertex)) kept.add(key);
    else changed.set(key, vertex);
  }
  const removed = new Set<string>();
  for (const key of before.vertices.keys()) if (!after.vertices.has(key)) removed.add(key);
  return {
    name: after.name,
    added,
    changed,
    removed,
    kept,
    order: [...after.vertices.keys()],
    edges: after.edges,
  };
}

/** Whether a delta leaves the graph as it was. */
export function isNoChange<Vertex>(before: Graph<Vertex>, change: Delta<Vertex>): boolean {
  return change.added.size + change.changed.size + change.removed.size === 0 &&
    change.name === before.name && change.edges.length === before.edges.length &&
    JSON.stringify(change.edges) === JSON.stringify(before.edges);
}

/** Applies a delta: `applyDelta(before, delta(before, after))` equals `after`. */
export function applyDelta<Vertex>(before: Graph<Vertex>, change: Delta<Vertex>): Graph<Vertex> {
  const vertices = new Map<string, Vertex>();
  for (const key of change.order) {
    const vertex = change.added.get(key) ?? change.changed.get(key) ?? before.vertices.get(key);
    if (vertex !== undefined) vertices.set(key, vertex);
  }
  return { name: change.name, vertices, edges: change.edges };
}
