import type { LeftRefresh } from "../../engine/options.ts";
import { edgesTo, type Graph } from "../../graph/graph.ts";
import { topologicalOrder } from "../../graph/order.ts";
import type { Resource } from "../../kind/resource.ts";
import type { PlanFinding } from "../../report/plan/outcome.ts";
import { asksOthers, type EditParts, refreshed } from "./compare.ts";

/** The same findings, where what has left the graph asks for refreshes, and who hears asks others. */
export async function withRefreshes(
  graph: Graph<Resource>,
  findings: ReadonlyMap<string, PlanFinding>,
  left: readonly LeftRefresh[],
  refreshOf: EditParts["refreshOf"],
): Promise<ReadonlyMap<string, PlanFinding>> {
  if (left.every(({ to }) => to.length === 0)) return findings;
  const order = topologicalOrder(graph);
  const notifies = edgesTo({ ...graph, edges: graph.edges.filter(({ notify }) => notify) });
  const found = new Map(findings);
  const acting = new Set<string>();
  for (const key of order.ok ? order.keys : []) {
    const finding = findings.get(key);
    const before = (notifies.get(key) ?? []).map(({ from }) => from);
    const by = left.filter(({ to }) => to.includes(key)).map((each) => each.by)
      .concat(before.filter((from) => acting.has(from)));
    if (finding === undefined || by.length === 0) continue;
    const resource = graph.vertices.get(key)!;
    const askedBy = [...finding.askedBy ?? [], ...by];
    const now = await refreshed(finding, askedBy, resource, { refreshOf });
    found.set(key, now);
    if (now.outcome !== finding.outcome && asksOthers(now, resource, askedBy)) acting.add(key);
    if (resource.kind.junction === true) acting.add(key);
  }
  return found;
}
