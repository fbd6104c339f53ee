/**
 * Takes changes back: says first what will be done, holds what it touches, has the journal know that it
 * begins, and then what came of it. Ended in the middle it can be said again: what is done is done.
 *
 * @module
 */

import { fail, type Failure, ok, type Result } from "../../base/result.ts";
import { count } from "../../base/words.ts";
import { yielderOf } from "../../base/yielder.ts";
import type { UndoneResource, UndoReport, UndoWish } from "../../control/undo.ts";
import type { Hold } from "../../engine/hold.ts";
import { changeOf } from "../../engine/undo_record.ts";
import { type EntryDetail, NewEntry } from "../../journal/entry.ts";
import type { KindUndo, ThingBefore, ThingChange } from "../../kind/undo.ts";
import type { WorkContext } from "../../kind/work_context.ts";
import type { UndoTarget } from "./choose.ts";
import { type DueThing, judge, type JudgedTarget, undoOf } from "./judge.ts";

/** Who takes back: a running agent, or a command in its place. */
export interface UndoHands {
  readonly context: WorkContext;
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
  /** Whether secrets were written into the file of that name: of what is overwritten there nothing is kept. */
  readonly hasSecret?: (name: string) => boolean;
  /** What came of it, for who keeps what is to be reversed one day. */
  readonly taken?: (key: string, things: readonly ThingChange[]) => Promise<void>;
}

/** Takes these back, the first first. */
export async function takeBack(
  targets: readonly UndoTarget[],
  wish: UndoWish,
  hands: UndoHands,
): Promise<Result<UndoReport>> {
  const judged = await judgeAll(targets, wish, hands.context);
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
    reason: wish.choice.by === "resource"
      ? "restore"
      : `undo of ${changesText(due.flatMap(({ target }) => target.changes))}`,
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
    const done = await takeOneBack(target, {
      force: forced(wish),
      begun: {
        reason: changesText(target.changes),
        undoes: target.changes,
        author: wish.author,
      },
    }, hands);
    if (!done.ok) return done;
    resources.push(done.value);
    if (done.value.status !== "undone" && done.value.status !== "failed") continue;
    for (const key of hands.undone(target)) refresh.add(key);
  }
  const held = [...placed.value].map(([key, { untilMs }]) => ({ key, untilMs }));
  return ok({ noop: false, byAgent, resources, held, refresh: [...refresh] });
}

/** Of several that were about one thing each finds what those before it have brought back. */
async function judgeAll(
  targets: readonly UndoTarget[],
  wish: UndoWish,
  context: WorkContext,
): Promise<readonly JudgedTarget[]> {
  const judged: JudgedTarget[] = [];
  const first = new Set<string>();
  const yielder = yielderOf(context.host.clock);
  for (const target of targets) {
    await yielder.yieldTurn();
    const one = await judge(target, { force: forced(wish), first }, context);
    const names = target.things.flatMap(namesIn);
    const { said } = one;
    const mayCome = said.status === "already" && names.some((name) => first.has(name));
    judged.push(mayCome ? { ...one, said: { ...said, status: "due" } } : one);
    if (said.status === "due") { for (const name of names) first.add(name); }
  }
  return judged;
}

/** A user's groups change with it. */
function namesIn({ name, before, after }: ThingChange): readonly string[] {
  const groups = [before["groups"], after["groups"]].flatMap((list) =>
    String(list ?? "").split(",")
  );
  return [name, ...groups];
}

/** Who names a state, and no change, wants just that. */
function forced({ force, choice }: UndoWish): boolean {
  return force || choice.by === "resource";
}

/** A sum of what holds a secret is enough to try guesses on. */
const HAD_SECRET = "there was a secret in it, and of such contents nothing is kept";

/** Takes one back. `begun`: what the journal knows of it before. */
export async function takeOneBack(
  target: UndoTarget,
  { force, begun }: { readonly force: boolean; readonly begun: EntryDetail },
  hands: Pick<UndoHands, "context" | "nowMs" | "note" | "begin" | "taken" | "hasSecret">,
): Promise<Result<UndoneResource>> {
  const kept = await hands.begin(target);
  if (kept !== undefined) return { ok: false, failure: kept };
  // Somebody may have been at it until now.
  const { said, due } = await judge(target, { force }, hands.context);
  const undo = undoOf(target.key);
  if (said.status !== "due" || undo === undefined) return ok(said);
  const entry = new NewEntry("undone", hands.nowMs(), target.key, { ...begun, unfinished: true });
  const unwritten = await hands.note([entry]);
  if (unwritten !== undefined) {
    return fail(`nothing more is taken back: ${unwritten.message}`, {
      ...(unwritten.code === undefined ? {} : { code: unwritten.code }),
      ...(unwritten.hint === undefined ? {} : { hint: unwritten.hint }),
    });
  }
  const { things: all, problem } = await restoreAll(due, undo, hands.context);
  const things = all.filter(({ name }) => hands.hasSecret?.(name) !== true);
  const lacks = things.length < all.length ? { lacks: HAD_SECRET } : {};
  await hands.taken?.(target.key, things);
  const failure = problem === undefined ? undefined : { message: problem.message };
  entry.detail = {
    ...begun,
    undo: { things, ...lacks },
    ...(failure === undefined ? {} : { failure }),
  };
  const lost = await hands.note([entry]);
  const why = problem?.message ?? lost?.message;
  return ok({
    ...said,
    status: problem === undefined ? "undone" : "failed",
    ...(why === undefined ? {} : { why }),
    ...(entry.id === undefined ? {} : { entry: entry.id }),
  });
}

/** Brings things back until one fails; what became different is told in any case. */
async function restoreAll(
  due: readonly DueThing[],
  undo: KindUndo<unknown, unknown, unknown>,
  context: WorkContext,
): Promise<{ readonly things: readonly ThingChange[]; readonly problem: Failure | undefined }> {
  const befores: Omit<ThingBefore, "lacks">[] = [];
  let problem: Failure | undefined;
  for (const { wanted, judged, unchanged, changedSince, ...thing } of due) {
    const fields = wanted["type"] === undefined ? new Set(Object.keys(wanted)) : undefined;
    const before = await undo.look(thing, fields, context);
    if (!before.ok) {
      problem = before.failure;
      break;
    }
    // What came back of the same name just now is no change of somebody else.
    const isTouched = befores.some(({ name }) => name === thing.name);
    befores.push({ ...thing, before: before.value });
    const due = {
      ...thing,
      judged: isTouched ? before.value : judged,
      ...(unchanged === undefined ? {} : { unchanged }),
      ...(changedSince === undefined ? {} : { changedSince }),
    };
    problem = await undo.restore(due, wanted, context);
    if (problem !== undefined) break;
  }
  // All together, for one may be what it is by another.
  const things: ThingChange[] = [];
  for (const before of befores) {
    const change = await changeOf(before, undo, context);
    if (change.ok && change.value !== undefined) things.push(change.value);
  }
  return { things, problem };
}

function changesText(changes: readonly number[]): string {
  if (changes.length === 0) return "no change";
  const [first] = changes;
  return changes.length === 1 ? `change ${first}` : count(changes.length, "change");
}
