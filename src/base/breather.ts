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
  breathe(): Promise<void>;
}

/** Breaks up long stretches of synchronous work, so that signals and events are heard. */
export class Breather {
  readonly #clock: Source;
  #sinceMs = 0;
  #turn: Promise<void> | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(clock: Source) {
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

const breathers = new WeakMap<Source, Breather>();

/** The one breather of all who share a clock: what they do together is one stretch. */
export function breatherOf(clock: Source): Breather {
  let breather = breathers.get(clock);
  if (breather === undefined) breathers.set(clock, breather = new Breather(clock));
  return breather;
}
