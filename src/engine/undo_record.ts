/**
 * What it takes to take a change back, gathered around the change: what a thing was like before, and what
 * it is like after. Nobody's repair waits for more than the looks that a kind needs for that.
 *
 * @module
 */

import { onAbort } from "../base/either.ts";
import { LIMITS } from "../base/limits.ts";
import {
  type Awaitable,
  fail,
  type Failure,
  failure,
  ok,
  reasonOf,
  type Result,
} from "../base/result.ts";
import type { KindContext } from "../kind/kind.ts";
import type { Clock, Timer } from "../os/clock.ts";
import type { PassContext } from "./pass_context.ts";
import type { Vertex } from "./vertex.ts";
import {
  type KindUndo,
  type ThingBefore,
  type ThingChange,
  THINGS_MOST,
  type ThingState,
  type UndoRecord,
} from "../kind/undo.ts";
import type { WorkContext } from "../kind/work_context.ts";

type AnyUndo = KindUndo<unknown, unknown, unknown>;

/** What was there before a change. */
type TouchedBefore = Result<readonly ThingBefore[]>;

const NOTHING: TouchedBefore = { ok: true, value: [] };

/** Looks at what applying a plan will touch; undefined: nobody keeps it, or it is never taken back. */
export function touchedBy(
  { resource: { kind, params, meta, secrets } }: Vertex,
  plan: unknown,
  { options }: PassContext,
  kindContext: KindContext,
): Awaitable<TouchedBefore | undefined> {
  const undo: AnyUndo | undefined = kind.undo;
  const isKept = options.records === true || meta.reverse;
  if (undo === undefined || !isKept) return undefined;
  if (secrets !== undefined) return HAS_SECRETS;
  try {
    const touched = undo.touches?.(plan, params, kindContext) ?? NOTHING;
    return touched instanceof Promise ? touched.catch(unknownBecause) : touched;
  } catch (thrown) {
    return unknownBecause(thrown);
  }
}

/** What a resource is about to touch that is to be reversed one day is written down first. */
export function keptFirst(
  { resource }: Vertex,
  before: TouchedBefore | undefined,
  { options: { reversals } }: PassContext,
): Awaitable<Failure | undefined> {
  if (!resource.meta.reverse || before?.ok !== true) return undefined;
  return reversals?.begin(resource, before.value);
}

/** Says what it takes to take back what has become of that. */
export async function recordUndo(
  { resource, memory }: Vertex,
  before: TouchedBefore,
  { options }: PassContext,
  kindContext: KindContext,
): Promise<void> {
  const { key, kind, meta } = resource;
  const undo: AnyUndo | undefined = kind.undo;
  if (undo === undefined) return;
  const looking = lookAfter(kindContext.signal, options.host.clock);
  const record = await recordOf(undo, before, memory, { ...kindContext, signal: looking.signal })
    .catch(lacksBecause);
  looking.end();
  if (record.things.length > 0 || record.lacks !== undefined) {
    options.emit({ type: "undo-record", key, undo: record });
    if (meta.reverse) await options.reversals?.done(resource, record);
  }
}

/**
 * What was cut short is half done, and has to be looked at all the same: the look has a little time of
 * its own after the pass has to end.
 */
function lookAfter(
  pass: AbortSignal,
  clock: Clock,
): { readonly signal: AbortSignal; end(): void } {
  const over = new AbortController();
  let timer: Timer | undefined;
  const forget = onAbort(pass, () => {
    timer = clock.after(LIMITS.cutShortLookMs, () => over.abort());
  });
  return {
    signal: over.signal,
    end: () => {
      forget();
      timer?.cancel();
    },
  };
}

/** A sum of what holds a secret is enough to try guesses on. */
const HAS_SECRETS: TouchedBefore = {
  ok: false,
  failure: failure("there is a secret in it, and of such contents nothing is kept"),
};

/** A change is made all the same. */
function unknownBecause(thrown: unknown): TouchedBefore {
  return fail(reasonOf(thrown));
}

function lacksBecause(thrown: unknown): UndoRecord {
  return { things: [], lacks: reasonOf(thrown) };
}

/** What has become of what was there before. */
async function recordOf(
  undo: AnyUndo,
  touched: TouchedBefore,
  memory: unknown,
  context: WorkContext,
): Promise<UndoRecord> {
  if (!touched.ok) return { things: [], lacks: touched.failure.message };
  const things: ThingChange[] = [];
  const lacks: string[] = [];
  const made = await undo.made?.(memory, context) ?? ok([]);
  if (made.ok) things.push(...made.value);
  else lacks.push(made.failure.message);
  for (const before of touched.value.slice(0, THINGS_MOST)) {
    const { lacks: lack, ...thing } = undo.settled?.(before, context) ?? before;
    const change = await changeOf(thing, undo, context);
    if (!change.ok) lacks.push(change.failure.message);
    else if (change.value !== undefined) {
      things.push(change.value);
      if (lack !== undefined) lacks.push(lack);
    }
  }
  const tooMany = touched.value.length - THINGS_MOST;
  if (tooMany > 0) lacks.push(`${tooMany} more things were changed at once than are kept`);
  return { things, ...(lacks.length === 0 ? {} : { lacks: lacks.join("; ") }) };
}

/** Looks what a thing has become; undefined: nothing else. */
export async function changeOf(
  { before, ...thing }: Omit<ThingBefore, "lacks">,
  undo: Pick<AnyUndo, "look">,
  context: WorkContext,
): Promise<Result<ThingChange | undefined>> {
  // Of something that was not there all is of interest.
  const fields = before["type"] === "absent" ? undefined : new Set(Object.keys(before));
  const seen = await undo.look(thing, fields, context);
  if (!seen.ok) return seen;
  // What it has become instead has fields of its own.
  const isAnother = fields !== undefined && before["type"] !== undefined &&
    seen.value["type"] !== before["type"];
  const now = isAnother ? await undo.look(thing, undefined, context) : seen;
  if (!now.ok) return now;
  const change = differenceOf(before, now.value);
  return ok(change === undefined ? undefined : { ...thing, ...change });
}

/** The fields that are different, and those that stayed; all of them where it came, went, or became something else. */
export function differenceOf(
  before: ThingState,
  after: ThingState,
): Pick<ThingChange, "before" | "after" | "unchanged"> | undefined {
  if (before["type"] !== after["type"]) return { before, after };
  const names = Object.keys(before).filter((name) => before[name] !== after[name]);
  if (names.length === 0) return undefined;
  const unchanged = only(before, Object.keys(before).filter((name) => !names.includes(name)));
  return {
    before: only(before, names),
    after: only(after, names),
    ...(Object.keys(unchanged).length === 0 ? {} : { unchanged }),
  };
}

function only(state: ThingState, names: readonly string[]): ThingState {
  return Object.fromEntries(
    names.flatMap((name) => state[name] === undefined ? [] : [[name, state[name]]]),
  );
}
