/**
 * What a host hears of the places that it wants: its own two ranges, from its first wish on, and now
 * and then who holds what, for people.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import type { EffectQueue } from "./effect_queue.ts";
import { grantedRange, type KeyRange, parseKey, wantedRange } from "../store/keys.ts";
import { read } from "../store/records.ts";
import type { KeyChange, LeaseId, RangePage, StoreEntry } from "../store/store.ts";

/** People want to know who is waited for before that is said for the first time. */
const FIRST_MS = 8000;
/** Who stands for an election must know soon whether others have it: as it waits, and how it goes on. */
const UNDECIDED_MS = 1000;
const SOON_MS = 50;
/** Everything is read again that often while something is wanted, should a watch have died. */
const AGAIN_MS = 30_000;
const RETRY_MS = 1000;
const DEADLINE_MS = 3000;

/** What there was of this host at a revision. */
export interface Listed {
  /** The leases of its wishes, by id. */
  readonly wanted: ReadonlyMap<string, LeaseId | undefined>;
  readonly wantedAt: number;
  readonly given: ReadonlySet<string>;
  readonly givenAt: number;
}

/** Hears of the places of this host, each with the revision at which that was so. */
export interface PlaceListener {
  given(id: string, revision: number): void;
  taken(id: string, revision: number): void;
  wanted(id: string, lease: LeaseId | undefined): void;
  unwanted(id: string, revision: number): void;
  listed(listed: Listed): void;
}

/** Watches, and reads again. */
export class PlaceWatcher {
  readonly #queue: EffectQueue;
  readonly #listener: PlaceListener;
  #watches: readonly number[] = [];
  #listAt = Infinity;
  /** When it was written, or read, last, or could not be. */
  #readAt = -Infinity;
  #holders: ReadonlyMap<string, readonly string[]> = new Map();

  constructor(queue: EffectQueue, listener: PlaceListener) {
    this.#queue = queue;
    this.#listener = listener;
  }

  /** The hosts that hold places of each semaphore, as last heard. */
  get holders(): ReadonlyMap<string, readonly string[]> {
    return this.#holders;
  }

  /** Something was written at that revision, by which it is listened from then on. */
  heed(revision: number): void {
    if (this.#watches.length === 0) this.#watch(revision, revision);
    this.#readAt = this.#queue.now - UNDECIDED_MS + SOON_MS;
    this.#listAt = Math.min(this.#listAt, this.#queue.now + FIRST_MS);
  }

  /**
   * Reads everything again when it is time; `isWanted`: there is something to hear of, `isUndecided`: and
   * somebody has to know soon who has it.
   */
  look(isWanted: boolean, isUndecided: boolean): void {
    const queue = this.#queue;
    if (isUndecided && this.#watches.length > 0 && this.#listAt < Infinity) {
      this.#listAt = Math.min(this.#listAt, this.#readAt + UNDECIDED_MS);
    }
    if (!isWanted || queue.isBusy("places heard") || !queue.isDue(this.#listAt)) return;
    this.#listAt = Infinity;
    this.#list(wantedRange(queue.settings.host), (wishes) => {
      this.#list(grantedRange(), (given) => this.#listed(wishes, given));
    });
  }

  #list(range: KeyRange, then: (page: RangePage) => void): void {
    const options = { deadlineMs: DEADLINE_MS };
    this.#queue.call(
      "places heard",
      { type: "list", range },
      options,
      (result: Result<RangePage>) => {
        if (result.ok) then(result.value);
        else this.#failed();
      },
    );
  }

  /** Nobody is to know soon so much that a store which cannot answer is asked without a pause. */
  #failed(): void {
    this.#listAt = this.#queue.now + RETRY_MS;
    this.#readAt = this.#listAt - UNDECIDED_MS;
  }

  #listed(wishes: RangePage, given: RangePage): void {
    const { host } = this.#queue.settings;
    for (const watch of this.#watches) this.#queue.unwatch(watch);
    this.#watch(wishes.revision + 1, given.revision + 1);
    this.#listAt = this.#queue.now + AGAIN_MS;
    this.#readAt = this.#queue.now;
    const wanted = new Map<string, LeaseId | undefined>();
    for (const { key, lease } of wishes.entries) {
      const parsed = parseKey(key);
      if (parsed?.type === "wanted") wanted.set(parsed.id, lease);
    }
    const own = new Set<string>();
    for (const { key } of given.entries) {
      const parsed = parseKey(key);
      if (parsed?.type === "granted" && parsed.host === host) own.add(parsed.id);
    }
    this.#holders = holdersIn(given.entries);
    this.#listener.listed({
      wanted,
      wantedAt: wishes.revision,
      given: own,
      givenAt: given.revision,
    });
  }

  #watch(wantedFrom: number, grantedFrom: number): void {
    const queue = this.#queue;
    const { host } = queue.settings;
    const changed = (changes: readonly KeyChange[]) =>
      changes.forEach((each) => this.#changed(each));
    const broken = () => {
      this.#listAt = Math.min(this.#listAt, queue.now + RETRY_MS);
    };
    this.#watches = [
      queue.watch(wantedRange(host), wantedFrom, { changed, broken }),
      queue.watch(grantedRange(host), grantedFrom, { changed, broken }),
    ];
  }

  #changed({ key, entry, revision }: KeyChange): void {
    const parsed = parseKey(key);
    if (parsed?.type === "granted") {
      if (entry === undefined) this.#listener.taken(parsed.id, revision);
      else this.#listener.given(parsed.id, revision);
    } else if (parsed?.type === "wanted") {
      if (entry === undefined) this.#listener.unwanted(parsed.id, revision);
      else this.#listener.wanted(parsed.id, entry.lease);
    }
  }
}

/** The hosts that hold something, by the names of the semaphores. */
function holdersIn(entries: readonly StoreEntry[]): ReadonlyMap<string, readonly string[]> {
  const holders = new Map<string, string[]>();
  for (const { key, value } of entries) {
    const parsed = parseKey(key);
    const record = read.granted(value);
    if (parsed?.type !== "granted" || record === undefined) continue;
    holders.set(record.name, [...holders.get(record.name) ?? [], parsed.host]);
  }
  return holders;
}
