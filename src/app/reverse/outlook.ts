/**
 * What would become of what has left a graph, from looking alone.
 *
 * @module
 */

import { label } from "../../base/words.ts";
import { changeOf } from "../../engine/undo_record.ts";
import type { LeftRefresh } from "../../engine/options.ts";
import type { Graph } from "../../graph/graph.ts";
import { keyOf, type Resource } from "../../kind/resource.ts";
import type { ThingChange } from "../../kind/undo.ts";
import { allTogether } from "../../kind/undo_together.ts";
import type { WorkContext } from "../../kind/work_context.ts";
import type { PlannedReversal } from "../../report/plan/outcome.ts";
import type { UndoTarget } from "../undo/choose.ts";
import { judge, undoOf } from "../undo/judge.ts";
import { managersIn } from "../undo/managers.ts";
import type { ReversalRecord } from "./reversal_store.ts";

/** What a plan says of those that leave, and who is to hear of it. */
export interface LeavingPlan {
  readonly reversed: readonly PlannedReversal[];
  readonly refreshes: readonly LeftRefresh[];
}

/** Looks at what each has changed, in the order in which that is taken back. */
export async function planLeaving(
  leaving: readonly ReversalRecord[],
  graph: Graph<Resource>,
  holdOf: (key: string) => object | undefined,
  context: WorkContext,
): Promise<LeavingPlan> {
  const reversed: PlannedReversal[] = [];
  const refreshes: LeftRefresh[] = [];
  for (const record of leaving) {
    const key = keyOf(record.kind, record.name);
    const stays = await whyItStays(record, graph, holdOf, context);
    if (stays !== NOTHING) reversed.push({ key, ...(stays === undefined ? {} : { stays }) });
    if (stays === undefined) refreshes.push(refreshOf(record));
  }
  return { reversed, refreshes };
}

/** There is nothing to take back: it is what it was before. */
const NOTHING = "";

/** Why nothing of it is taken back; undefined: it is. */
async function whyItStays(
  record: ReversalRecord,
  graph: Graph<Resource>,
  holdOf: (key: string) => object | undefined,
  context: WorkContext,
): Promise<string | undefined> {
  const key = keyOf(record.kind, record.name);
  const all = allTogether([...record.things, ...await changesBegun(record, context)]);
  const { things, by } = undecided({ ...record, things: all }, graph);
  if (things.length === 0 && by !== undefined) return `${label(by)} decides it now`;
  if (holdOf(key) !== undefined) return "it is held, and taken back when it is not any more";
  const { said } = await judge({ ...targetOf(record, key), things }, { force: false }, context);
  if (said.status === "due") return undefined;
  return said.status === "already" ? NOTHING : said.why ?? "it cannot be taken back";
}

/** What no resource of the graph decides by now, and one that decides something of it. */
export function undecided(
  record: ReversalRecord,
  graph: Graph<Resource>,
): { readonly things: readonly ThingChange[]; readonly by: string | undefined } {
  const key = keyOf(record.kind, record.name);
  const things: ThingChange[] = [];
  let by: string | undefined;
  for (const thing of record.things) {
    const [other] = managersIn(graph, { key, things: [thing] }).filter((each) => each !== key);
    if (other === undefined) things.push(thing);
    else by ??= other;
  }
  return { things, by };
}

/** What a run that was killed had begun is looked at: how it ended nobody wrote down. */
export async function changesBegun(
  { kind, name, begun = [] }: ReversalRecord,
  context: WorkContext,
): Promise<readonly ThingChange[]> {
  const undo = undoOf(keyOf(kind, name));
  const changes: ThingChange[] = [];
  if (undo === undefined) return changes;
  for (const { lacks: _lacks, ...before } of begun) {
    const change = await changeOf(before, undo, context);
    if (change.ok && change.value !== undefined) changes.push(change.value);
  }
  return changes;
}

/** The record as something to take back. */
export function targetOf({ things, lacks }: ReversalRecord, key: string): UndoTarget {
  const impossible = things.length === 0 ? lacks : undefined;
  return {
    key,
    changes: [],
    atMs: 0,
    reason: "",
    things,
    ...(lacks === undefined ? {} : { lacks }),
    ...(impossible === undefined ? {} : { impossible }),
  };
}

/** Who hears of it. */
export function refreshOf({ kind, name, notifies }: ReversalRecord): LeftRefresh {
  return { by: keyOf(kind, name), to: notifies };
}
