/**
 * Takes changes back: says first what will be done, holds what it touches, has the journal know that it
 * begins, and then what came of it. Ended in the middle it can be said again: what is done is done.
 *
 * @module
 */

import { fail, type Failure, ok, type Result } from "../../base/result.ts";
import { count } from "../../base/words.ts";
import type { UndoneResource, UndoReport, UndoWish } from "../../control/undo.ts";
import type { Hold } from "../../engine/hold.ts";
import { differenceOf } from "../../engine/undo_record.ts";
import { type EntryDetail, NewEntry } from "../../journal/entry.ts";
import type { ThingChange, UndoContext } from "../../kind/undo.ts";
import type { UndoTarget } from "./choose.ts";
import { judge, type JudgedTarget, undoOf } from "./judge.ts";

/** Who takes back: a running agent, or a command in its place. */
export interface UndoHands {
  readonly context: UndoContext;
  readonly nowMs: () => number;
  /** Writes entries that are new, or have become different; a failure where they cannot be kept. */
  readonly note: (entries: readonly NewEntry[]) => Promise<Failure | undefined>;
  /** Holds these, as far as nobody holds them for longer; what comes back is what holds them now. */
  readonly hold: (keys: readonly string[], hold: Hold) => Result<ReadonlyMap<string, Hold>>;
  /** Keys of the resources that manage what is taken back. */
  readonly holders: (target: UndoTarget) => readonly string[];
  /** Resolves when nobody is at it any more, and it is written down who gets a refresh. */
  readonly begin: (target: UndoTarget) => Promise<Failure | undefined>;
  /** It is another now; the result is who gets a refresh for it, or would need one. */
  readonly undone: (target: UndoTarget) => readonly string[];
  /** The same, before. */
  readonly refreshes: (target: UndoTarget) => readonly string[];
  readonly byAgent: boolean;
}

/** Takes these back, the first first. */
export async function takeBack(
  targets: readonly UndoTarget[],
  wish: UndoWish,
  hands: UndoHands,
): Promise<Result<UndoReport>> {
  const judged: JudgedTarget[] = [];
  for (const target of targets) judged.push(await judge(target, forced(wish), hands.context));
  const due = judged.filter(({ said }) => said.status === "due");
  const { byAgent } = hands;
  if (wish.noop || due.length === 0) {
    const refresh = [...new Set(due.flatMap(({ target }) => hands.refreshes(target)))];
    return ok({
      noop: wish.noop,
      byAgent,
      resources: judged.map(({ said }) => said),
      held: [],
      refresh,
    });
  }
  const nowMs = hands.nowMs();
  const { author } = wish;
  const placed = hands.hold([...new Set(due.flatMap(({ target }) => hands.holders(target)))], {
    reason: `undo of ${changesText(due.flatMap(({ target }) => target.changes))}`,
    author,
    sinceMs: nowMs,
    untilMs: nowMs + wish.forMs,
    undo: true,
  });
  if (!placed.ok) return placed;
  const resources: UndoneResource[] = [];
  const refresh = new Set<string>();
  for (const { target, said } of judged) {
    if (said.status !== "due") {
      resources.push(said);
      continue;
    }
    const done = await takeOneBack(target, wish, hands);
    if (!done.ok) return done;
    resources.push(done.value);
    if (done.value.status !== "undone" && done.value.status !== "failed") continue;
    for (const key of hands.undone(target)) refresh.add(key);
  }
  const held = [...placed.value].map(([key, { untilMs }]) => ({ key, untilMs }));
  return ok({ noop: false, byAgent, resources, held, refresh: [...refresh] });
}

/** Who names a state, and no change, wants just that. */
function forced({ force, choice }: UndoWish): boolean {
  return force || choice.by === "resource";
}

async function takeOneBack(
  target: UndoTarget,
  wish: UndoWish,
  hands: UndoHands,
): Promise<Result<UndoneResource>> {
  const kept = await hands.begin(target);
  if (kept !== undefined) return { ok: false, failure: kept };
  // Somebody may have been at it until now.
  const { said, due } = await judge(target, forced(wish), hands.context);
  const undo = undoOf(target.key);
  if (said.status !== "due" || undo === undefined) return ok(said);
  const begun: EntryDetail = {
    reason: changesText(target.changes),
    undoes: target.changes,
    author: wish.author,
  };
  const entry = new NewEntry("undone", hands.nowMs(), target.key, { ...begun, unfinished: true });
  const unwritten = await hands.note([entry]);
  if (unwritten !== undefined) {
    return fail(`nothing more is taken back: ${unwritten.message}`, {
      ...(unwritten.code === undefined ? {} : { code: unwritten.code }),
      ...(unwritten.hint === undefined ? {} : { hint: unwritten.hint }),
    });
  }
  const things: ThingChange[] = [];
  let problem: Failure | undefined;
  for (const { is, name, wanted } of due) {
    const all = wanted["type"] === undefined ? new Set(Object.keys(wanted)) : undefined;
    const before = await undo.look({ is, name }, all, hands.context);
    problem = await undo.restore({ is, name }, wanted, hands.context);
    const after = await undo.look({ is, name }, all, hands.context);
    const change = before.ok && after.ok ? differenceOf(before.value, after.value) : undefined;
    if (change !== undefined) things.push({ is, name, ...change });
    if (problem !== undefined) break;
  }
  const failure = problem === undefined ? undefined : { message: problem.message };
  entry.detail = { ...begun, undo: { things }, ...(failure === undefined ? {} : { failure }) };
  const lost = await hands.note([entry]);
  const why = problem?.message ?? lost?.message;
  return ok({
    ...said,
    status: problem === undefined ? "undone" : "failed",
    ...(why === undefined ? {} : { why }),
    ...(entry.id === undefined ? {} : { entry: entry.id }),
  });
}

function changesText(changes: readonly number[]): string {
  const [first] = changes;
  return changes.length === 1 ? `change ${first}` : count(changes.length, "change");
}
