/**
 * What it takes to take a change back: what a kind's change touches, what each of these things was like
 * before and after it, and how they are brought back.
 *
 * @module
 */

import type { Awaitable, Failure, Result } from "../base/result.ts";
import type { Host } from "../host/host.ts";

/**
 * What is known of a thing, by field; `type: absent` where it is not there. It is kept for everybody who
 * may read the journal: of contents it has sums and sizes, of what is secret nothing else.
 */
export type ThingState = Readonly<Record<string, string | number>>;

/** Something that a change touches: a `path`, a `unit`, a `user`, … */
export interface TouchedThing {
  readonly is: string;
  readonly name: string;
}

/** What a thing was like before it is touched: the fields that may become different. */
export interface ThingBefore extends TouchedThing {
  readonly before: ThingState;
}

/** What a change made of a thing: of the fields that became different, both values. */
export interface ThingChange extends ThingBefore {
  readonly after: ThingState;
}

/** All that is needed to take one change back. */
export interface UndoRecord {
  readonly things: readonly ThingChange[];
  /** Why there is more that cannot be taken back. */
  readonly lacks?: string;
}

/** What taking back may use. */
export interface UndoContext {
  readonly host: Host;
  /** Aborts when it must end. */
  readonly signal: AbortSignal;
}

/** How a kind's changes are taken back; no parameters are needed, for the graph may be another by then. */
export interface KindUndo<Params, Plan> {
  /** What applying the plan would touch, and what that is like now; a failure says why nobody knows. */
  touches(
    plan: Plan,
    params: Params,
    context: UndoContext,
  ): Awaitable<Result<readonly ThingBefore[]>>;
  /** What a thing is like now, at least the fields asked for; absent: all. */
  look(
    thing: TouchedThing,
    fields: ReadonlySet<string> | undefined,
    context: UndoContext,
  ): Awaitable<Result<ThingState>>;
  /** Why a thing could not be brought back, as far as that is known before; absent: nothing is. */
  foresees?(
    thing: TouchedThing,
    wanted: ThingState,
    context: UndoContext,
  ): Awaitable<Failure | undefined>;
  /** Brings these fields of a thing back; what it overwrites is kept as by every change. */
  restore(
    thing: TouchedThing,
    wanted: ThingState,
    context: UndoContext,
  ): Awaitable<Failure | undefined>;
}

/** Things of one change at most; what is beyond cannot be taken back. */
export const THINGS_MOST = 500;
