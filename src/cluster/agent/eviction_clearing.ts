/**
 * What the leader does about hosts that were cast out: their users go, and then what they have written. Each
 * step can be done again by the next leader.
 *
 * @module
 */

import { clearing, leftOf } from "../leader/evictions.ts";
import { hostRole } from "../store/rights.ts";
import type { CastOutRecord } from "../store/records.ts";
import type { StoreEntry } from "../store/store.ts";
import type { EffectQueue } from "./effect_queue.ts";

const SLOT = "evicting";
const DEADLINE_MS = 2000;
const RETRY_MS = 500;

/** Ends what hosts may and have that were cast out, as long as this host leads. */
export class EvictionClearing {
  readonly #queue: EffectQueue;
  /** The create revision of this leader's key. */
  readonly #fence: number;
  #entries: readonly StoreEntry[] = [];
  /** Nothing that was read before is acted on: what was done since has not been read yet. */
  #isStale = true;
  #nextAt = -Infinity;

  constructor(queue: EffectQueue, fence: number) {
    this.#queue = queue;
    this.#fence = fence;
  }

  /** All that the leader has read. */
  heard(entries: readonly StoreEntry[]): void {
    this.#entries = entries;
    this.#isStale = this.#queue.isBusy(SLOT);
  }

  /** Does the next thing, if there is one and it is time. */
  look(): void {
    const queue = this.#queue;
    if (this.#isStale || queue.isBusy(SLOT)) return;
    const [first] = leftOf(this.#entries);
    if (first !== undefined && queue.isDue(this.#nextAt)) this.#endRights(first);
  }

  /** Nothing of it goes on. */
  end(): void {
    this.#queue.drop(SLOT);
    this.#isStale = true;
  }

  #endRights(host: CastOutRecord): void {
    const options = { deadlineMs: DEADLINE_MS };
    const steps = [
      { type: "delete-user", user: host.id },
      { type: "delete-role", role: hostRole(host.id) },
    ] as const;
    const [user, role] = steps;
    this.#isStale = true;
    this.#queue.call(SLOT, { type: "change-rights", change: user }, options, (deleted) => {
      if (!deleted.ok) return this.#later();
      this.#queue.call(SLOT, { type: "change-rights", change: role }, options, (gone) => {
        if (!gone.ok) return this.#later();
        this.#clear(host);
      });
    });
  }

  #clear(host: CastOutRecord): void {
    const transaction = clearing(host, this.#entries, this.#fence);
    const options = { deadlineMs: DEADLINE_MS };
    this.#queue.call(SLOT, { type: "transact", transaction }, options, (result) => {
      // Something has changed meanwhile: it is read, and done again.
      if (!result.ok || !result.value.succeeded) this.#later();
    });
  }

  #later(): void {
    this.#nextAt = this.#queue.now + RETRY_MS;
    this.#isStale = false;
    this.#queue.isDue(this.#nextAt);
  }
}
