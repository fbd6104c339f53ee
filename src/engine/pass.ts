/**
 * One pass of one vertex: look at the world, and put right what is against what should be.
 *
 * @module
 */

import { chain } from "../base/chain.ts";
import { eitherOf } from "../base/either.ts";
import { type Awaitable, type Failure, failure, reasonOf } from "../base/result.ts";
import { NOT_BEGUN } from "../base/turns.ts";
import type { Cause, Context, Drift } from "../kind/kind.ts";
import type { EngineOptions } from "./options.ts";
import type { Regard } from "./regard.ts";
import type { Semaphores } from "./semaphores.ts";
import { repairsOf, type Vertex } from "./vertex.ts";

/** How a pass ended. */
export type PassResult =
  | { readonly type: "ok" }
  | {
    readonly type: "would-change";
    readonly reason: string;
    readonly difference: readonly string[];
    readonly refresh?: boolean;
    readonly askedBy?: readonly string[];
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
    readonly worldless: boolean;
  }
  | { readonly type: "failed"; readonly failure: Failure }
  /** The agent stops, or the vertex left the graph or was changed there. */
  | { readonly type: "stopped"; readonly changingForMs?: number };

/** What passes share. */
export interface PassDesk {
  readonly options: EngineOptions;
  readonly semaphores: Semaphores;
  /** Writes down that the targets of the vertex's notify edges must be refreshed. */
  owe(vertex: Vertex): Promise<Failure | undefined>;
  /** Strikes out what the vertex was owed when its refresh began. */
  settleDebts(vertex: Vertex, owed: ReadonlyMap<string, number>): Promise<void>;
  readonly regard: Regard;
  /** Aborts when the engine begins to stop. */
  readonly ending: AbortSignal;
}

const NOTHING_OWED: ReadonlyMap<string, number> = new Map();
const STOPPED: PassResult = { type: "stopped" };
const OK: PassResult = { type: "ok" };
const NOTHING_HELD = () => {};

/** Runs one pass. Never throws: what a kind throws is its bug, and its vertex's failure. */
export async function runPass(vertex: Vertex, desk: PassDesk): Promise<PassResult> {
  const { meta, kind } = vertex.resource;
  if (kind.unavailable !== undefined) {
    return { type: "failed", failure: failure(kind.unavailable, { final: true }) };
  }
  const waits = vertex.passes !== undefined || meta.sema.length > 0;
  const release = waits ? await turnOf(vertex, desk) : NOTHING_HELD;
  if (release === undefined) return STOPPED;
  if (vertex.controller.signal.aborted) {
    release();
    return STOPPED;
  }
  const deadline = passDeadline(vertex, desk);
  const context = passContext(vertex, desk, deadline.signal);
  try {
    const result = await checkAndApply(vertex, desk, context);
    if (desk.ending.aborted && wasNotBegun(result)) return STOPPED;
    if (vertex.controller.signal.aborted && result.type !== "changed") {
      return cutShort(vertex, desk);
    }
    if (result.type === "failed") keepCause(vertex, context.cause);
    if (result.type !== "failed" || !deadline.signal.aborted) return result;
    return { type: "failed", failure: tooSlow(vertex, result.failure) };
  } catch (thrown) {
    return { type: "failed", failure: bug(vertex, thrown) };
  } finally {
    deadline.end();
    release();
    vertex.step = undefined;
    vertex.dueMs = undefined;
  }
}

/** That a pass was aborted, and for how long it had been changing something, if it had. */
function cutShort({ step, stepSinceMs }: Vertex, { options }: PassDesk): PassResult {
  if (step === undefined || step === "check") return STOPPED;
  return { type: "stopped", changingForMs: options.host.clock.nowMs() - stepSinceMs };
}

/** A stop met it while it waited for others, so there is nothing to tell of it. */
function wasNotBegun(result: PassResult): boolean {
  return result.type === "failed" && result.failure.code === NOT_BEGUN;
}

/** Waits until the pass may begin, and gives what gives back what it holds then; undefined: never. */
async function turnOf(
  { resource: { meta }, passes, controller }: Vertex,
  { options: { host: { clock } }, semaphores, ending }: PassDesk,
): Promise<(() => void) | undefined> {
  const { signal, end } = eitherOf(controller.signal, ending);
  try {
    for (;;) {
      const waitMs = passes?.take(clock.nowMs()) ?? 0;
      if (waitMs === 0 || signal.aborted) break;
      await clock.sleep(waitMs, signal);
    }
    return await semaphores.acquire(meta.sema, signal);
  } finally {
    end();
  }
}

