/**
 * The pass that finds edges by itself: what resources give and need is matched (`autoedge/`), and
 * what explicit edges say counts more. It is pure; what must be known of the host is handed in.
 *
 * Automatic edges only order. They never notify: a refresh is done where somebody asked for one.
 *
 * @module
 */

import type { Graph } from "../../graph/graph.ts";
import type { Resource } from "../../kind/resource.ts";
import { chooseAcyclic, type LeftOut } from "./acyclic.ts";
import { Candidates } from "./candidates.ts";
import { gatherTies } from "./gather.ts";
import { Matcher } from "./matcher.ts";
import { type OwnedPaths, type OwnerQuestion, questionOf } from "./ownership.ts";

export type { LeftOut } from "./acyclic.ts";
export type { OwnedPaths, OwnerQuestion } from "./ownership.ts";

/** A graph with its automatic edges behind the explicit ones. */
export interface AutoEdged {
  readonly graph: Graph<Resource>;
  /** What would have been an edge, but contradicts the others. */
  readonly leftOut: readonly LeftOut[];
  /** True where there would be more edges than are allowed, so that none was added. */
  readonly tooMany: boolean;
}

/** The pass, half done: it waits for what must be known of the host. */
export interface AutoEdging {
  readonly question: OwnerQuestion;
  finish(owned: OwnedPaths): AutoEdged;
}

/** Begins to find the automatic edges of an acyclic graph. */
export function findAutoEdges(graph: Graph<Resource>): AutoEdging {
  const gathered = gatherTies(graph);
  return {
    question: questionOf(gathered),
    finish: (owned) => {
      const candidates = new Candidates(graph);
      new Matcher(gathered, owned, (giver, holder, reason) => {
        if (giver !== holder) candidates.add(giver, holder, reason);
      }).match();
      if (candidates.tooMany) return { graph, leftOut: [], tooMany: true };
      const { edges, leftOut } = chooseAcyclic(graph, candidates.all());
      const all = edges.length === 0 ? graph.edges : [...graph.edges, ...edges];
      return { graph: { ...graph, edges: all }, leftOut, tooMany: false };
    },
  };
}
