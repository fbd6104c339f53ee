/**
 * From a graph as it is written to the graph that is run.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import type { HostExport } from "../../kind/export.ts";
import type { Registry } from "../../kind/kind.ts";
import type { LoadedGraph } from "../../lang/load.ts";
import { type Facts, type PassObserver, runPasses } from "../../lang/passes.ts";
import { ownedPaths } from "../../packages/owned_paths.ts";

/** What is said where no automatic edge was added, for their number. */
export const TOO_MANY_EDGES = `no automatic edges: with them there would be more than ` +
  `${LIMITS.edges}`;

/** What the passes to a run give; of those after `last` nothing. */
export type FinalGraph = Pick<Facts, "graph"> & Partial<Pick<Facts, "collected" | "autoEdges">>;

/** Makes the passes to a run; of the host, only what its packages own is looked at. */
export async function finalGraph(
  { graph, collects, directory }: Pick<LoadedGraph, "graph" | "collects" | "directory">,
  { registry, others = [], ...how }: {
    readonly registry: Registry;
    /** What other hosts offer. */
    readonly others?: readonly HostExport[];
    /** The last pass that is made. */
    readonly last?: string;
    readonly seen?: PassObserver;
  },
): Promise<FinalGraph> {
  const given = { graph, collects, directory, registry, others, owners: ownedPaths };
  return await runPasses("run", given, how) ?? { graph };
}