/** The signal of one pass: the vertex's own, or one that also ends at `meta.timeout`. */
function passDeadline(
  vertex: Vertex,
  { options }: PassDesk,
): { readonly signal: AbortSignal; end(): void } {
  const outer = vertex.controller.signal;
  const { timeoutSeconds } = vertex.resource.meta;
  if (timeoutSeconds === 0) return { signal: outer, end: () => {} };
  const controller = new AbortController();
  const abort = () => controller.abort();
  outer.addEventListener("abort", abort, { once: true });
  const timer = options.host.clock.after(timeoutSeconds * 1000, abort);
  vertex.dueMs = options.host.clock.nowMs() + timeoutSeconds * 1000;
  return {
    signal: controller.signal,
    end: () => {
      timer.cancel();
      outer.removeEventListener("abort", abort);
    },
  };
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
  desk: PassDesk,
  context: Context,
): Promise<PassResult> {
  const { kind, params } = vertex.resource;
  const owed = vertex.owed.size === 0 ? NOTHING_OWED : new Map(vertex.owed);
  enter(vertex, desk, "check");
  const looked = kind.check(params, context);
  const found = looked instanceof Promise ? await looked : looked;
  if (found?.type === "failure") return { type: "failed", failure: found };
  if (context.signal.aborted) return STOPPED;
  if (found === undefined && !context.cause.refresh) return OK;
  const foreseen = foresee(found, vertex, context);
  const due = foreseen instanceof Promise ? await foreseen : foreseen;
  if (due?.type === "failure") return { type: "failed", failure: due };
  if (context.signal.aborted) return STOPPED;
  if (due === undefined) {
    await desk.settleDebts(vertex, owed);
    return OK;
  }
  if (context.noop) return await wouldChange(due, vertex, desk);
  return await change(vertex, desk, context, due, owed);
}

/** What is to be done, known to be nothing that would be refused. */
interface Due extends Drift {
  /** Nothing drifts: a refresh is owed. */
  readonly refresh: boolean;
}

/** Why what is due would be refused, as far as that is known before; undefined: nothing is due. */
function foresee(
  found: Drift | undefined,
  { resource: { kind, params } }: Vertex,
  context: Context,
): Awaitable<Due | Failure | undefined> {
  if (found !== undefined) {
    const refusal = kind.refuses?.(found.plan, params, context);
    return chain(refusal, (problem) => problem ?? { ...found, refresh: false });
  }
  if (kind.refresh === undefined) return undefined;
  const does = kind.refreshes === undefined ? "refresh" : kind.refreshes(params, context);
  return chain(
    does,
    (what) =>
      typeof what === "string"
        ? {
          type: "drift",
          reason: what,
          plan: undefined,
          refresh: true,
          worldless: kind.junction ?? false,
        }
        : what,
  );
}

async function wouldChange(due: Due, vertex: Vertex, desk: PassDesk): Promise<PassResult> {
  const { reason, refresh } = due;
  const difference = await linesOf(due, desk);
  return { type: "would-change", reason, difference, refresh, ...asking(vertex) };
}

/** Who asks for a refresh, if anybody does. */
function asking({ owed, asked }: Vertex): { askedBy?: readonly string[] } {
  if (owed.size + asked.size === 0) return {};
  return { askedBy: [...new Set([...owed.keys(), ...asked])] };
}

async function linesOf({ difference }: Drift, { options }: PassDesk): Promise<readonly string[]> {
  return options.differences ? await difference?.() ?? [] : [];
}

async function change(
  vertex: Vertex,
  desk: PassDesk,
  context: Context,
  due: Due,
  owed: ReadonlyMap<string, number>,
): Promise<PassResult> {
  const { resource: { kind, params, key } } = vertex;
  const { reason, refresh, plan, difference, worldless = false } = due;
  const { host, emit, differences } = desk.options;
  if (repairsOf(vertex, desk.options).take(host.clock.nowMs()) > 0) {
    return { type: "contested", reason, difference: await linesOf(due, desk) };
  }
  if (vertex.notifies.length > 0) {
    const unwritten = await desk.owe(vertex);
    if (unwritten !== undefined) return { type: "failed", failure: unwritten };
  }
  enter(vertex, desk, refresh ? "refresh" : "apply");
  const startMs = vertex.stepSinceMs;
  emit({ type: "apply", key, reason, refresh, ...asking(vertex) });
  const applied = refresh ? kind.refresh?.(params, context) : kind.apply(plan, params, context);
  const problem = applied instanceof Promise ? await applied : applied;
  const tookMs = host.clock.nowMs() - startMs;
  if (problem !== undefined) return { type: "failed", failure: problem };
  if (differences && difference !== undefined) {
    const lines = await difference();
    if (lines.length > 0) emit({ type: "difference", key, lines });
  }
  if (owed.size > 0) await desk.settleDebts(vertex, owed);
  return { type: "changed", reason, tookMs, worldless };
}

function enter(vertex: Vertex, desk: PassDesk, step: "check" | "apply" | "refresh"): void {
  vertex.step = step;
  vertex.stepSinceMs = desk.options.host.clock.nowMs();
}

/** A pass that failed did not answer what it was run for: the next one still must. */
function keepCause(vertex: Vertex, cause: Cause): void {
  vertex.event ||= cause.event;
  vertex.poll ||= cause.poll;
}

function passContext(vertex: Vertex, desk: PassDesk, signal: AbortSignal): Context {
  const { key, meta } = vertex.resource;
  const { emit, host, noop } = desk.options;
  const isNoop = noop || meta.noop;
  const refresh = vertex.owed.size > 0 || (isNoop && vertex.asked.size > 0);
  const cause: Cause = { event: vertex.event, poll: vertex.poll, refresh };
  vertex.event = false;
  vertex.poll = false;
  return {
    host,
    signal,
    ending: desk.ending,
    cause,
    memory: vertex.memory,
    noop: isNoop,
    autogroup: meta.autogroup,
    line: (text, stream, how) =>
      emit({ type: "output", key, text, stream, ...(how?.detail ? { detail: true } : {}) }),
    warn: (text) => emit({ type: "warning", key, text }),
    note: (text) => emit({ type: "note", key, text }),
    ...desk.regard.context(vertex),
  };
}
