/**
 * What it takes to take a change back: what a kind's change touches, what each of these things was like
 * before and after it, and how they are brought back.
 *
 * @module
 */

import type { Awaitable, Failure, Result } from "../base/result.ts";
import type { WorkContext } from "./work_context.ts";

/**
 * What is known of a thing, by field; `type: absent` where it is not there. It is kept for everybody who
 * may read the journal: of contents it has sums and sizes, of what is secret nothing else.
 */
export type ThingState = Readonly<Record<string, string | number>>;

/** Something that a change touches: a `path`, a `unit`, a `user`, … */
export interface TouchedThing {
  readonly is: string;
  readonly name: string;
  /** Which part of it, where it is only a part. */
  readonly where?: ThingState;
}

/** What a thing was like before it is touched: the fields that may become different. */
export interface ThingBefore extends TouchedThing {
  readonly before: ThingState;
  /** Why not all that will be done to it can be taken back. */
  readonly lacks?: string;
}

/** What a change made of a thing: of the fields that became different, both values. */
export interface ThingChange extends TouchedThing {
  readonly before: ThingState;
  readonly after: ThingState;
  /** Of what was looked at, the fields that stayed: what it takes to make it anew. */
  readonly unchanged?: ThingState;
}

/** What is to be brought back, and what is known of it besides; in older records that is nothing. */
export interface ThingToRestore extends TouchedThing {
  /** What it was like before beyond the fields that became different. */
  readonly unchanged?: ThingState;
  /** What was seen of it when it was judged: something else that stands there now is left as it is. */
  readonly judged?: ThingState;
  /** The fields in which it is neither what the change left nor what was before. */
  readonly changedSince?: readonly string[];
}

/** All that is needed to take one change back. */
export interface UndoRecord {
  readonly things: readonly ThingChange[];
  /** Why there is more that cannot be taken back. */
  readonly lacks?: string;
}

/** How a kind's changes are taken back; no parameters are needed, for the graph may be another by then. */
export interface KindUndo<Params, Plan, Memory> {
  /** What applying the plan would touch, and what that is like now; a failure says why nobody knows. */
  touches?(
    plan: Plan,
    params: Params,
    context: WorkContext,
  ): Awaitable<Result<readonly ThingBefore[]>>;
  /** What is known only now of what was there before; absent: all was known. */
  settled?(before: ThingBefore, context: WorkContext): ThingBefore;
  /** What the last apply did to what it looked at only when it had its turn; it is told once. */
  made?(memory: Memory, context: WorkContext): Awaitable<Result<readonly ThingChange[]>>;
  /** What a thing is like now, at least the fields asked for; absent: all. */
  look(
    thing: TouchedThing,
    fields: ReadonlySet<string> | undefined,
    context: WorkContext,
  ): Awaitable<Result<ThingState>>;
  /** Why a thing could not be brought back, as far as that is known before; absent: nothing is. */
  foresees?(
    thing: TouchedThing,
    wanted: ThingState,
    context: WorkContext,
  ): Awaitable<Failure | undefined>;
  /** Brings these fields of a thing back; what it overwrites is kept as by every change. */
  restore(
    thing: ThingToRestore,
    wanted: ThingState,
    context: WorkContext,
  ): Awaitable<Failure | undefined>;
}

/** Things of one change at most; what is beyond cannot be taken back. */
export const THINGS_MOST = 500;
