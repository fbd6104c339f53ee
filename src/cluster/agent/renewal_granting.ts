/**
 * What the leader does about hosts that want their certificate anew: one after the other, each in one
 * transaction that counts only while this host leads and nothing of what was judged has changed.
 *
 * @module
 */

import {
  clearing,
  readRenewals,
  type RenewalAsked,
  type RenewalTable,
  renewing,
} from "../leader/renewals.ts";
import type { StoreEntry, StoreTransaction } from "../store/store.ts";
import type { EffectQueue } from "./effect_queue.ts";

const SLOT = "renewing";
const DEADLINE_MS = 2000;
const RETRY_MS = 500;

/** Renews certificates, as long as this host leads. */
export class RenewalGranting {
  readonly #queue: EffectQueue;
  /** The create revision of this leader's key. */
  readonly #fence: number;
  #table: RenewalTable = { asked: [], leftOver: [] };
  /** Nothing that was read before is acted on: what was done since has not been read yet. */
  #isStale = true;
  #isJudging = false;
  #nextAt = -Infinity;

  constructor(queue: EffectQueue, fence: number) {
    this.#queue = queue;
    this.#fence = fence;
  }

  /** All that the leader has read. */
  heard(entries: readonly StoreEntry[]): void {
    this.#table = readRenewals(entries);
    this.#isStale = this.#queue.isBusy(SLOT);
  }

  /** Does the next thing, if there is one and it is time. */
  look(): void {
    const queue = this.#queue;
    const { asked: [asked], leftOver } = this.#table;
    if (this.#isStale || this.#isJudging || queue.isBusy(SLOT)) return;
    if (asked === undefined && leftOver.length === 0 || !queue.isDue(this.#nextAt)) return;
    if (leftOver.length > 0) this.#write(clearing(this.#table, this.#fence));
    else if (asked !== undefined) this.#judge(asked);
  }

  /** Nothing of it goes on. */
  end(): void {
    this.#queue.drop(SLOT);
    this.#isStale = true;
  }

  #judge(asked: RenewalAsked): void {
    const { key, text, purpose } = asked;
    this.#isJudging = true;
    this.#queue.judge({ key, text, purpose }, (judged) => {
      this.#isJudging = false;
      // Who leads no more writes nothing; the transaction would not count, either.
      if (!this.#isStale) this.#write(renewing(asked, judged, this.#fence));
    });
  }

  #write(transaction: StoreTransaction): void {
    this.#isStale = true;
    const options = { deadlineMs: DEADLINE_MS };
    this.#queue.call(SLOT, { type: "transact", transaction }, options, (result) => {
      if (!result.ok || !result.value.succeeded) this.#nextAt = this.#queue.now + RETRY_MS;
    });
  }
}
