/**
 * From a graph as it is written to the graph that is run.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import type { Graph } from "../../graph/graph.ts";
import { ownedPaths } from "../../packages/owned_paths.ts";
import type { Resource } from "../../kind/resource.ts";
import { type AutoEdged, findAutoEdges } from "../../lang/autoedge/autoedge.ts";

/** What is said where no automatic edge was added, for their number. */
export const TOO_MANY_EDGES = `no automatic edges: with them there would be more than ` +
  `${LIMITS.edges}`;

/** Adds the automatic edges; of the host, only what its packages own is looked at. */
export async function finalGraph(written: Graph<Resource>): Promise<AutoEdged> {
  const edging = findAutoEdges(written);
  return edging.finish(await ownedPaths(edging.question));
}
