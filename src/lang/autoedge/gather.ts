/**
 * What the resources of a graph give and need, by the words of `kind/ties.ts`.
 *
 * @module
 */

import type { Graph } from "../../graph/graph.ts";
import type { Resource } from "../../kind/resource.ts";
import type { Needed, Provided } from "../../kind/ties.ts";

/** A resource that takes part. */
export interface Tied {
  readonly key: string;
  /** Its place in the graph. */
  readonly number: number;
  readonly needs: readonly Needed[];
  readonly provides: readonly Provided[];
  readonly removes: boolean;
}

const NOTHING: readonly never[] = [];

/**
 * The resources that take part, in the graph's order. One that cannot be run would hold others up
 * for nothing.
 */
export function gatherTies(graph: Graph<Resource>): readonly Tied[] {
  const tied: Tied[] = [];
  let number = -1;
  for (const { key, kind, params, meta } of graph.vertices.values()) {
    number++;
    if (!meta.autoedge || kind.ties === undefined || kind.unavailable !== undefined) continue;
    const { needs = NOTHING, provides = NOTHING, removes = false } = kind.ties(params);
    tied.push({ key, number, needs, provides, removes });
  }
  return tied;
}

/** The part of a tie behind its word. */
export function valueOf(tie: string): string {
  return tie.slice(tie.indexOf(":") + 1);
}
