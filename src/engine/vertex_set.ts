/**
 * The vertices of the graph in force, in the graph's order: who comes in, and who goes.
 *
 * @module
 */

import type { Graph } from "../graph/graph.ts";
import type { Resource } from "../kind/resource.ts";
import type { StateCounts } from "./state_counts.ts";
import { abort, createVertex, quiesce, type Vertex } from "./vertex.ts";

/** What is told of vertices that go. */
export interface VertexSetHooks {
  /** No try of its own any more, and no visit. */
  leave(vertex: Vertex): void;
  nowMs(): number;
  /** It has ended. */
  exited(vertex: Vertex): void;
}

/** Vertices by key. */
export class VertexSet {
  readonly #counts: StateCounts;
  readonly #hooks: VertexSetHooks;
  #byKey = new Map<string, Vertex>();

  constructor(counts: StateCounts, hooks: VertexSetHooks) {
    this.#counts = counts;
    this.#hooks = hooks;
  }

  get byKey(): ReadonlyMap<string, Vertex> {
    return this.#byKey;
  }

  all(): Iterable<Vertex> {
    return this.#byKey.values();
  }

  /** Those of whom that is so, in the graph's order. */
  where(isMeant: (vertex: Vertex) => boolean): Vertex[] {
    return [...this.#byKey.values()].filter(isMeant);
  }

  /** Ends vertices that leave the graph or are changed there; resolves when what they do has ended. */
  async retire(keys: readonly string[]): Promise<Vertex[]> {
    const leaving = keys.map((key) => this.#byKey.get(key))
      .filter((vertex) => vertex !== undefined);
    const nowMs = this.#hooks.nowMs();
    for (const vertex of leaving) {
      quiesce(vertex);
      this.#hooks.leave(vertex);
      abort(vertex, nowMs);
    }
    await Promise.all(leaving.map((vertex) => vertex.pass));
    for (const vertex of leaving) {
      this.#counts.remove(vertex);
      this.#byKey.delete(vertex.resource.key);
      this.#hooks.exited(vertex);
    }
    return leaving;
  }

  /** Makes vertices for new resources, and brings all into the graph's order; the result is the new ones. */
  admit(graph: Graph<Resource>, keys: readonly string[]): Vertex[] {
    const fresh = new Set(keys);
    const vertices = new Map<string, Vertex>();
    const made: Vertex[] = [];
    for (const [key, resource] of graph.vertices) {
      let vertex = this.#byKey.get(key);
      if (fresh.has(key) || vertex === undefined) {
        vertex = createVertex(resource);
        this.#counts.add(vertex);
        made.push(vertex);
      } else if (resource.headerText !== undefined) vertex.resource = resource;
      vertices.set(key, vertex);
    }
    this.#byKey = vertices;
    return made;
  }
}
