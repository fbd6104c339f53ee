import { assert } from "../base/assert.ts";
import type { Edge } from "../graph/graph.ts";
import type { Vertex } from "./vertex.ts";

const NONE: readonly never[] = [];

/** Points vertices at each other as the edges say, whatever they pointed at before. */
export function linkVertices(
  vertices: ReadonlyMap<string, Vertex>,
  edges: readonly Edge[],
): void {
  const parents = new Map<Vertex, Vertex[]>();
  const children = new Map<Vertex, Vertex[]>();
  const light = new Map<Vertex, Vertex[]>();
  const notifies = new Map<Vertex, Vertex[]>();
  for (const edge of edges) {
    const from = vertices.get(edge.from);
    const to = vertices.get(edge.to);
    assert(from !== undefined && to !== undefined, `edge ${edge.name} has both ends`);
    append(parents, to, from);
    append(children, from, to);
    if (edge.automatic) append(light, to, from);
    if (edge.notify) append(notifies, from, to);
  }
  for (const vertex of vertices.values()) {
    vertex.node.parents = (parents.get(vertex) ?? []).map((other) => other.node);
    vertex.node.children = (children.get(vertex) ?? []).map((other) => other.node);
    vertex.node.lightParents = (light.get(vertex) ?? NONE).map((other) => other.node);
    vertex.notifies = notifies.get(vertex) ?? [];
  }
}

/** The automatic edges of a graph by their ends, to look up why there is one. */
export class AutomaticEdges {
  readonly #edges: readonly Edge[];
  #reasons: ReadonlyMap<string, string> | undefined;

  constructor(edges: readonly Edge[]) {
    this.#edges = edges.filter((edge) => edge.automatic);
  }

  get count(): number {
    return this.#edges.length;
  }

  /** Why one vertex comes before another; nothing: there is no automatic edge. */
  why(from: string, to: string): { readonly automatic?: string } {
    // Most runs never ask.
    this.#reasons ??= new Map(this.#edges.map((edge) => [ends(edge.from, edge.to), edge.name]));
    const automatic = this.#reasons.get(ends(from, to));
    return automatic === undefined ? {} : { automatic };
  }
}

/** Names have no NUL. */
function ends(from: string, to: string): string {
  return `${from}\0${to}`;
}

function append<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
