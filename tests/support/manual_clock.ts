import type { Clock, Timer } from "../../src/os/clock.ts";

/** Time that stands still until a test moves it on. */
export class ManualClock implements Clock {
  #nowMs = 0;
  #timers: { atMs: number; run: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  wall(): Date {
    return new Date(this.#nowMs);
  }

  after(delayMs: number, run: () => void): Timer {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.push(timer);
    return { cancel: () => this.#timers = this.#timers.filter((other) => other !== timer) };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.after(delayMs, resolve);
      signal?.addEventListener("abort", () => {
        timer.cancel();
        resolve();
      }, { once: true });
    });
  }

  yieldTurn(): Promise<void> {
    return Promise.resolve();
  }

  /** Timers that are armed. */
  get armed(): number {
    return this.#timers.length;
  }

  /** Moves time on, firing what becomes due in its order, and lets promises run in between. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await turn();
    for (;;) {
      const next = this.#timers.filter((timer) => timer.atMs <= endMs)
        .reduce<{ atMs: number; run: () => void } | undefined>(
          (first, timer) => first === undefined || timer.atMs < first.atMs ? timer : first,
          undefined,
        );
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
      await turn();
    }
    this.#nowMs = endMs;
    await turn();
  }
}

/** One turn of the event loop, after which all promises that could run have run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
