/**
 * What is no mistake of a graph, but was probably meant otherwise: told by the kinds, which may ask
 * which package of the graph brings a path.
 *
 * @module
 */

import { type Edge, edgesTo, type Graph } from "../graph/graph.ts";
import type { Resource } from "../kind/resource.ts";
import type { Mistakes } from "./mistakes.ts";
import type { WrittenResource } from "./resources.ts";

/** Parts of paths and of names of packages that say nothing of whose they are. */
const COMMON_PARTS = new Set(
  `bin boot cache certs client common conf config core data default dev doc etc home lib libs local
  log mail media opt private root run sbin server share source spool srv ssl sysconfig systemd tmp
  tools usr utils var www`.split(/\s+/),
);
/** Shorter parts are in too many names. */
const SHORTEST_PART = 3;

/** Warns of what kinds doubt. */
export function reportDoubts(
  graph: Graph<Resource>,
  written: ReadonlyMap<string, WrittenResource>,
  mistakes: Mistakes,
): void {
  const packages = [...graph.vertices.values()].filter(isPackage);
  if (packages.length === 0) return;
  let edges: Map<string, Edge[]> | undefined;
  for (const { key, kind, params } of graph.vertices.values()) {
    const path = written.get(key)?.path;
    const issue = path === undefined ? undefined : kind.doubts?.(params, (entry) => {
      edges ??= edgesTo(graph);
      return packages.find(({ name }) => soundsLike(name, entry))?.key ??
        packageBefore(key, graph, edges);
    });
    if (issue === undefined || path === undefined) continue;
    const hint = issue.hint === undefined ? {} : { hint: issue.hint };
    mistakes.warning([...path, ...issue.path], `${key}: ${issue.message}`, hint);
  }
}

function isPackage({ kind, params }: Resource): boolean {
  const { provides = [], removes = false } = kind.relations?.(params) ?? {};
  return !removes && provides.some((tie) => tie.startsWith("package:"));
}

/** A package that comes before a resource by what the graph itself says. */
function packageBefore(
  key: string,
  { vertices }: Graph<Resource>,
  edges: ReadonlyMap<string, readonly Edge[]>,
): string | undefined {
  const seen = new Set([key]);
  for (const at of seen) {
    const vertex = vertices.get(at);
    if (at !== key && vertex !== undefined && isPackage(vertex)) return at;
    for (const { from } of edges.get(at) ?? []) seen.add(from);
  }
  return undefined;
}

/** Whether something on the way to a path is called as the package is: /etc/ssh, openssh-server. */
function soundsLike(name: string, path: string): boolean {
  const isTelling = (part: string) => part.length >= SHORTEST_PART && !COMMON_PARTS.has(part);
  const words = (name.split(":")[0] ?? "").split(/[-+.]/).filter(isTelling);
  const steps = path.split("/").filter(isTelling);
  return words.some((word) =>
    steps.some((step) => step.startsWith(word) || word.startsWith(step) || word.endsWith(step))
  );
}
