/**
 * What the leader does about hosts that were cast out: their users go, and then what they have written. Each
 * step can be done again by the next leader.
 *
 * @module
 */

import { clearing, leftOf } from "../leader/evictions.ts";
import { hostRole } from "../store/rights.ts";
import type { CastOutRecord } from "../store/records.ts";
import type { View } from "../leader/view.ts";
import type { StoreEntry } from "../store/store.ts";
import type { EffectQueue } from "./effect_queue.ts";
import { FencedTurns, TURN_MS } from "./fenced_turns.ts";

const SLOT = "evicting";

/** Ends what hosts may and have that were cast out, as long as this host leads. */
export class EvictionClearing {
  readonly #queue: EffectQueue;
  /** The create revision of this leader's key. */
  readonly #fence: number;
  readonly #turns: FencedTurns;
  #entries: readonly StoreEntry[] = [];

  constructor(queue: EffectQueue, fence: number) {
    this.#queue = queue;
    this.#fence = fence;
    this.#turns = new FencedTurns(queue, SLOT);
  }

  /** All that the leader has read. */
  heard(entries: readonly StoreEntry[], _view: View, revision: number): void {
    this.#entries = entries;
    this.#turns.heard(revision);
  }

  /** Does the next thing, if there is one and it is time. */
  look(): void {
    const [first] = leftOf(this.#entries);
    if (first !== undefined && this.#turns.isTime()) this.#endRights(first);
  }

  /** Nothing of it goes on. */
  end(): void {
    this.#turns.end();
  }

  /** Until that is done it could write again what is cleared. */
  #endRights(host: CastOutRecord): void {
    const turns = this.#turns;
    const options = { deadlineMs: TURN_MS };
    const steps = [
      { type: "delete-user", user: host.id },
      { type: "delete-role", role: hostRole(host.id) },
    ] as const;
    const [user, role] = steps;
    turns.begin();
    this.#queue.call(SLOT, { type: "change-rights", change: user }, options, (deleted) => {
      if (!deleted.ok) return turns.later();
      this.#queue.call(SLOT, { type: "change-rights", change: role }, options, (gone) => {
        if (!gone.ok) return turns.later();
        turns.write(clearing(host, this.#entries, this.#fence));
      });
    });
  }
}
