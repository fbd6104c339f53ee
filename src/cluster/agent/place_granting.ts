/**
 * What the leader does about the semaphores of the fleet: woken by wishes and by what it gave itself,
 * it reads both, and gives and takes in one transaction.
 *
 * Nothing of it can come late and do harm: it is written only while this leader leads, a place is given
 * only while its wish is there, and taken only when it is gone. Whoever asked first is first in every
 * reading, so a write whose outcome is unknown gives nothing that the next one would not.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import type { EffectQueue } from "./effect_queue.ts";
import { grantedKey, grantedRange, leaderKey, wantedKey, wantedRange } from "../store/keys.ts";
import { electionOf } from "../leader/elections.ts";
import {
  MOST_STEPS,
  type PlaceStep,
  placeSteps,
  readPlaces,
  semaphoresOf,
} from "../leader/places.ts";
import { shortened, write } from "../store/records.ts";
import type {
  Compare,
  RangePage,
  StoreEntry,
  StoreOperation,
  TransactionResult,
} from "../store/store.ts";

/** Wishes that come together are dealt with together. */
const GATHER_MS = 5;
const RETRY_MS = 500;
const DEADLINE_MS = 2000;
const SLOTS = ["places wanted", "places granted", "places give"];

/** Gives and takes places, as long as this host leads. */
export class PlaceGranting {
  readonly #queue: EffectQueue;
  /** The create revision of this leader's key. */
  readonly #fence: number;
  #nextAt = 0;
  #reading: { entries: StoreEntry[]; waiting: number; failed: boolean } | undefined;
  /** Semaphores of which it was said that their sizes differ. */
  #said = new Set<string>();

  constructor(queue: EffectQueue, fence: number) {
    this.#queue = queue;
    this.#fence = fence;
  }

  /** Something has changed. */
  wake(): void {
    this.#nextAt = Math.min(this.#nextAt, this.#queue.now + GATHER_MS);
  }

  /** Looks at what the leader has read anyway: a watch may have died without a word. */
  heard(entries: readonly StoreEntry[]): void {
    if (placeSteps(readPlaces(entries)).length > 0) this.wake();
  }

  /** Begins when it is time. */
  look(): void {
    const queue = this.#queue;
    if (this.#reading !== undefined || queue.isBusy("places give") || !queue.isDue(this.#nextAt)) {
      return;
    }
    this.#nextAt = Infinity;
    const reading = { entries: [] as StoreEntry[], waiting: 2, failed: false };
    this.#reading = reading;
    const read = (page: Result<RangePage>) => {
      if (page.ok) reading.entries.push(...page.value.entries);
      else reading.failed = true;
      if (--reading.waiting === 0) this.#read(reading);
    };
    const options = { deadlineMs: DEADLINE_MS };
    queue.call("places wanted", { type: "list", range: wantedRange() }, options, read);
    queue.call("places granted", { type: "list", range: grantedRange() }, options, read);
  }

  /** Nothing of it goes on. */
  end(): void {
    for (const slot of SLOTS) this.#queue.drop(slot);
  }

  #read({ entries, failed }: { entries: readonly StoreEntry[]; failed: boolean }): void {
    this.#reading = undefined;
    if (failed) return this.#later();
    const places = readPlaces(entries);
    this.#saySizes(places);
    const steps = placeSteps(places);
    if (steps.length === 0) return;
    const when: Compare[] = [{ key: leaderKey(), create: this.#fence }];
    const then: StoreOperation[] = [];
    for (const step of steps) {
      const { condition, operation } = stepOf(step);
      when.push(...condition);
      then.push(operation);
    }
    const call = { type: "transact", transaction: { when, then } } as const;
    const options = { deadlineMs: DEADLINE_MS };
    this.#queue.call("places give", call, options, (result: Result<TransactionResult>) => {
      if (!result.ok || !result.value.succeeded) return this.#later();
      for (const step of steps) if (step.type === "clear") this.#sayStrange(step.entry);
      if (steps.length >= MOST_STEPS) this.wake();
    });
  }

  #later(): void {
    this.#nextAt = Math.min(this.#nextAt, this.#queue.now + RETRY_MS);
    this.#queue.isDue(this.#nextAt);
  }

  #saySizes(places: ReturnType<typeof readPlaces>): void {
    const differing = new Set<string>();
    for (const semaphore of semaphoresOf(places)) {
      const { name, size, sizes } = semaphore;
      if (sizes.length === 0) continue;
      differing.add(name);
      if (this.#said.has(name)) continue;
      const election = electionOf(name);
      const is = { semaphore: name, ...(election === undefined ? {} : { election }) };
      this.#queue.do({ type: "tell", news: { what: "sizes-differ", ...is, size, sizes } });
    }
    this.#said = differing;
  }

  #sayStrange({ key, value }: StoreEntry): void {
    const news = { what: "strange-key", key, value: shortened(value), is: "place" } as const;
    this.#queue.do({ type: "tell", news });
  }
}

function stepOf(step: PlaceStep): { condition: Compare[]; operation: StoreOperation } {
  switch (step.type) {
    case "give": {
      const { host, id, name, size, since } = step.wish;
      const key = grantedKey(host, id);
      return {
        condition: [{ key: wantedKey(host, id), create: since }, { key, create: 0 }],
        operation: { type: "put", key, value: write({ name, size }) },
      };
    }
    case "take": {
      const { host, id } = step;
      return {
        condition: [{ key: wantedKey(host, id), create: 0 }],
        operation: { type: "delete", key: grantedKey(host, id) },
      };
    }
    case "clear": {
      const { key, modRevision } = step.entry;
      return { condition: [{ key, mod: modRevision }], operation: { type: "delete", key } };
    }
  }
}
