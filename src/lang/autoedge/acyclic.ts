/**
 * Which of the automatic edges can be added without closing a cycle.
 *
 * @module
 */

import { compareTexts } from "../../base/compare.ts";
import { type Cycle, findKnots } from "../../graph/cycle.ts";
import type { Edge, Graph } from "../../graph/graph.ts";

/** An automatic edge that might be added; the lower rank stays where two exclude each other. */
export interface Candidate {
  readonly edge: Edge;
  readonly rank: number;
  /** Its ends, as the places that the vertices have in the graph. */
  readonly from: number;
  readonly to: number;
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
  const found = candidates.map(({ edge }) => edge);
  if (isAcyclic(graph, candidates)) return { edges: found, leftOut: [] };
  const knots = findKnots({ ...graph, edges: [...graph.edges, ...found] });
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
    edges: found.filter((edge) => !rejected.has(edge)),
    leftOut: [...rejected].map(([edge, cycle]) => ({ edge, cycle })),
  };
}

/** Whether all candidates can stay, as nearly always; with numbers, as that is fast. */
function isAcyclic(
  { vertices, edges }: Graph<unknown>,
  candidates: readonly Candidate[],
): boolean {
  const numbers = new Map(edges.length === 0 ? [] : [...vertices.keys()].map((key, i) => [key, i]));
  const ends = edges.map(({ from, to }) => ({ from: numbers.get(from)!, to: numbers.get(to)! }));
  const all = [...ends, ...candidates];
  const waitsFor = new Int32Array(vertices.size);
  // For each vertex a chain of the edges that it begins.
  const first = new Int32Array(vertices.size).fill(-1);
  const next = new Int32Array(all.length);
  for (let i = 0; i < all.length; i++) {
    const { from, to } = all[i]!;
    waitsFor[to]!++;
    next[i] = first[from]!;
    first[from] = i;
  }
  const ready: number[] = [];
  for (let i = 0; i < waitsFor.length; i++) if (waitsFor[i] === 0) ready.push(i);
  for (const vertex of ready) {
    for (let i = first[vertex]!; i >= 0; i = next[i]!) {
      if (--waitsFor[all[i]!.to]! === 0) ready.push(all[i]!.to);
    }
  }
  return ready.length === vertices.size;
}

function byRank(a: Candidate, b: Candidate): number {
  return a.rank - b.rank || compareTexts(a.edge.from, b.edge.from) ||
    compareTexts(a.edge.to, b.edge.to);
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

  /** Adds an edge from the last goal; as it closes no cycle, it is on no way there. */
  add(edge: Edge): void {
    const edges = this.#incoming.get(edge.to);
    if (edges === undefined) this.#incoming.set(edge.to, [edge]);
    else edges.push(edge);
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
