/**
 * Turns of the event loop for long work: whatever walks through many things asks after each.
 *
 * @module
 */

/** The loop is given a turn when work has gone on for so long, in milliseconds. */
const STRETCH_MS = 5;

/** A clock that can give the loop a turn. */
interface Source {
  nowMs(): number;
  yieldTurn(): Promise<void>;
}

/** Breaks up long stretches of synchronous work, so that signals and events are heard. */
export class Yielder {
  readonly #clock: Source;
  #sinceMs = 0;
  #turn: Promise<void> | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(clock: Source) {
    this.#clock = clock;
  }

  /** A turn of the loop to wait for, if one is due; all who ask meanwhile wait for the same. */
  yieldTurn(): Promise<void> | undefined {
    if (this.#turn !== undefined) return this.#turn;
    const nowMs = this.#clock.nowMs();
    // After a rest the stretch begins anew: its first pass must not wait.
    if (nowMs - this.#sinceMs > 2 * STRETCH_MS) this.#sinceMs = nowMs;
    if (nowMs - this.#sinceMs < STRETCH_MS) return undefined;
    this.#turn = this.#clock.yieldTurn().then(() => {
      this.#turn = undefined;
      for (const listener of this.#listeners) listener();
      this.#sinceMs = this.#clock.nowMs();
    });
    return this.#turn;
  }

  /** Has a part do its own in each of these turns, before the long work goes on; ends with the answer. */
  each(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

const breathers = new WeakMap<Source, Yielder>();

/** The one yielder of all who share a clock: what they do together is one stretch. */
export function yielderOf(clock: Source): Yielder {
  let yielder = breathers.get(clock);
  if (yielder === undefined) breathers.set(clock, yielder = new Yielder(clock));
  return yielder;
}
