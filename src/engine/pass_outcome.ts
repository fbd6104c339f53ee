/**
 * What follows a pass: where the vertex stands now, what is said of it, and when it is looked at
 * again.
 *
 * @module
 */

import { nextDelayMs } from "../base/backoff.ts";
import type { Failure } from "../base/result.ts";
import type { Cause } from "./cause.ts";
import { addCause } from "./causes.ts";
import type { EngineEvent } from "./event.ts";
import { foretell, isNoop, mendingBefore } from "./foretold.ts";
import type { EngineOptions } from "./options.ts";
import type { PassResult } from "./pass.ts";
import type { Regard } from "./regard.ts";
import type { VisitOutcome } from "./scheduler.ts";
import type { StateCounts } from "./state_counts.ts";
import { unmetOf } from "./unmet.ts";
import { repairsOf, type Vertex, type VertexState } from "./vertex.ts";

/** A contested vertex is left alone for so long, at first and at most. */
const PAUSE = { firstMs: 1000, lastMs: 60_000, factor: 2 };

/** Who asks for no pause between tries has none at first, and does not keep a core busy after that. */
const QUICK_TRIES = 10;
const LEAST_PAUSE_MS = 100;

const NONE: readonly Cause[] = [];

/** What the outcome of a pass touches. */
export interface PassOutcomeContext {
  readonly options: EngineOptions;
  readonly counts: StateCounts;
  mark(vertex: Vertex): void;
  pause(vertex: Vertex): void;
  resume(vertex: Vertex): void;
  /** The world was changed. */
  changed(nowMs: number): void;
  /** Is told who changed it. */
  readonly regard: Regard;
  stopping(): boolean;
}

/** Concludes passes. */
export class PassOutcome {
  readonly #context: PassOutcomeContext;
  #retriesArmed = 0;

  constructor(context: PassOutcomeContext) {
    this.#context = context;
  }

  /** Failed vertices that will be tried again by themselves. */
  get retriesArmed(): number {
    return this.#retriesArmed;
  }

  /** No retry any more for now: the vertex is looked at anyway, or not at all. */
  disarmRetry(vertex: Vertex): void {
    if (vertex.retryTimer === undefined || vertex.state !== "failed") return;
    vertex.retryTimer.cancel();
    vertex.retryTimer = undefined;
    this.#retriesArmed--;
  }

