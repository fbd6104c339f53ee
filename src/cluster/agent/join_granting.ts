/**
 * What the leader does about hosts that ask to be let in: one after the other, each in one transaction
 * that counts only while this host leads and nothing of what was judged has changed.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import type { Result } from "../../base/result.ts";
import { joinUser } from "../../trust/profiles.ts";
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
import { joinKey, keyRange } from "../store/keys.ts";
import { leftOf } from "../leader/evictions.ts";
import type { View } from "../leader/view.ts";
import type { StoreEntry } from "../store/store.ts";
import type { EffectQueue } from "./effect_queue.ts";
import { EndTimes, type TimeSpan } from "./end_times.ts";
import { FencedTurns, TURN_MS } from "./fenced_turns.ts";

const SLOT = "joining";
const READ_SLOT = "join request";

/** Lets hosts in, as long as this one leads. */
export class JoinGranting {
  readonly #queue: EffectQueue;
  /** The create revision of this leader's key. */
  readonly #fence: number;
  readonly #turns: FencedTurns;
  /** When each token ends. */
  readonly #ends = new EndTimes();
  #table: JoinTable = { tokens: new Map(), asked: [], leftOver: [], misused: new Map() };
  #entries: readonly StoreEntry[] = [];
  /** A name may be free before what its host has written is gone: nobody is given it meanwhile. */
  #isEvicting = false;
  #isJudging = false;

  constructor(queue: EffectQueue, fence: number) {
    this.#queue = queue;
    this.#fence = fence;
    this.#turns = new FencedTurns(queue, SLOT);
  }

  /** All that the leader has read. */
  heard(entries: readonly StoreEntry[], _view: View, revision: number): void {
    this.#entries = entries;
    this.#table = readJoins(entries);
    this.#turns.heard(revision);
    this.#isEvicting = leftOf(entries).length > 0;
    const tokens = [...this.#table.tokens.values()];
    this.#ends.heard(tokens.map(spanOf), this.#queue.now);
  }

  /** Does the next thing, if there is one and it is time. */
  look(): void {
    const queue = this.#queue;
    const isBusy = this.#isJudging || queue.isBusy(READ_SLOT) || this.#isEvicting;
    if (isBusy || !this.#turns.isTime()) return;
    const endOf = (token: KnownToken) => this.#ends.of(spanOf(token));
    const step = nextJoinStep(this.#table, endOf, queue.now);
    if (step === undefined) return void queue.isDue(this.#ends.next);
    if (step.type === "judge") this.#judge(step.asked);
    else if (step.type === "end" && step.misuse !== undefined) this.#end(step.token, step.misuse);
    else this.#turns.write(joinTransaction(step, this.#fence));
  }

  /** Nothing of it goes on. */
  end(): void {
    this.#queue.drop(READ_SLOT);
    this.#turns.end();
  }

  #judge(asked: JoinAsked): void {
    const { key, revision, token: { id: token } } = asked;
    const range = keyRange(joinKey(token, key));
    const call = { type: "list", range } as const;
    this.#queue.call(READ_SLOT, call, { deadlineMs: TURN_MS }, (page) => {
      const [entry] = page.ok ? page.value.entries : [];
      // What was asked meanwhile comes with the next round.
      if (entry?.modRevision !== revision) this.#turns.later();
      else if (entry.value.length > LIMITS.joinRequestLength) {
        this.#end(asked.token, `a request of ${entry.value.length} characters was written with it`);
      } else this.#judgeText(asked, entry.value);
    });
  }

  /** A token with which more is written than a host needs. */
  #end(token: KnownToken, misuse: string): void {
    const { id } = token;
    this.#queue.tell(`token ${id}`, { what: "token-misused", id, why: misuse });
    this.#turns.write(joinTransaction({ type: "end", token, misuse }, this.#fence));
  }

  #judgeText(asked: JoinAsked, text: string): void {
    const { key, token: { id } } = asked;
    this.#isJudging = true;
    this.#queue.judge({ key, text, purpose: joinUser(id) }, (judged: Result<Judged>) => {
      this.#isJudging = false;
      // Who leads no more writes nothing; the transaction would not count, either.
      if (!this.#turns.isFresh || this.#isEvicting) return;
      this.#turns.write(answering(asked, judged, this.#entries, this.#fence));
    });
  }
}

function spanOf({ id, createRevision, record: { forMs } }: KnownToken): TimeSpan {
  return { id, createRevision, forMs };
}
