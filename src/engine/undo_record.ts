/**
 * What it takes to take a change back, gathered around the change: what a thing was like before, and what
 * it is like after. Nobody's repair waits for more than the looks that a kind needs for that.
 *
 * @module
 */

import { chain } from "../base/chain.ts";
import { type Awaitable, failure, ok, reasonOf, type Result } from "../base/result.ts";
import type { KindContext } from "../kind/kind.ts";
import type { Resource } from "../kind/resource.ts";
import type { PassContext } from "./pass_context.ts";
import type { Vertex } from "./vertex.ts";
import {
  type KindUndo,
  type ThingBefore,
  type ThingChange,
  THINGS_MOST,
  type ThingState,
  type UndoContext,
  type UndoRecord,
} from "../kind/undo.ts";

type AnyUndo = KindUndo<unknown, unknown>;

/** What was there before a change. */
type TouchedBefore = Result<readonly ThingBefore[]>;

/** Looks at what applying a plan will touch; undefined: nobody keeps it, or it is never taken back. */
export function touchedBy(
  { resource: { kind, params, secrets } }: Vertex,
  plan: unknown,
  { options }: PassContext,
  kindContext: KindContext,
): Awaitable<TouchedBefore | undefined> {
  const undo: AnyUndo | undefined = kind.undo;
  if (undo === undefined || options.records !== true) return undefined;
  if (secrets !== undefined) return HAS_SECRETS;
  try {
    const touched = undo.touches(plan, params, kindContext);
    return touched instanceof Promise ? touched.catch(unknownBecause) : touched;
  } catch (thrown) {
    return unknownBecause(thrown);
  }
}

/** Says what it takes to take back what has become of that. */
export async function recordUndo(
  { resource }: Vertex,
  before: TouchedBefore,
  { options }: PassContext,
  kindContext: KindContext,
): Promise<void> {
  const recorded = recordOfChange(before, resource, kindContext);
  const undo = recorded instanceof Promise ? await recorded : recorded;
  if (undo !== undefined) options.emit({ type: "undo-record", key: resource.key, undo });
}

/** A sum of what holds a secret is enough to try guesses on. */
const HAS_SECRETS: TouchedBefore = {
  ok: false,
  failure: failure(
    "it holds a secret, and of what does nothing is kept that would tell contents apart",
  ),
};

/** A change is made all the same. */
function unknownBecause(thrown: unknown): TouchedBefore {
  return { ok: false, failure: { type: "failure", message: reasonOf(thrown) } };
}

/** What has become of that; undefined: nothing is different. */
function recordOfChange(
  touched: TouchedBefore,
  { kind }: Resource,
  context: UndoContext,
): Awaitable<UndoRecord | undefined> {
  const undo: AnyUndo | undefined = kind.undo;
  if (undo === undefined) return undefined;
  if (!touched.ok) return { things: [], lacks: touched.failure.message };
  const [only, ...others] = touched.value;
  if (only === undefined) return undefined;
  const found = others.length === 0
    ? chain(changeOf(only, undo, context), (change) => [change])
    : changesOf(touched.value.slice(0, THINGS_MOST), undo, context);
  return chain(found, (changes) => recordOf(changes, touched.value.length - THINGS_MOST));
}

async function changesOf(
  things: readonly ThingBefore[],
  undo: AnyUndo,
  context: UndoContext,
): Promise<(Result<ThingChange | undefined>)[]> {
  const changes = [];
  for (const thing of things) changes.push(await changeOf(thing, undo, context));
  return changes;
}

function recordOf(
  changes: readonly Result<ThingChange | undefined>[],
  tooMany: number,
): UndoRecord | undefined {
  const things = changes.flatMap((change) => change.ok && change.value ? [change.value] : []);
  const unknown = changes.find((change) => !change.ok);
  const lacks = tooMany > 0
    ? `${tooMany} more things were changed at once than are kept`
    : unknown?.ok === false
    ? unknown.failure.message
    : undefined;
  if (things.length === 0 && lacks === undefined) return undefined;
  return { things, ...(lacks === undefined ? {} : { lacks }) };
}

function changeOf(
  { is, name, before }: ThingBefore,
  undo: AnyUndo,
  context: UndoContext,
): Awaitable<Result<ThingChange | undefined>> {
  // Of something that was not there all is of interest.
  const fields = before["type"] === "absent" ? undefined : new Set(Object.keys(before));
  return chain(undo.look({ is, name }, fields, context), (now) => {
    if (!now.ok) return now;
    const change = differenceOf(before, now.value);
    return ok(change === undefined ? undefined : { is, name, ...change });
  });
}

/** The fields that are different; all of them where it came, went, or became something else. */
export function differenceOf(
  before: ThingState,
  after: ThingState,
): Pick<ThingChange, "before" | "after"> | undefined {
  if (before["type"] !== after["type"]) return { before, after };
  const names = Object.keys(before).filter((name) => before[name] !== after[name]);
  if (names.length === 0) return undefined;
  return { before: only(before, names), after: only(after, names) };
}

function only(state: ThingState, names: readonly string[]): ThingState {
  return Object.fromEntries(
    names.flatMap((name) => state[name] === undefined ? [] : [[name, state[name]]]),
  );
}
