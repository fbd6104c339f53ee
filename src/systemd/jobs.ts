/**
 * Jobs of the service manager: asked for, and awaited to their end.
 *
 * @module
 */

import { onAbort } from "../base/either.ts";
import type { BusAnswer, BusSignal } from "./bus/bus.ts";
import type { Clock } from "../os/clock.ts";

/**
 * How a job ended: `done`, `failed`, `canceled`, `timeout`, `dependency`, `skipped`…, `stopped`: it
 * goes on and is no longer waited for, `unheard`: it is over, and nobody heard how, `lost`: nobody
 * can be asked.
 */
export type JobResult = string;

/** What jobs are waited for with. */
export interface JobsContext {
  readonly clock: Clock;
  /** Whether the manager still has this job; undefined: that cannot be asked now. */
  readonly exists: (path: string) => Promise<boolean | undefined>;
}

/** Results that came before the answer that names their job. */
const EARLY_MAX = 256;
/** How long the bus and the manager may be away before their jobs are given up. */
const AWAY_MS = 60_000;
/** A job may take for ever; that its end was not missed is asked now and then. */
const ASK_MS = 30_000;

/** Knows the jobs that are waited for. */
export class Jobs {
  readonly #context: JobsContext;
  /** Who waits for which job; several may have asked for what is one. */
  readonly #waiting = new Map<string, Set<(result: JobResult) => void>>();
  readonly #early = new Map<string, JobResult>();
  /** Calls whose answer, which names the job, has not come yet. */
  #asking = 0;
  /** Since when nothing is heard of jobs. */
  #awaySinceMs: number | undefined;

  constructor(context: JobsContext) {
    this.#context = context;
  }

  /** The signal JobRemoved. */
  removed({ body }: BusSignal): void {
    const path = String(body[1]);
    const result = String(body[3]);
    if (this.#waiting.has(path)) this.#resolve(path, result);
    else if (this.#asking > 0 && this.#early.size < EARLY_MAX) this.#early.set(path, result);
  }

  /** The bus or the manager went away; the jobs go on without. */
  lost(): void {
    this.#awaySinceMs ??= this.#context.clock.nowMs();
  }

  /** The manager is heard again: what became of its jobs meanwhile can be asked. */
  renewed(): void {
    this.#awaySinceMs = undefined;
    for (const path of this.#waiting.keys()) void this.#ask(path);
  }

  /** Asks for a job and waits for its end, or until `signal` aborts; the job then goes on. */
  async run(ask: () => Promise<BusAnswer>, signal?: AbortSignal): Promise<BusAnswer | JobResult> {
    this.#asking++;
    const answer = await ask();
    this.#asking--;
    if (!answer.ok) return answer;
    const path = String(answer.value[0]);
    const early = this.#early.get(path);
    if (this.#asking === 0) this.#early.clear();
    return early ?? await this.#end(path, signal);
  }

  async #end(path: string, signal?: AbortSignal): Promise<JobResult> {
    const { promise, resolve } = Promise.withResolvers<JobResult>();
    const over = new AbortController();
    const letGo = onAbort(signal, () => resolve("stopped"));
    const waiters = this.#waiting.get(path) ?? new Set();
    this.#waiting.set(path, waiters.add(resolve));
    void this.#askNowAndThen(path, over.signal);
    const result = await promise;
    over.abort();
    letGo();
    waiters.delete(resolve);
    if (waiters.size === 0) this.#waiting.delete(path);
    return result;
  }

  #resolve(path: string, result: JobResult): void {
    for (const resolve of this.#waiting.get(path) ?? []) resolve(result);
  }

  async #askNowAndThen(path: string, over: AbortSignal): Promise<void> {
    for (;;) {
      await this.#context.clock.sleep(ASK_MS, over);
      if (over.aborted) return;
      await this.#ask(path);
    }
  }

  async #ask(path: string): Promise<void> {
    const exists = await this.#context.exists(path);
    if (exists === false) this.#resolve(path, "unheard");
    const sinceMs = this.#awaySinceMs;
    if (exists !== undefined || sinceMs === undefined) return;
    if (this.#context.clock.nowMs() - sinceMs >= AWAY_MS) this.#resolve(path, "lost");
  }
}
