/**
 * What a leader does about one thing, in one transaction after the other: nothing that was read before the
 * last of them is acted on, and after one that failed there is a pause.
 *
 * @module
 */

import type { StoreTransaction } from "../store/store.ts";
import type { EffectQueue } from "./effect_queue.ts";

/** How long a transaction may take. */
export const TURN_MS = 2000;
const RETRY_MS = 500;

/** The turns of one duty of a leader, in one slot of calls. */
export class FencedTurns {
  readonly #queue: EffectQueue;
  readonly #slot: string;
  /** What was done since has not been read yet. */
  #isStale = true;
  /** The revision of the last thing that was written. */
  #writtenAt = 0;
  #nextAt = -Infinity;

  constructor(queue: EffectQueue, slot: string) {
    this.#queue = queue;
    this.#slot = slot;
  }

  /**
   * All was read, as it was at that revision of the store; unless something is under way, or was written
   * since: then it is read again.
   */
  heard(revision: number): void {
    this.#isStale = this.#queue.isBusy(this.#slot) || revision < this.#writtenAt;
  }

  /** What was read still counts, as far as is known. */
  get isFresh(): boolean {
    return !this.#isStale;
  }

  /** Whether the next thing may be done; where it is only too early, there is a wake-up. */
  isTime(): boolean {
    return !this.#isStale && !this.#queue.isBusy(this.#slot) && this.#queue.isDue(this.#nextAt);
  }

  /** Something is done from here on: what was read counts no more. */
  begin(): void {
    this.#isStale = true;
  }

  /** It came to nothing, or to something else: after a pause, and when all was read again, there is another try. */
  later(): void {
    this.#nextAt = this.#queue.now + RETRY_MS;
  }

  /** Does that, which is a turn. */
  write(transaction: StoreTransaction): void {
    this.begin();
    const call = { type: "transact", transaction } as const;
    this.#queue.call(this.#slot, call, { deadlineMs: TURN_MS }, (result) => {
      if (!result.ok || !result.value.succeeded) this.later();
      else this.#writtenAt = result.value.revision;
    });
  }

  /** Nothing of it goes on. */
  end(): void {
    this.#queue.drop(this.#slot);
    this.#isStale = true;
  }
}
