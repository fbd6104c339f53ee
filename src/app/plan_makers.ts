/**
 * Who of a graph makes what others of it need: what automatic edges are made of, asked for once more without
 * the edges of the graph, which would hide it.
 *
 * @module
 */

import { type Edge, emptyGraph, type Graph } from "../graph/graph.ts";
import type { Resource } from "../kind/resource.ts";
import { REASONS } from "../lang/autoedge/reasons.ts";
import type { PlanFindings } from "../report/plan/findings.ts";
import type { Making } from "../report/plan/outcome.ts";
import { kindsOnDemand } from "../resources/on_demand.ts";
import { finalGraph } from "./graph/final_graph.ts";

/** Who makes what others need, where anything is to be done at all. */
export async function makersOf(
  graph: Graph<Resource>,
  byKey: PlanFindings["byKey"],
): Promise<readonly Making[]> {
  if ([...byKey.values()].every(({ outcome }) => outcome === "ok")) return [];
  const alone = { ...emptyGraph<Resource>(graph.name), vertices: graph.vertices };
  const found = await finalGraph({ graph: alone, collects: [], directory: "/" }, {
    registry: kindsOnDemand,
  });
  return [...found.graph.edges.flatMap(makingOf), ...takersOf(graph, byKey)];
}

/** What an automatic edge says of that; a directory that is to come changes nothing for what is in it. */
export function makingOf({ name, from, to }: Pick<Edge, "name" | "from" | "to">): Making[] {
  const isAround = name === REASONS.parent.text || name === REASONS.above.text;
  return isAround ? [] : [{ from, to, isUsed: name === REASONS.entry.text }];
}

/** Who takes away what others are about: what is right now is not, once that is gone. */
function takersOf({ vertices }: Graph<Resource>, byKey: PlanFindings["byKey"]): readonly Making[] {
  const claimsOf = ({ kind, params }: Resource) =>
    (kind.claims?.(params) ?? []).filter((claim) => typeof claim !== "string");
  const takers = new Map<string, string>();
  for (const [key, resource] of vertices) {
    if (byKey.get(key)?.outcome === "ok") continue;
    for (const { path, type } of claimsOf(resource)) if (type === "absent") takers.set(path, key);
  }
  if (takers.size === 0) return [];
  return [...vertices].flatMap(([to, resource]) =>
    claimsOf(resource).flatMap(({ path, type }) => {
      const from = takers.get(path);
      if (from === undefined || from === to || type === "absent") return [];
      return [{ from, to, isUsed: true }];
    })
  );
}
