/**
 * What the leader does where the authority that signs certificates is replaced: one thing after the other,
 * each written only while this host leads and the record is as it was read.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import {
  type KeyAsked,
  nextRotationStep,
  type RotationStep,
  type RotationView,
} from "../leader/rotation.ts";
import { Absences, rotationIn, rotationView } from "../leader/rotation_view.ts";
import { castOutIn, withFormer } from "../leader/evictions.ts";
import type { View } from "../leader/view.ts";
import {
  type KeyRange,
  leaderKey,
  operatorRange,
  prefixRange,
  revokedKey,
  rollingKey,
  tokenRange,
} from "../store/keys.ts";
import { keyAskedKey, keyGivenKey, rotationKey } from "../store/rotation_keys.ts";
import { type RotationRecord, write } from "../store/records.ts";
import type { Compare, StoreEntry, StoreOperation } from "../store/store.ts";
import type { EffectQueue } from "./effect_queue.ts";
import { FencedTurns } from "./fenced_turns.ts";
import type { TrustAnswer, TrustTask } from "./trust_work.ts";

/** What a step leaves behind: tokens and operators believe the old authority alone. */
const GONE_WITH: Partial<Record<RotationRecord["step"], readonly KeyRange[]>> = {
  certify: [tokenRange(), operatorRange()],
  done: [prefixRange(keyAskedKey("")), prefixRange(keyGivenKey(""))],
};

const SLOT = "rotation";

/** Replaces the authority where that was asked for, as long as this host leads. */
export class RotationKeeping {
  readonly #queue: EffectQueue;
  /** The create revision of this leader's key. */
  readonly #fence: number;
  readonly #turns: FencedTurns;
  readonly #absences = new Absences();
  #view: RotationView | undefined;
  /** Of the record, and of the order to start anew. */
  #revisions = { rotation: 0, rolling: 0 };
  /** Who was cast out so far. */
  #castOut: StoreEntry | undefined;
  /** The mark of the authority that this host made last. */
  #made: string | undefined;
  #isWorking = false;
  #yields = false;

  constructor(queue: EffectQueue, fence: number) {
    this.#queue = queue;
    this.#fence = fence;
    this.#turns = new FencedTurns(queue, SLOT);
  }

  /** All that the leader has read. */
  heard(entries: readonly StoreEntry[], view: View, revision: number): void {
    const rotation = rotationIn(entries);
    const revisionOf = (key: string) => entries.find((each) => each.key === key)?.modRevision ?? 0;
    this.#revisions = { rotation: revisionOf(rotationKey()), rolling: revisionOf(rollingKey()) };
    this.#castOut = entries.find(({ key }) => key === revokedKey());
    this.#turns.heard(revision);
    const seen = rotation &&
      rotationView(rotation.record, entries, view, this.#absences, this.#queue.now);
    // What it has just made its status says only in a moment.
    this.#view = seen &&
      { ...seen, lacksKey: (mark) => mark !== this.#made && seen.lacksKey(mark) };
  }

  /** Does the next thing, if there is one and it is time. */
  look(): void {
    const queue = this.#queue;
    if (this.#view === undefined || this.#isWorking || !this.#turns.isTime()) return;
    const step = nextRotationStep(this.#view, queue.now, queue.settings.patience.deadMs);
    if (step === undefined) return;
    if (step.type !== "note") {
      queue.tell("rotation", { what: "rotation", step: step.type, reason: step.reason });
    }
    this.#carryOut(step, this.#view.record);
  }

  /** Another host can do what this one cannot: it is to lead. */
  get yields(): boolean {
    return this.#yields;
  }

  /** Nothing of it goes on. */
  end(): void {
    this.#turns.end();
    this.#view = undefined;
  }

  #carryOut(step: RotationStep, record: RotationRecord): void {
    switch (step.type) {
      case "make":
        return this.#work({ type: "make" }, ({ made }) => {
          this.#made = made?.next.mark;
          const castOut = castOutIn(this.#castOut).length;
          if (made !== undefined) this.#write({ ...record, ...made, castOut, step: "share" });
        });
      case "give":
        return this.#give(step.asked, record);
      case "roll": {
        const put = { type: "put", key: rollingKey(), value: write(step.rolling) } as const;
        return this.#transact([{ key: rollingKey(), mod: this.#revisions.rolling }], [put]);
      }
      case "write":
        return this.#write(step.record);
      case "note":
        return this.#transact([], [{ type: "put", key: rotationKey(), value: write(step.record) }]);
      case "yield":
        this.#yields = true;
        return;
      case "wait":
        if (step.lookAgainAt !== undefined) this.#queue.isDue(step.lookAgainAt);
    }
  }

  #give({ host, text, revision }: KeyAsked, { next }: RotationRecord): void {
    if (next === undefined) return;
    const asked = keyAskedKey(host);
    this.#work({ type: "give", host, text, next }, ({ given }) => {
      if (given === undefined) return;
      const value = write({ mark: next.mark, text: given });
      this.#transact([{ key: asked, mod: revision }], [
        { type: "put", key: keyGivenKey(host), value },
        { type: "delete", key: asked },
      ]);
    });
  }

  #write(record: RotationRecord): void {
    const key = rotationKey();
    const gone = GONE_WITH[record.step] ?? [];
    // What members were asked for this is done: others may ask them by now.
    const { rolling } = this.#revisions;
    const isOver = this.#view?.rolling?.generation.includes(record.next?.mark ?? " ") === true;
    const over = isOver ? [{ key: rollingKey(), mod: rolling }] : [];
    const list = record.step === "done" ? this.#castOut : undefined;
    const listed = list === undefined ? [] : [{ key: list.key, mod: list.modRevision }];
    this.#transact([...over, ...listed], [
      { type: "put", key, value: write(record) },
      ...listed.map((each) => ({
        type: "put",
        key: each.key,
        value: write(withFormer(list!, record.castOut ?? 0)),
      } as const)),
      ...over.map((each) => ({ type: "delete", key: each.key } as const)),
      ...gone.map((range) => ({ type: "deleteRange", range } as const)),
    ]);
  }

  #work(wish: TrustTask, then: (answer: TrustAnswer) => void): void {
    const queue = this.#queue;
    const { rotation } = this.#revisions;
    this.#isWorking = true;
    queue.trust(wish, (result: Result<TrustAnswer>) => {
      this.#isWorking = false;
      // Who leads no more writes nothing; the transaction would not count, either.
      if (!this.#turns.isFresh || this.#revisions.rotation !== rotation) return;
      if (result.ok) return then(result.value);
      this.#turns.later();
      queue.tell("rotation trouble", { what: "trouble", failure: result.failure });
    });
  }

  #transact(when: readonly Compare[], then: readonly StoreOperation[]): void {
    this.#turns.write({
      when: [
        { key: leaderKey(), create: this.#fence },
        { key: rotationKey(), mod: this.#revisions.rotation },
        ...when,
      ],
      then,
    });
  }
}
