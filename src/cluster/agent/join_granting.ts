/**
 * What the leader does about hosts that ask to be let in: one after the other, each in one transaction
 * that counts only while this host leads and nothing of what was judged has changed.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import {
  answering,
  type JoinAsked,
  type JoinTable,
  joinTransaction,
  type Judged,
  type KnownToken,
  nextJoinStep,
  readJoins,
} from "../leader/joins.ts";
import type { StoreEntry, StoreTransaction } from "../store/store.ts";
import type { EffectQueue } from "./effect_queue.ts";

const SLOT = "joining";
const DEADLINE_MS = 2000;
const RETRY_MS = 500;

/** Lets hosts in, as long as this one leads. */
export class JoinGranting {
  readonly #queue: EffectQueue;
  /** The create revision of this leader's key. */
  readonly #fence: number;
  /** When each token ends, by this host's clock, from when it was first seen here. */
  #ends = new Map<string, number>();
  #table: JoinTable = { tokens: new Map(), asked: [], leftOver: [] };
  #entries: readonly StoreEntry[] = [];
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
    this.#entries = entries;
    this.#table = readJoins(entries);
    this.#isStale = this.#queue.isBusy(SLOT);
    const ends = new Map<string, number>();
    for (const token of this.#table.tokens.values()) {
      const name = nameOf(token);
      ends.set(name, this.#ends.get(name) ?? this.#queue.now + token.record.forMs);
    }
    this.#ends = ends;
  }

  /** Does the next thing, if there is one and it is time. */
  look(): void {
    const queue = this.#queue;
    if (this.#isStale || this.#isJudging || queue.isBusy(SLOT) || !queue.isDue(this.#nextAt)) {
      return;
    }
    const endOf = (token: KnownToken) => this.#ends.get(nameOf(token)) ?? Infinity;
    const step = nextJoinStep(this.#table, endOf, queue.now);
    if (step === undefined) {
      for (const end of this.#ends.values()) queue.isDue(end);
      return;
    }
    if (step.type === "judge") this.#judge(step.asked);
    else this.#write(joinTransaction(step, this.#fence));
  }

  /** Nothing of it goes on. */
  end(): void {
    this.#queue.drop(SLOT);
    this.#isStale = true;
  }

  #judge(asked: JoinAsked): void {
    const { key, text, token: { id: token } } = asked;
    this.#isJudging = true;
    this.#queue.judge({ key, text, token }, (judged: Result<Judged>) => {
      this.#isJudging = false;
      // Who leads no more writes nothing; the transaction would not count, either.
      if (this.#isStale) return;
      this.#write(answering(asked, judged, this.#entries, this.#fence));
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

/** Of a token that was removed and made again, the time begins anew. */
function nameOf({ id, createRevision }: KnownToken): string {
  return `${id} ${createRevision}`;
}
