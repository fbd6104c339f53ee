import type { Clock } from "../host/clock.ts";

/** The loop is given a turn when work has gone on for so long, in milliseconds. */
const STRETCH_MS = 30;

/** Breaks up long stretches of synchronous work, so that signals and events are heard. */
export class Breather {
  readonly #clock: Clock;
  #sinceMs = 0;
  #turn: Promise<void> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A turn of the loop to wait for, if one is due; all who ask meanwhile wait for the same. */
  breathe(): Promise<void> | undefined {
    if (this.#turn !== undefined) return this.#turn;
    const nowMs = this.#clock.nowMs();
    // After a rest the stretch begins anew: its first pass must not wait.
    if (nowMs - this.#sinceMs > 2 * STRETCH_MS) this.#sinceMs = nowMs;
    if (nowMs - this.#sinceMs < STRETCH_MS) return undefined;
    this.#turn = this.#clock.breathe().then(() => {
      this.#turn = undefined;
      this.#sinceMs = this.#clock.nowMs();
    });
    return this.#turn;
  }
}