  /** Records how a pass ended, and arms what must follow. */
  conclude(vertex: Vertex, result: PassResult): VisitOutcome {
    const { options, counts } = this.#context;
    const { resource: { key }, state: before, because: causes } = vertex;
    vertex.pass = undefined;
    vertex.because = NONE;
    vertex.unmet = unmetOf(result);
    this.disarmRetry(vertex);
    this.#armPoll(vertex);
    if (result.type !== "would-change") this.withdraw(vertex);
    switch (result.type) {
      case "stopped":
        if (result.changingForMs !== undefined) {
          counts.move(vertex, "aborted");
          this.#emit({ type: "aborted", key, tookMs: result.changingForMs });
        }
        return "failed";
      case "failed":
        if (options.noop && this.#mayBeMended(vertex, result.failure)) return "ok";
        counts.move(vertex, "failed");
        this.#emit({
          type: "failed",
          key,
          causes,
          failure: result.failure,
          ...(result.steps === undefined ? {} : { steps: result.steps }),
          ...(isNoop(vertex, options) ? { noop: true } : {}),
          ...this.#armRetry(vertex, result.failure),
        });
        // A plan shows what is behind it, too.
        return options.plan === undefined ? "failed" : "ok";
      case "contested":
        counts.move(vertex, "contested");
        this.#emit({ ...result, key, causes, pauseMs: this.#leaveAlone(vertex) });
        return "failed";
      case "held":
        this.#held(vertex, result);
        return result.hold.undo === true ? this.#heard(vertex) : "failed";
      case "would-change":
        this.#wouldChange(vertex, result.hold?.undo === true);
        this.#emit({ ...result, key, causes });
        this.#holdBack(vertex);
        return "ok";
      case "ok":
        this.#recovered(vertex, "ok");
        if (vertex.holdsBack === undefined) this.#emit({ type: "ok", key });
        this.#holdBack(vertex, before);
        return this.#heard(vertex);
      case "changed":
        vertex.isUndone = false;
        this.#recovered(vertex, "ok");
        if (!result.worldless) {
          counts.markChanged(vertex);
          this.#context.regard.changed(vertex);
          this.#context.changed(options.host.clock.nowMs());
        }
        this.#emit({ ...result, key, causes });
        this.#holdBack(vertex);
        return "changed";
    }
  }

  /** What an operator has taken back is another now, for those who depend on it. */
  #heard(vertex: Vertex): VisitOutcome {
    if (!vertex.isUndone) return "ok";
    vertex.isUndone = false;
    return "changed";
  }

  /** A vertex would not change any more: those whom it would have asked for a refresh look again. */
  withdraw(vertex: Vertex): void {
    if (vertex.notifies.length === 0) return;
    for (const target of foretell(vertex, false, this.#context.options)) {
      addCause(target, { type: "dependency", key: vertex.resource.key });
      this.#context.mark(target);
    }
  }

  /** Said again only where something else differs, or somebody else holds it. */
  #held(vertex: Vertex, { reason, ...more }: PassResult & { readonly type: "held" }): void {
    const said = `${more.hold.untilMs} ${more.hold.author} ${reason}`;
    const isNews = vertex.state !== "held" || vertex.saidHeld !== said;
    vertex.saidHeld = said;
    vertex.failedTries = 0;
    vertex.retryDelayMs = undefined;
    this.#context.counts.move(vertex, "held");
    if (isNews) this.#emit({ key: vertex.resource.key, reason, ...more });
  }

  #wouldChange(vertex: Vertex, isWanted = false): void {
    this.#recovered(vertex, "would-change");
    // What an undo holds stays as it is, and asks nobody for anything.
    if (isWanted) return;
    for (const target of foretell(vertex, true, this.#context.options)) this.#context.mark(target);
  }

  /** Counts a vertex that has not done all as blocked, and says so once; `before`: what was said of it. */
  #holdBack(vertex: Vertex, before: VertexState = "ok"): void {
    const { holdsBack, saidHeldBack, resource: { key } } = vertex;
    vertex.saidHeldBack = holdsBack?.why;
    if (holdsBack === undefined) return;
    const { why, what } = holdsBack;
    const isNews = why !== saidHeldBack;
    const reason = what === undefined ? why : `${why}: ${what}`;
    const isBlocked = vertex.state === "ok";
    if (isBlocked) this.#context.counts.move(vertex, "blocked");
    if (!isNews && !(isBlocked && before !== "blocked")) return;
    const again = isNews ? {} : { again: true } as const;
    this.#emit({
      type: "held-back",
      key,
      reason,
      ...again,
      ...(isBlocked ? {} : { noop: true } as const),
    });
  }

  /** What one before it would change may be just what this one lacks: then it has not failed. */
  #mayBeMended(vertex: Vertex, problem: Failure): boolean {
    const first = mendingBefore(vertex, problem);
    if (first === undefined) return false;
    this.#wouldChange(vertex);
    const { key } = vertex.resource;
    const reason = `not before ${first.resource.key} is applied (now: ${problem.message})`;
    const after = first.resource.key;
    this.#emit({
      type: "would-change",
      key,
      reason,
      difference: [],
      after,
      lacks: problem.message,
    });
    return true;
  }

  #emit(event: EngineEvent): void {
    this.#context.options.emit(event);
  }

  #recovered(vertex: Vertex, state: "ok" | "would-change"): void {
    const { options, counts } = this.#context;
    counts.move(vertex, state);
    vertex.retryDelayMs = undefined;
    vertex.failedTries = 0;
    // A full bucket means that nobody fights any more.
    if (vertex.pauseDelayMs !== undefined) {
      const level = repairsOf(vertex, options).level(options.host.clock.nowMs());
      if (level >= options.repairBurst - 1) vertex.pauseDelayMs = undefined;
    }
  }

  /** Arms the next try of a failed vertex, if there is to be one. */
  #armRetry(vertex: Vertex, failure: Failure): { retryMs?: number } {
    const { watching, host } = this.#context.options;
    const { kind, params, meta: { retry, delayMs } } = vertex.resource;
    const tries = retry ?? (watching ? -1 : 0);
    vertex.failedTries++;
    if (failure.final === true || this.#context.stopping()) return {};
    if (tries >= 0 && vertex.failedTries > tries) return {};
    const askedMs = delayMs ?? kind.retryMs?.(params) ?? nextDelayMs(vertex.retryDelayMs);
    const leastMs = vertex.failedTries > QUICK_TRIES ? LEAST_PAUSE_MS : 0;
    vertex.retryDelayMs = Math.max(askedMs, leastMs);
    this.#retriesArmed++;
    vertex.retryTimer = host.clock.after(vertex.retryDelayMs, () => {
      this.disarmRetry(vertex);
      const { code } = failure;
      addCause(vertex, { type: "retry", ...(code === undefined ? {} : { after: code }) });
      this.#context.mark(vertex);
    });
    return { retryMs: vertex.retryDelayMs };
  }

  /** Pauses a vertex that someone else keeps changing, longer each time; returns for how long. */
  #leaveAlone(vertex: Vertex): number {
    this.#context.pause(vertex);
    const pauseMs = nextDelayMs(vertex.pauseDelayMs, PAUSE);
    vertex.pauseDelayMs = pauseMs;
    vertex.retryTimer?.cancel();
    vertex.retryTimer = this.#context.options.host.clock.after(pauseMs, () => {
      vertex.retryTimer = undefined;
      addCause(vertex, { type: "retry", after: "contested" });
      this.#context.resume(vertex);
    });
    return pauseMs;
  }

  #armPoll(vertex: Vertex): void {
    const { meta, kind, params } = vertex.resource;
    const { watching, host } = this.#context.options;
    if (!watching || this.#context.stopping()) return;
    const seconds = meta.pollSeconds || (kind.pollSeconds?.(params) ?? 0);
    if (seconds === 0) return;
    vertex.pollTimer?.cancel();
    vertex.pollTimer = host.clock.after(seconds * 1000, () => {
      vertex.poll = true;
      this.disarmRetry(vertex);
      this.#context.mark(vertex);
    });
  }
}
