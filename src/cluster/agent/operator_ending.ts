/**
 * What the leader does about operators: it ends each when its time is over. Its user goes then with its
 * rights (`rights_keeping.ts`).
 *
 * @module
 */

import { endingOperator, type KnownOperator, readOperators } from "../leader/operators.ts";
import type { StoreEntry } from "../store/store.ts";
import type { EffectQueue } from "./effect_queue.ts";
import { EndTimes, type TimeSpan } from "./end_times.ts";

const SLOT = "operators";
const DEADLINE_MS = 2000;
const RETRY_MS = 500;

/** Ends operators, as long as this host leads. */
export class OperatorEnding {
  readonly #queue: EffectQueue;
  /** The create revision of this leader's key. */
  readonly #fence: number;
  readonly #ends = new EndTimes();
  #operators: readonly KnownOperator[] = [];
  #nextAt = -Infinity;

  constructor(queue: EffectQueue, fence: number) {
    this.#queue = queue;
    this.#fence = fence;
  }

  /** All that the leader has read. */
  heard(entries: readonly StoreEntry[]): void {
    this.#operators = readOperators(entries);
    this.#ends.heard(this.#operators.map(spanOf), this.#queue.now);
  }

  /** Does the next thing, if there is one and it is time. */
  look(): void {
    const queue = this.#queue;
    if (queue.isBusy(SLOT) || !queue.isDue(this.#nextAt)) return;
    const over = this.#operators.find((each) => this.#ends.of(spanOf(each)) <= queue.now);
    if (over === undefined) return void queue.isDue(this.#ends.next);
    const transaction = endingOperator(over, this.#fence);
    const options = { deadlineMs: DEADLINE_MS };
    queue.call(SLOT, { type: "transact", transaction }, options, () => {
      // Whether it is gone is seen when all is read again.
      this.#nextAt = queue.now + RETRY_MS;
      queue.isDue(this.#nextAt);
    });
  }

  /** Nothing of it goes on. */
  end(): void {
    this.#queue.drop(SLOT);
  }
}

function spanOf({ name: id, createRevision, record: { forMs } }: KnownOperator): TimeSpan {
  return { id, createRevision, forMs };
}
