/**
 * One pass of one vertex: look at the world, and put right what is against what should be.
 *
 * @module
 */

import type { PassContext } from "./pass_context.ts";
import { type Failure, failure, reasonOf } from "../base/result.ts";
import { NOT_BEGUN } from "../base/turns.ts";
import type { Drift, KindContext, PassReason } from "../kind/kind.ts";
import type { Resource } from "../kind/resource.ts";
import { type Due, foresee } from "./due.ts";
import { keepCauses } from "./causes.ts";
import type { PassSteps } from "./event.ts";
import type { Hold } from "./hold.ts";
import { type HeldPlaces, needsPlaces, placesFor } from "./fleet.ts";
import { kindContextOf } from "./kind_context.ts";
import { passDeadline, turnOf } from "./pass_limits.ts";
import { keptFirst, recordUndo, touchedBy } from "./undo_record.ts";
import type { Unmet } from "./unmet.ts";
import { repairsOf, type Vertex } from "./vertex.ts";

/** How a pass ended. */
export type PassResult =
  | { readonly type: "ok" }
  | {
    readonly type: "would-change";
    readonly reason: string;
    readonly difference: readonly string[];
    readonly refresh?: boolean;
    readonly worldless?: boolean;
    readonly unknown?: string;
    readonly askedBy?: readonly string[];
    readonly hold?: Hold;
  }
  | {
    readonly type: "held";
    readonly reason: string;
    readonly difference: readonly string[];
    readonly hold: Hold;
  }
  | {
    readonly type: "contested";
    readonly reason: string;
    readonly difference: readonly string[];
  }
  | {
    readonly type: "changed";
    readonly reason: string;
    readonly tookMs: number;
    readonly steps: PassSteps;
    readonly worldless: boolean;
    readonly sinceHeardMs?: number;
  }
  | {
    readonly type: "failed";
    readonly failure: Failure;
    readonly steps?: PassSteps;
    /** What was to be put right, where that is what failed. */
    readonly unmet?: Unmet;
  }
  /** The agent stops, or the vertex left the graph or was changed there. */
  | { readonly type: "stopped"; readonly changingForMs?: number };

const NOTHING_OWED: ReadonlyMap<string, number> = new Map();
const STOPPED: PassResult = { type: "stopped" };
const OK: PassResult = { type: "ok" };
const NOTHING_HELD = () => {};

/** That there is something to change, for which a place of the fleet is needed first. */
const NEEDS_PLACES = { type: "needs-places" } as const;
type AppliedOutcome = PassResult | typeof NEEDS_PLACES;

/**
 * Runs one pass. Never throws: what a kind throws is its bug, and its vertex's failure.
 *
 * Where something is to be changed that needs places of the fleet, nothing else is held while they are
 * waited for, and then everything is looked at once more: that may have taken long.
 */
export async function runPass(vertex: Vertex, context: PassContext): Promise<PassResult> {
  const { kind } = vertex.resource;
  if (kind.unavailable !== undefined) {
    return { type: "failed", failure: failure(kind.unavailable, { final: true }) };
  }
  vertex.waitMs = 0;
  const result = await passInTurn(vertex, context);
  if (result.type !== "needs-places") return result;
  const places = await waited(vertex, context, () => placesFor(vertex, context));
  if (places === undefined) return STOPPED;
  try {
    const again = await passInTurn(vertex, context, places);
    return again.type === "needs-places" ? STOPPED : again;
  } finally {
    places.release();
  }
}

/** Counts how long something is waited for. */
async function waited<T>(
  vertex: Vertex,
  { options: { host: { clock } } }: PassContext,
  wait: () => Promise<T>,
): Promise<T> {
  const startMs = clock.nowMs();
  vertex.stepSinceMs = startMs;
  const value = await wait();
  vertex.waitMs += clock.nowMs() - startMs;
  return value;
}

