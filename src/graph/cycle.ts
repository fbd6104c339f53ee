/**
 * Cycles of what should be an acyclic graph: one for each knot of vertices that reach each other.
 *
 * @module
 */

import { edgesFrom } from "./graph.ts";
import type { Edge, Graph } from "./graph.ts";

/** A cycle as its edges, each one's `to` being the next one's `from`, the last one's the first's. */
export type Cycle = readonly Edge[];

/** One shortest cycle of every strongly connected part, in the order of the graph's vertices. */
export function findCycles(graph: Graph<unknown>): readonly Cycle[] {
  const outgoing = edgesFrom(graph);
  const cycles: Cycle[] = [];
  for (const part of findKnots(graph, outgoing)) {
    const cycle = shortestCycle(part, outgoing);
    if (cycle !== undefined) cycles.push(cycle);
  }
  return cycles;
}

/** A cycle for a reader: `a → b → a`, the middle of a long one left out. */
export function cycleText(cycle: Cycle, limit = 12): string {
  const keys = cycle.map((edge) => edge.from);
  const shown = keys.length <= limit
    ? keys
    : [...keys.slice(0, limit - 1), `… (${keys.length - limit} more)`, keys[keys.length - 1]];
  return [...shown, keys[0]].join(" → ");
}

/**
 * Strongly connected parts that hold a cycle (Tarjan's algorithm, with a stack of its own, as a
 * chain may be longer than the call stack), in the order of the graph's vertices.
 */
export function findKnots(
  graph: Graph<unknown>,
  outgoing: ReadonlyMap<string, readonly Edge[]> = edgesFrom(graph),
): readonly ReadonlySet<string>[] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open = new Set<string>();
  const path: string[] = [];
  const found: Set<string>[] = [];

  const enter = (key: string) => {
    index.set(key, index.size);
    low.set(key, index.size - 1);
    path.push(key);
    open.add(key);
    return { key, next: 0 };
  };
  const lower = (key: string, value: number) => {
    if (value < low.get(key)!) low.set(key, value);
  };
  const leave = (key: string) => {
    if (low.get(key) !== index.get(key)) return;
    const part = new Set<string>();
    let last: string;
    do {
      last = path.pop()!;
      open.delete(last);
      part.add(last);
    } while (last !== key);
    if (part.size > 1 || outgoing.get(key)?.some((edge) => edge.to === key)) found.push(part);
  };

  for (const root of graph.vertices.keys()) {
    if (index.has(root)) continue;
    const stack = [enter(root)];
    while (stack.length > 0) {
      const frame = stack[stack.length - 1]!;
      const edge = outgoing.get(frame.key)?.[frame.next++];
      if (edge === undefined) {
        leave(frame.key);
        stack.pop();
        const parent = stack[stack.length - 1];
        if (parent !== undefined) lower(parent.key, low.get(frame.key)!);
      } else if (!index.has(edge.to)) {
        stack.push(enter(edge.to));
      } else if (open.has(edge.to)) {
        lower(frame.key, index.get(edge.to)!);
      }
    }
  }
  return orderLike(graph, found);
}

/** Sorts the parts, and the vertices in them, as the graph has them: equal input, equal output. */
function orderLike(graph: Graph<unknown>, parts: Set<string>[]): Set<string>[] {
  if (parts.length === 0) return parts;
  const partOf = new Map(parts.flatMap((part) => [...part].map((key) => [key, part] as const)));
  const ordered = new Map<Set<string>, Set<string>>();
  for (const key of graph.vertices.keys()) {
    const part = partOf.get(key);
    if (part === undefined) continue;
    const sorted = ordered.get(part) ?? new Set<string>();
    ordered.set(part, sorted.add(key));
  }
  return [...ordered.values()];
}

/** Breadth first from the first vertex of a part back to itself. */
function shortestCycle(
  part: ReadonlySet<string>,
  outgoing: ReadonlyMap<string, readonly Edge[]>,
): Cycle | undefined {
  const [start] = part;
  if (start === undefined) return undefined;
  const reachedBy = new Map<string, Edge>();
  const queue = [start];
  for (const key of queue) {
    for (const edge of outgoing.get(key) ?? []) {
      if (!part.has(edge.to)) continue;
      if (edge.to === start) return trace(edge, start, reachedBy);
      if (reachedBy.has(edge.to)) continue;
      reachedBy.set(edge.to, edge);
      queue.push(edge.to);
    }
  }
  return undefined;
}

function trace(last: Edge, start: string, reachedBy: Map<string, Edge>): Cycle {
  const edges = [last];
  for (let key = last.from; key !== start;) {
    const edge = reachedBy.get(key)!;
    edges.push(edge);
    key = edge.from;
  }
  return edges.reverse();
}
