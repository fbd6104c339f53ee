/**
 * Turns: work on the same thing, one after the other.
 *
 * @module
 */

import { abortionOf, eitherOf } from "./either.ts";
import { type Awaitable, type Failure, failure } from "./result.ts";

/** Who does not wait for ever. */
export interface TurnPatience<T> {
  /** Each of them ends the waiting, not the work. */
  readonly signals: readonly AbortSignal[];
  /** What comes of it when the turn has not come until then. */
  readonly instead: () => T;
}

/** The code of {@linkcode notBegun}. */
export const NOT_BEGUN = "not-begun";

/** That nothing was done, because whoever waited was stopped. */
export function notBegun(): Failure {
  return failure("was stopped while it waited", { code: NOT_BEGUN });
}

/** Who works on what now. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs `work` when nobody works on `key` any more; at once, without a turn of the loop, if so. */
  take<T>(key: string, work: () => Awaitable<T>, patience?: TurnPatience<T>): Awaitable<T> {
    const last = this.#last.get(key);
    if (last !== undefined) return this.#keep(key, afterwards(last, work, patience), last);
    const done = work();
    return done instanceof Promise ? this.#keep(key, done) : done;
  }

  #keep<T>(key: string, work: Promise<T>, before?: Promise<void>): Promise<T> {
    // Who has left the queue does not let the next one in before those ahead of both.
    const over = work.then(() => before, () => before);
    const kept = over.then(() => {
      if (this.#last.get(key) === kept) this.#last.delete(key);
    });
    this.#last.set(key, kept);
    return work;
  }
}

/** Runs `work` after `last`, unless patience ends before. */
async function afterwards<T>(
  last: Promise<void>,
  work: () => Awaitable<T>,
  patience: TurnPatience<T> | undefined,
): Promise<T> {
  if (patience === undefined) return await last.then(work);
  const { signals, instead } = patience;
  const left = eitherOf(...signals);
  await Promise.race([last, abortionOf(left.signal)]);
  left.end();
  return left.signal.aborted ? instead() : await work();
}
