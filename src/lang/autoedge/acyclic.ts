/**
 * Which of the automatic edges can be added without closing a cycle.
 *
 * @module
 */

import { type Cycle, findKnots } from "../../graph/cycle.ts";
import type { Edge, Graph } from "../../graph/graph.ts";

/** An automatic edge that might be added; the lower rank stays where two exclude each other. */
export interface Candidate {
  readonly edge: Edge;
  readonly rank: number;
}

/** An automatic edge that is left out, and the cycle that it would close, itself first. */
export interface LeftOut {
  readonly edge: Edge;
  readonly cycle: Cycle;
}

/** What becomes of the candidates. */
export interface Chosen {
  readonly edges: readonly Edge[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Chooses the candidates that leave an acyclic graph acyclic. Which ones those are depends on the
 * keys and ranks alone, not on any order.
 */
export function chooseAcyclic(
  graph: Graph<unknown>,
  candidates: readonly Candidate[],
): Chosen {
  const all = [...graph.edges, ...candidates.map(({ edge }) => edge)];
  const knots = findKnots({ ...graph, edges: all });
  const rejected = new Map<Edge, Cycle>();
  for (const knot of knots) {
    const inside = ({ from, to }: Edge) => knot.has(from) && knot.has(to);
    const reach = new Reach(graph.edges.filter(inside));
    for (const { edge } of candidates.filter(({ edge }) => inside(edge)).sort(byRank)) {
      const way = reach.way(edge.to, edge.from);
      if (way === undefined) reach.add(edge);
      else rejected.set(edge, [edge, ...way]);
    }
  }
  return {
    edges: candidates.map(({ edge }) => edge).filter((edge) => !rejected.has(edge)),
    leftOut: [...rejected].map(([edge, cycle]) => ({ edge, cycle })),
  };
}

function byRank(a: Candidate, b: Candidate): number {
  return a.rank - b.rank || compare(a.edge.from, b.edge.from) || compare(a.edge.to, b.edge.to);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Which vertices lead to which, by the edges that are there already. */
class Reach {
  readonly #incoming: Map<string, Edge[]>;
  /** For the last goal: the first edge of a way to it from each vertex that leads there. */
  #goal: string | undefined;
  #ways = new Map<string, Edge>();

  constructor(edges: readonly Edge[]) {
    this.#incoming = Map.groupBy(edges, ({ to }) => to);
  }

  add(edge: Edge): void {
    const edges = this.#incoming.get(edge.to);
    if (edges === undefined) this.#incoming.set(edge.to, [edge]);
    else edges.push(edge);
    // One that begins at the goal, and closes no cycle, is on no way to it.
    if (edge.from !== this.#goal) this.#goal = undefined;
  }

  /** A way from one vertex to another, or undefined. */
  way(from: string, goal: string): Edge[] | undefined {
    if (this.#goal !== goal) this.#explore(goal);
    if (!this.#ways.has(from)) return undefined;
    const way: Edge[] = [];
    for (let at = from; at !== goal;) {
      const edge = this.#ways.get(at)!;
      way.push(edge);
      at = edge.to;
    }
    return way;
  }

  #explore(goal: string): void {
    this.#goal = goal;
    this.#ways = new Map();
    const queue = [goal];
    for (const key of queue) {
      for (const edge of this.#incoming.get(key) ?? []) {
        if (edge.from === goal || this.#ways.has(edge.from)) continue;
        this.#ways.set(edge.from, edge);
        queue.push(edge.from);
      }
    }
  }
}
