import type { Clock, Timer } from "../os/clock.ts";

/** Changes that come together are one evaluation, so long after the last. */
const INTERVAL_MS = 100;
/** A program whose graph has changed so often in this time comes to no rest, and is slowed. */
const FLIPPING = { changes: 30, withinMs: 300_000, intervalMs: 10_000 } as const;

/** When a program is evaluated again: at once, but not too often. */
export class EvaluationPace {
  readonly #clock: Pick<Clock, "nowMs" | "after">;
  #lastMs = -Infinity;
  #timer: Timer | undefined;
  /** When its graph changed. */
  #changesMs: number[] = [];
  #isSlow = false;

  constructor(clock: Pick<Clock, "nowMs" | "after">) {
    this.#clock = clock;
  }

  /** Runs it now, or once when it is time. */
  ask(run: () => void): void {
    if (this.#timer !== undefined) return;
    const intervalMs = this.#isSlow ? FLIPPING.intervalMs : INTERVAL_MS;
    const waitMs = this.#lastMs + intervalMs - this.#clock.nowMs();
    if (waitMs <= 0) return run();
    this.#timer = this.#clock.after(waitMs, () => {
      this.#timer = undefined;
      run();
    });
  }

  /** It was evaluated; `isOther`: to another graph, by itself. The result: it is slowed from now on. */
  evaluated(isOther: boolean): boolean {
    const nowMs = this.#clock.nowMs();
    this.#lastMs = nowMs;
    this.#changesMs = this.#changesMs.filter((each) => each > nowMs - FLIPPING.withinMs);
    if (isOther) this.#changesMs.push(nowMs);
    const wasSlow = this.#isSlow;
    // One that is slowed changes as often as it may, or has come to rest.
    const most = wasSlow ? FLIPPING.withinMs / FLIPPING.intervalMs / 2 : FLIPPING.changes;
    this.#isSlow = this.#changesMs.length > most;
    return this.#isSlow && !wasSlow;
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}

/** Says that a program comes to no rest, and why. */
export function slowedText(cause: string | undefined): string {
  const { changes, withinMs, intervalMs } = FLIPPING;
  const by = cause === undefined ? "" : `, last because of ${cause}`;
  return `its graph has changed more than ${changes} times in ${withinMs / 60_000} minutes${by}; ` +
    `it is evaluated every ${intervalMs / 1000} s until it comes to rest`;
}
