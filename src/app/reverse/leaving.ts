import type { Graph } from "../../graph/graph.ts";
import type { Host } from "../../host/host.ts";
import type { Resource } from "../../kind/resource.ts";
import { isThere } from "../agent_prefix.ts";
import { thingOf } from "../managed/managed_record.ts";
import { keptIdentity } from "../managed/next_record.ts";
import { undoContext } from "../undo/undo_context.ts";
import type { LeavingPlan } from "./outlook.ts";
import { reversalDirectory } from "./reversal_directory.ts";
import { type ReversalRecord, ReversalStore } from "./reversal_store.ts";

/** Which graphs a record is of: those of a file or a directory, or those of a name that came by itself. */
export function sourceOf(graphPath: string, graph: Pick<Graph<Resource>, "name">): string {
  return graphPath === "-" ? `- (${graph.name})` : graphPath;
}

/** What a resource is about, whatever its name. */
export function thingOfResource({ kind, params }: Resource): string {
  return thingOf({ kind: kind.kind, identity: keptIdentity(kind, params) });
}

/** Those of a graph's source that are not in it, what depended on others first. */
export function leavingOf(
  records: ReadonlyMap<string, ReversalRecord>,
  graphPath: string,
  graph: Graph<Resource>,
): readonly ReversalRecord[] {
  const source = sourceOf(graphPath, graph);
  const present = new Set([...graph.vertices.values()].map(thingOfResource));
  return [...records].filter(([thing, record]) => record.source === source && !present.has(thing))
    .map(([, record]) => record)
    .sort((a, b) => b.rank - a.rank);
}

/** Nothing is taken back. */
export const NOTHING_LEFT: LeavingPlan = { reversed: [], refreshes: [] };

/** What a plan is told of those that a graph leaves out. */
export interface LeavingQuestion {
  readonly prefix: string | undefined;
  readonly graphPath: string;
  readonly graph: Graph<Resource>;
  readonly host: Host;
  readonly signal: AbortSignal;
  holdOf(key: string): object | undefined;
}

/** What a run of that graph would take back because it has left. */
export async function planLeft(question: LeavingQuestion): Promise<LeavingPlan> {
  const { prefix, graphPath, graph, host, signal, holdOf } = question;
  if (prefix === undefined || !isThere(reversalDirectory(prefix))) return NOTHING_LEFT;
  const records = new ReversalStore(prefix, host.files).all();
  if (!records.ok) return NOTHING_LEFT;
  const leaving = leavingOf(records.value, graphPath, graph);
  if (leaving.length === 0) return NOTHING_LEFT;
  const { planLeaving } = await import("./outlook.ts");
  return await planLeaving(leaving, graph, holdOf, undoContext(host, signal, () => {}));
}
