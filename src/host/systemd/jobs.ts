/**
 * Jobs of the service manager: asked for, and awaited to their end.
 *
 * @module
 */

import type { BusAnswer, BusSignal } from "../bus/bus.ts";

/** How a job ended: `done`, `failed`, `canceled`, `timeout`, `dependency`, `skipped`, or `lost`. */
export type JobResult = string;

/** Results that came before the answer that names their job. */
const EARLY_MAX = 256;

/** Knows the jobs that are waited for. */
export class Jobs {
  readonly #waiting = new Map<string, (result: JobResult) => void>();
  readonly #early = new Map<string, JobResult>();
  /** Calls whose answer, which names the job, has not come yet. */
  #asking = 0;

  /** The signal JobRemoved. */
  removed({ body }: BusSignal): void {
    const path = String(body[1]);
    const result = String(body[3]);
    const resolve = this.#waiting.get(path);
    if (resolve !== undefined) resolve(result);
    else if (this.#asking > 0 && this.#early.size < EARLY_MAX) this.#early.set(path, result);
  }

  /** The bus or the manager went away: what becomes of the jobs will not be heard. */
  lost(): void {
    for (const resolve of [...this.#waiting.values()]) resolve("lost");
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

  #end(path: string, signal?: AbortSignal): Promise<JobResult> {
    const { promise, resolve } = Promise.withResolvers<JobResult>();
    const abort = () => resolve("stopped");
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
    this.#waiting.set(path, resolve);
    return promise.finally(() => {
      this.#waiting.delete(path);
      signal?.removeEventListener("abort", abort);
    });
  }
}
