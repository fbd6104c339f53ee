/**
 * What the vertices of a graph know of each other's paths, and who must look again when that changes.
 *
 * @module
 */

import type { Delta } from "../graph/delta.ts";
import type { Graph } from "../graph/graph.ts";
import { Precedence } from "../graph/precedence.ts";
import { type AttributeExpectation, NOTHING_EXPECTED } from "../kind/claim.ts";
import { Claims, differentMatters, type Matter, sameExpectations } from "../kind/claims.ts";
import type { KindContext } from "../kind/kind.ts";
import type { Resource } from "../kind/resource.ts";
import type { Vertex } from "./vertex.ts";

/** The part of a pass's context that is about other resources. */
export type RegardContext = Pick<
  KindContext,
  "claimed" | "comes" | "claims" | "expected" | "leftOut" | "holdBack"
>;

/** The claims of the graph in force, gathered when somebody asks. */
export class Regard {
  #graph: Graph<Resource> | undefined;
  #expected = NOTHING_EXPECTED;
  #claims: Claims | undefined;
  #precedence: Precedence | undefined;
  /** Changes of the world so far, and how many there were when a vertex last looked, or its own. */
  #changes = 0;
  readonly #known = new WeakMap<Vertex, number>();
  #lookedOnceMore = new WeakSet<Vertex>();

  /** Takes over what is expected now; whether that is something else than before. */
  expect(expected: readonly AttributeExpectation[]): boolean {
    if (sameExpectations(this.#expected, expected)) return false;
    this.#expected = expected;
    this.#claims = undefined;
    return true;
  }

  /** Another graph is in force; of which matters others claim something else than before. */
  swap(graph: Graph<Resource>, { added, changed, removed }: Delta<Resource>): ReadonlySet<Matter> {
    const before = this.#graph?.vertices;
    this.#graph = graph;
    this.#claims = undefined;
    this.#precedence = new Precedence(graph);
    this.#lookedOnceMore = new WeakSet();
    if (before === undefined) return new Set();
    const keys = [...added.keys(), ...changed.keys(), ...removed];
    return new Set(
      keys.flatMap((key) => differentMatters(before.get(key), graph.vertices.get(key))),
    );
  }

  /** A vertex has changed the world. */
  changed(vertex: Vertex): void {
    this.#changes++;
    this.#known.set(vertex, this.#knownBy(vertex) + 1);
  }

  /**
   * Those that are to look once more before a run without watches ends: they share paths with others,
   * and others have changed something since they looked. Each only once, or two that undo each other's
   * work would go on for ever.
   */
  outdated(vertices: Iterable<Vertex>): Vertex[] {
    const found: Vertex[] = [];
    if (this.#changes === 0) return found;
    for (const vertex of vertices) {
      if (vertex.state !== "ok" || !vertex.regards.has("paths")) continue;
      if (this.#knownBy(vertex) >= this.#changes || this.#lookedOnceMore.has(vertex)) continue;
      this.#lookedOnceMore.add(vertex);
      found.push(vertex);
    }
    return found;
  }

  #knownBy(vertex: Vertex): number {
    return this.#known.get(vertex) ?? 0;
  }

  /** For a pass of a vertex; it is remembered whether it asked for others. */
  context(vertex: Vertex): RegardContext {
    vertex.regards.clear();
    vertex.holdsBack = undefined;
    this.#known.set(vertex, this.#changes);
    const claims = (matter: Matter = "paths") => {
      vertex.regards.add(matter);
      return this.#claims ??= new Claims(this.#graph?.vertices.values() ?? [], this.#expected);
    };
    const matterOf = (subject: string) => claims(subject.startsWith("/") ? "paths" : "words");
    const { key } = vertex.resource;
    return {
      claimed: (subject) => matterOf(subject).has(subject),
      comes: (subject) =>
        matterOf(subject).makersOf(subject).some((maker) =>
          this.#precedence?.isBefore(key, maker) !== true
        ),
      claims: (subject) => matterOf(subject).at(subject),
      expected: (path) => claims().expected(path),
      leftOut: (path) => claims().isLeftOut(path),
      holdBack: (why, what) => vertex.holdsBack = { why, ...(what && { what }) },
    };
  }
}