async function passInTurn(
  vertex: Vertex,
  context: PassContext,
  places?: HeldPlaces,
): Promise<AppliedOutcome> {
  const waits = vertex.passes !== undefined || vertex.resource.meta.sema.length > 0 ||
    context.options.passesAtOnce !== undefined;
  const release = waits
    ? await waited(vertex, context, () => turnOf(vertex, context, places))
    : NOTHING_HELD;
  if (release === undefined) return lostOr(STOPPED, vertex, context, places);
  if (vertex.controller.signal.aborted || places?.lost.aborted === true) {
    release();
    return lostOr(STOPPED, vertex, context, places);
  }
  const deadline = passDeadline(vertex, context, places);
  const kindContext = kindContextOf(vertex, context, deadline.signal);
  try {
    const result = await checkAndApply(vertex, context, kindContext, places);
    if (result.type === "needs-places") {
      keepCause(vertex, kindContext.cause);
      return result;
    }
    if (context.ending.aborted && wasNotBegun(result)) return STOPPED;
    if (vertex.controller.signal.aborted && result.type !== "changed") {
      return cutShort(vertex, context);
    }
    const isLost = places?.failure() !== undefined;
    if (result.type === "contested") keepCauses(vertex);
    if (result.type === "failed" || isLost) keepCause(vertex, kindContext.cause);
    if (isLost) return lostOr(result, vertex, context, places);
    if (result.type !== "failed") return result;
    const steps = stepsOf(vertex, context);
    if (!deadline.signal.aborted) return { ...result, steps };
    return { ...result, failure: tooSlow(vertex, result.failure), steps };
  } catch (thrown) {
    keepCauses(vertex);
    return { type: "failed", failure: bug(vertex, thrown), steps: stepsOf(vertex, context) };
  } finally {
    deadline.end();
    release();
    vertex.step = undefined;
    vertex.dueMs = undefined;
  }
}

/** What comes of a pass that lost its places meanwhile: what is done is done, all else has failed. */
function lostOr(
  result: PassResult,
  { resource: { key }, controller }: Vertex,
  { options: { emit } }: PassContext,
  places: HeldPlaces | undefined,
): PassResult {
  const lost = places?.failure();
  if (lost === undefined || controller.signal.aborted) return result;
  if (result.type !== "changed" && result.type !== "ok") return { type: "failed", failure: lost };
  if (result.type === "changed") emit({ type: "warning", key, text: lost.message });
  return result;
}

/** That a pass was aborted, and for how long it had been changing something, if it had. */
function cutShort({ step, stepSinceMs }: Vertex, { options }: PassContext): PassResult {
  if (step !== "apply" && step !== "refresh") return STOPPED;
  return { type: "stopped", changingForMs: options.host.clock.nowMs() - stepSinceMs };
}

/** A stop met it while it waited for others, so there is nothing to tell of it. */
function wasNotBegun(result: PassResult): boolean {
  return result.type === "failed" && result.failure.code === NOT_BEGUN;
}

/** Where what was begun goes on by itself, the kind says so. */
function tooSlow(vertex: Vertex, { code, message }: Failure): Failure {
  const seconds = vertex.resource.meta.timeoutSeconds;
  const end = code === "goes-on" ? `: ${message}` : " and was stopped";
  return failure(`did not end within ${seconds} s${end}`, {
    code: "timeout",
    hint: "raise meta.timeout, or find out what it waits for",
  });
}

function bug(vertex: Vertex, thrown: unknown): Failure {
  return failure(`bug in the kind ${vertex.resource.kind.kind}: ${reasonOf(thrown)}`, {
    hint: "this is a mistake in mgmt, not in the graph; please report it",
  });
}

async function checkAndApply(
  vertex: Vertex,
  context: PassContext,
  kindContext: KindContext,
  places: HeldPlaces | undefined,
): Promise<AppliedOutcome> {
  const filled = vertex.resource.secrets && context.options.filled?.(vertex.resource);
  if (filled?.ok === false) return { type: "failed", failure: filled.failure };
  const work = filled?.value ?? vertex.resource;
  const { kind, params } = work;
  const owed = vertex.owed.size === 0 ? NOTHING_OWED : new Map(vertex.owed);
  enter(vertex, context, "check");
  const looked = kind.check(params, kindContext);
  const found = looked instanceof Promise ? await looked : looked;
  if (found?.type === "failure") return { type: "failed", failure: found };
  if (kindContext.signal.aborted) return STOPPED;
  if (found === undefined && !kindContext.cause.refresh) return OK;
  const foreseen = foresee(found, work, kindContext);
  const due = foreseen instanceof Promise ? await foreseen : foreseen;
  if (due?.type === "failure") {
    return { type: "failed", failure: due, ...await left(found, context) };
  }
  if (kindContext.signal.aborted) return STOPPED;
  if (due === undefined) {
    await context.settleDebts(vertex, owed);
    return OK;
  }
  const hold = due.worldless === true ? undefined : context.options.holds?.of(vertex.resource.key);
  if (kindContext.noop) return await wouldChange(due, vertex, context, hold);
  if (hold !== undefined) {
    const { reason } = due;
    return { type: "held", reason, difference: await linesOf(due, context), hold };
  }
  const isFree = due.worldless === true || !needsPlaces(vertex) || isContested(vertex, context);
  if (places === undefined && !isFree) return NEEDS_PLACES;
  return await change(vertex, context, { ...work, kindContext, due, owed });
}

