/**
 * Turns: work on the same thing, one after the other.
 *
 * @module
 */

import type { Awaitable } from "./result.ts";

/** Who works on what now. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs `work` when nobody works on `key` any more; at once, without a turn of the loop, if so. */
  take<T>(key: string, work: () => Awaitable<T>): Awaitable<T> {
    const last = this.#last.get(key);
    if (last !== undefined) return this.#keep(key, last.then(work));
    const done = work();
    return done instanceof Promise ? this.#keep(key, done) : done;
  }

  #keep<T>(key: string, work: Promise<T>): Promise<T> {
    const over = work.then(() => {}, () => {});
    const kept = over.then(() => {
      if (this.#last.get(key) === kept) this.#last.delete(key);
    });
    this.#last.set(key, kept);
    return work;
  }
}
