/**
 * What taking something back would do, from looking at what is there now.
 *
 * @module
 */

import { ok, type Result } from "../../base/result.ts";
import { kindOf } from "../../base/words.ts";
import type { UndoneResource, UndoneThing } from "../../control/undo.ts";
import type {
  KindUndo,
  ThingChange,
  ThingState,
  ThingToRestore,
  TouchedThing,
} from "../../kind/undo.ts";
import type { WorkContext } from "../../kind/work_context.ts";
import { registry } from "../../resources/registry.ts";
import { PATH } from "../../resources/shared/undo/paths.ts";
import type { UndoTarget } from "./choose.ts";

const NONE: ReadonlySet<string> = new Set();

/** How changes of a resource are taken back, whatever its graph says by now. */
export function undoOf(key: string): KindUndo<unknown, unknown, unknown> | undefined {
  return registry.get(kindOf(key))?.undo;
}

/** A thing that is to be brought back, and what it is like now. */
export interface DueThing extends ThingToRestore {
  readonly wanted: ThingState;
  readonly judged: ThingState;
}

/** What is said of a thing, and what else it takes to bring it back. */
type JudgedThing = UndoneThing & Pick<DueThing, "unchanged" | "judged">;

/** What is known of one target. */
export interface JudgedTarget {
  readonly target: UndoTarget;
  readonly said: UndoneResource;
  /** What is to be done, in this order; empty: nothing is. */
  readonly due: readonly DueThing[];
}

/** How a target is judged. */
export interface JudgeOptions {
  /** What somebody has changed since is no reason against it. */
  readonly force: boolean;
  /** Names of things that are brought back before it: what they are like now counts for nothing. */
  readonly first?: ReadonlySet<string>;
}

/** Looks at all things of a target. */
export async function judge(
  target: UndoTarget,
  { force, first = NONE }: JudgeOptions,
  context: WorkContext,
): Promise<JudgedTarget> {
  const { key, changes, atMs, reason, lacks, impossible } = target;
  const about = { key, changes, atMs, reason, ...(lacks === undefined ? {} : { lacks }) };
  const undo = undoOf(key);
  const none = (status: UndoneResource["status"], why?: string): JudgedTarget => ({
    target,
    said: { ...about, status, things: [], ...(why === undefined ? {} : { why }) },
    due: [],
  });
  if (impossible !== undefined || undo === undefined) return none("impossible", impossible);
  const judged = await judgeThings(target, undo, context);
  if (!judged.ok) return none("failed", judged.failure.message);
  const differing = judged.value.filter(({ to }) => Object.keys(to).length > 0);
  const things = inOrder(differing);
  const due = things.map(dueThing);
  const said = { ...about, things: things.map(saidOf) };
  if (due.length === 0) return { target, due, said: { ...said, status: "already" } };
  const changed = things.filter(({ name, changedSince = [] }) =>
    changedSince.length > 0 && !first.has(name)
  );
  if (changed.length > 0 && !force) {
    const why = `it was changed since: ${changed.map(sinceText).join("; ")}`;
    return { target, due: [], said: { ...said, status: "refused", why } };
  }
  for (const { wanted, is, name, where } of due) {
    const thing = { is, name, ...(where === undefined ? {} : { where }) };
    const problem = await undo.foresees?.(thing, wanted, context);
    if (problem === undefined) continue;
    return { target, due: [], said: { ...said, status: "impossible", why: problem.message } };
  }
  return { target, due, said: { ...said, status: "due" } };
}

async function judgeThings(
  { things, begun = false }: UndoTarget,
  undo: KindUndo<unknown, unknown, unknown>,
  context: WorkContext,
): Promise<Result<readonly JudgedThing[]>> {
  const judged: JudgedThing[] = [];
  for (const { before, after, unchanged, ...thing } of things) {
    // Of something that goes all is looked at, so that nobody loses what he has changed in it.
    const fields = before["type"] === after["type"] ? new Set(Object.keys(before)) : undefined;
    const now = await undo.look(thing, fields, context);
    if (!now.ok) return now;
    judged.push({
      ...judgeThing(thing, { before, after, begun }, now.value),
      judged: now.value,
      ...(unchanged === undefined ? {} : { unchanged }),
    });
  }
  return ok(judged);
}

function judgeThing(
  thing: TouchedThing,
  { before, after, begun }: Pick<ThingChange, "before" | "after"> & { readonly begun: boolean },
  now: ThingState,
): UndoneThing {
  const differing = Object.keys(before).filter((field) => now[field] !== before[field]);
  const isAnother = before["type"] !== undefined && before["type"] !== now["type"];
  const names = isAnother ? Object.keys(before) : differing;
  const from = isAnother || before["type"] === "absent" ? now : pick(now, names);
  const fields = isAnother ? Object.keys(after) : names;
  const changedSince = begun && isHalfway({ before, after }, now)
    ? []
    : fields.filter((field) => now[field] !== after[field]);
  return {
    ...thing,
    from,
    to: differing.length === 0 ? {} : pick(before, names),
    ...(differing.length === 0 || changedSince.length === 0 ? {} : { changedSince }),
  };
}

/**
 * Whether that is what an undo leaves that is killed between the two steps that it takes where one of them is a
 * directory: what was in its place is gone, or the directory has not got its owner and mode yet.
 */
function isHalfway(
  { before, after }: Pick<ThingChange, "before" | "after">,
  now: ThingState,
): boolean {
  const types = [before["type"], after["type"]];
  if (types.includes("absent") || !types.includes("directory") || types[0] === types[1]) {
    return false;
  }
  return now["type"] === "absent" ||
    (now["type"] === "directory" && before["type"] === "directory");
}

function pick(state: ThingState, names: readonly string[]): ThingState {
  return Object.fromEntries(
    names.flatMap((name) => state[name] === undefined ? [] : [[name, state[name]]]),
  );
}

function saidOf({ unchanged: _unchanged, judged: _judged, ...said }: JudgedThing): UndoneThing {
  return said;
}

function dueThing({ from: _from, to, ...thing }: JudgedThing): DueThing {
  return { ...thing, wanted: to };
}

/** What goes, goes before what it is in, and what was made later first; what comes back, after it. */
function inOrder(things: readonly JudgedThing[]): readonly JudgedThing[] {
  const goes = ({ to, where }: UndoneThing) => to["type"] === "absent" || where !== undefined;
  const going = things.filter(goes).reverse();
  const coming = things.filter((thing) => !goes(thing));
  // Of several changes the first may have been about what is deepest.
  if (things.some(({ is }) => is !== PATH)) return [...going, ...coming];
  return [
    ...going.sort((a, b) => depthOf(b) - depthOf(a)),
    ...coming.sort((a, b) => depthOf(a) - depthOf(b)),
  ];
}

function depthOf({ name }: UndoneThing): number {
  return name.split("/").length;
}

function sinceText({ name, changedSince = [] }: UndoneThing): string {
  return `${name} (${changedSince.join(", ")})`;
}
