/**
 * What edges that name an entry of `collect` meet at: a vertex that stands for all that the entry takes,
 * also while that is nothing.
 *
 * @module
 */

import { LIMITS } from "../base/limits.ts";
import type { Edge, Graph } from "../graph/graph.ts";
import { defineKind } from "../kind/kind.ts";
import { META_DEFAULTS } from "../kind/meta.ts";
import { keyOf, type Resource } from "../kind/resource.ts";

/** No kind of the registry: nobody writes such a resource. */
const JUNCTION = defineKind<Record<never, never>, string, never, undefined>({
  kind: "collect",
  summary: "all that an entry of collect takes",
  fields: {},
  examples: [],
  resolve: (_fields, { name }) => name,
  identity: (id) => id,
  memory: () => undefined,
  check: () => undefined,
  apply: () => undefined,
  refresh: () => undefined,
  refreshes: () => "what was collected has changed",
  heals: false,
  changesHost: false,
  preview: "full",
  junction: true,
});

/** The key of the vertex that stands for the entry with this id, for instance `collect[peers]`. */
export function junctionKey(id: string): string {
  return keyOf(JUNCTION.kind, id);
}

/** The graph with a vertex for each entry that its edges name. */
export function withJunctions(
  graph: Graph<Resource>,
  ids: readonly string[],
): Graph<Resource> {
  const named = new Set(graph.edges.flatMap(({ from, to }) => [from, to]));
  const junctions = ids.filter((id) => named.has(junctionKey(id))).map((id): [string, Resource] => {
    const key = junctionKey(id);
    return [key, { key, kind: JUNCTION, name: id, params: id, meta: META_DEFAULTS }];
  });
  if (junctions.length === 0) return graph;
  return { ...graph, vertices: new Map([...graph.vertices, ...junctions]) };
}

/**
 * Adds the edges between what was collected and the vertices that stand for its entries: what is before
 * the entry is before each of them, and each of them before the entry. Undefined: too many edges.
 *
 * @param taken By the id of an entry, the keys of what it takes.
 */
export function joinCollected(
  graph: Graph<Resource>,
  taken: ReadonlyMap<string, readonly string[]>,
): Graph<Resource> | undefined {
  const added: Edge[] = [];
  for (const [id, keys] of taken) {
    const junction = junctionKey(id);
    if (!graph.vertices.has(junction)) continue;
    const before = graph.edges.filter(({ to }) => to === junction);
    if (graph.edges.length + added.length + keys.length * (before.length + 1) > LIMITS.edges) {
      return undefined;
    }
    for (const key of keys) {
      added.push({ name: `taken by ${junction}`, from: key, to: junction, notify: true });
      for (const edge of before) added.push({ ...edge, to: key });
    }
  }
  return added.length === 0 ? graph : { ...graph, edges: [...graph.edges, ...added] };
}
