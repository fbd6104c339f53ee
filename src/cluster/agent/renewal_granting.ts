/**
 * What the leader does about hosts that want their certificate anew: one after the other, each in one
 * transaction that counts only while this host leads and nothing of what was judged has changed.
 *
 * @module
 */

import { clearing, readRenewals, type RenewalAsked, renewing } from "../leader/renewals.ts";
import type { View } from "../leader/view.ts";
import type { StoreEntry } from "../store/store.ts";
import type { EffectQueue } from "./effect_queue.ts";
import { FencedTurns } from "./fenced_turns.ts";

const SLOT = "renewing";
/** Of one host so many are looked at without a pause, and then one in so long: each costs a signature. */
const BURST = 5;
const EVERY_MS = 60_000;

/** Renews certificates, as long as this host leads. */
export class RenewalGranting {
  readonly #queue: EffectQueue;
  /** The create revision of this leader's key. */
  readonly #fence: number;
  readonly #turns: FencedTurns;
  #table: ReturnType<typeof readRenewals> = { asked: [], leftOver: [] };
  #isJudging = false;
  /** When the last of each host is paid off; of those that owe something. */
  readonly #paidAt = new Map<string, number>();

  constructor(queue: EffectQueue, fence: number) {
    this.#queue = queue;
    this.#fence = fence;
    this.#turns = new FencedTurns(queue, SLOT);
  }

  /** All that the leader has read. */
  heard(entries: readonly StoreEntry[], _view: View, revision: number): void {
    this.#table = readRenewals(entries);
    this.#turns.heard(revision);
    for (const [host, at] of this.#paidAt) {
      if (at <= this.#queue.now) this.#paidAt.delete(host);
    }
  }

  /** Does the next thing, if there is one and it is time. */
  look(): void {
    const { asked, leftOver } = this.#table;
    if (this.#isJudging || asked.length === 0 && leftOver.length === 0) return;
    if (!this.#turns.isTime()) return;
    if (leftOver.length > 0) return this.#turns.write(clearing(this.#table, this.#fence));
    const next = asked.find(({ host }) => this.#queue.isDue(this.#mayAt(host)));
    if (next !== undefined) this.#judge(next);
  }

  /** Nothing of it goes on. */
  end(): void {
    this.#turns.end();
  }

  /** When that host's next request is looked at. */
  #mayAt(host: string): number {
    const paidAt = this.#paidAt.get(host);
    return paidAt === undefined ? -Infinity : paidAt - (BURST - 1) * EVERY_MS;
  }

  #judge(asked: RenewalAsked): void {
    const { host, key, text, purpose } = asked;
    const { now } = this.#queue;
    this.#paidAt.set(host, Math.max(this.#paidAt.get(host) ?? now, now) + EVERY_MS);
    this.#isJudging = true;
    this.#queue.judge({ key, text, purpose }, (judged) => {
      this.#isJudging = false;
      // Who leads no more writes nothing; the transaction would not count, either.
      if (this.#turns.isFresh) this.#turns.write(renewing(asked, judged, this.#fence));
    });
  }
}