async function wouldChange(
  due: Due,
  vertex: Vertex,
  context: PassContext,
  hold: Hold | undefined,
): Promise<PassResult> {
  const { reason, refresh } = due;
  const difference = await linesOf(due, context);
  const more = {
    ...(hold === undefined ? {} : { hold }),
    ...(due.worldless === true ? { worldless: true } : {}),
    ...(due.unknown === undefined ? {} : { unknown: due.unknown.why }),
    ...(vertex.resource.meta.noop ? { byMeta: true } as const : {}),
  };
  return { type: "would-change", reason, difference, refresh, ...more, ...asking(vertex) };
}

/** Who asks for a refresh, if anybody does. */
function asking({ owed, asked }: Vertex): { askedBy?: readonly string[] } {
  if (owed.size + asked.size === 0) return {};
  return { askedBy: [...new Set([...owed.keys(), ...asked])] };
}

async function linesOf(
  { difference }: Drift,
  { options }: PassContext,
): Promise<readonly string[]> {
  if (difference === undefined || !options.differences()) return [];
  const lines = await difference();
  return options.shown?.(lines) ?? lines;
}

/** What a pass that fails leaves against what should be. */
async function left(found: Drift | undefined, context: PassContext): Promise<{ unmet?: Unmet }> {
  if (found === undefined) return {};
  return { unmet: { reason: found.reason, lines: await linesOf(found, context) } };
}

async function change(
  vertex: Vertex,
  context: PassContext,
  { kind, params, key, kindContext, due, owed }: Resource & {
    readonly kindContext: KindContext;
    readonly due: Due;
    readonly owed: ReadonlyMap<string, number>;
  },
): Promise<PassResult> {
  const { reason, refresh, plan, difference, worldless = false } = due;
  const { host, emit } = context.options;
  if (repairsOf(vertex, context.options).take(host.clock.nowMs()) > 0) {
    return { type: "contested", reason, difference: await linesOf(due, context) };
  }
  if (vertex.notifies.length > 0) {
    const unwritten = await context.owe(vertex);
    if (unwritten !== undefined) return { type: "failed", failure: unwritten };
  }
  enter(vertex, context, refresh ? "refresh" : "apply");
  emit({ type: "apply", key, causes: vertex.because, reason, refresh, ...asking(vertex) });
  const touching = refresh ? undefined : touchedBy(vertex, plan, context, kindContext);
  const before = touching instanceof Promise ? await touching : touching;
  const lost = vertex.resource.meta.reverse && await keptFirst(vertex, before, context);
  if (lost) return { type: "failed", failure: lost };
  const applied = refresh
    ? kind.refresh?.(params, kindContext)
    : kind.apply(plan, params, kindContext);
  const problem = applied instanceof Promise ? await applied : applied;
  const steps = stepsOf(vertex, context);
  const heard = refresh || vertex.answersMs === undefined
    ? {}
    : { sinceHeardMs: host.clock.nowMs() - vertex.answersMs };
  // Also what was done before it failed can be taken back.
  if (before !== undefined) await recordUndo(vertex, before, context, kindContext);
  if (problem !== undefined) {
    return { type: "failed", failure: problem, ...await left(due, context) };
  }
  const lines = difference === undefined ? [] : await linesOf(due, context);
  if (lines.length > 0) emit({ type: "difference", key, lines });
  if (owed.size > 0) await context.settleDebts(vertex, owed);
  return { type: "changed", reason, tookMs: steps.applyMs, steps, worldless, ...heard };
}

/** Whether the brake would stop it: nobody else needs to wait for that. */
function isContested(vertex: Vertex, { options }: PassContext): boolean {
  return repairsOf(vertex, options).level(options.host.clock.nowMs()) < 1;
}

function enter(vertex: Vertex, context: PassContext, step: "check" | "apply" | "refresh"): void {
  const nowMs = context.options.host.clock.nowMs();
  vertex.checkMs = step === "check" ? 0 : nowMs - vertex.stepSinceMs;
  vertex.step = step;
  vertex.stepSinceMs = nowMs;
}

/** How long the parts of the pass have taken so far. */
function stepsOf(vertex: Vertex, { options: { host } }: PassContext): PassSteps {
  const { step, stepSinceMs, checkMs, waitMs } = vertex;
  const forMs = host.clock.nowMs() - stepSinceMs;
  return step === "check"
    ? { checkMs: forMs, waitMs, applyMs: 0 }
    : { checkMs, waitMs, applyMs: step === undefined ? 0 : forMs };
}

/** A pass that failed did not answer what it was run for: the next one still must. */
function keepCause(vertex: Vertex, cause: PassReason): void {
  vertex.event ||= cause.event;
  vertex.poll ||= cause.poll;
  keepCauses(vertex);
}
