/**
 * Follows a range of the store: one list, then every change, again from the start after a break.
 *
 * @module
 */

import { type Backoff, createBackoff } from "../../base/backoff.ts";
import type { Failure } from "../../base/result.ts";
import type { Clock, Timer } from "../../os/clock.ts";
import type { KeyRange } from "../store/keys.ts";
import {
  type KeyChange,
  listAll,
  type Store,
  type StoreEntry,
  type StoreWatch,
} from "../store/store.ts";

const DEADLINE_MS = 5000;
const PAGE = 500;
const RETRY = { firstMs: 50, lastMs: 5000, factor: 2 };

export interface FollowerOptions {
  readonly range: KeyRange;
  readonly clock: Clock;
  /** All that is there now. */
  readonly listed: (entries: readonly StoreEntry[]) => void;
  /** What has changed since. */
  readonly changed: (changes: readonly KeyChange[]) => void;
  /** Why no list came; it is asked for again. */
  readonly failed?: (failure: Failure) => void;
}

/** What is known of a range, kept up to date. */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #backoff: Backoff = createBackoff(RETRY);
  #store: Store | undefined;
  #watch: StoreWatch | undefined;
  #again: Timer | undefined;
  /** Counts stores and lists; what an older one says does not count. */
  #turn = 0;
  #listed = false;
  #everListed = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Whether the list of the present store has come. */
  get listed(): boolean {
    return this.#listed;
  }

  /** Whether any list has come: what was listed counts until something else is. */
  get everListed(): boolean {
    return this.#everListed;
  }

  /** There is a store, another one, or none. */
  attach(store: Store | undefined): void {
    this.#store = store;
    this.#listed = false;
    this.compare();
  }

  /** Lists again: what was heard may not be what is there now. */
  compare(): void {
    this.#turn++;
    this.#watch?.close();
    this.#watch = undefined;
    this.#again?.cancel();
    this.#backoff.reset();
    if (this.#store !== undefined) void this.#list(this.#store, this.#turn);
  }

  close(): void {
    this.attach(undefined);
  }

  async #list(store: Store, turn: number): Promise<void> {
    const { range, listed, changed, failed } = this.#options;
    const found = await listAll(store, range, { deadlineMs: DEADLINE_MS, limit: PAGE });
    if (turn !== this.#turn) return;
    if (!found.ok) {
      failed?.(found.failure);
      return this.#listAgain(store, turn);
    }
    this.#backoff.reset();
    this.#listed = true;
    this.#everListed = true;
    this.#watch = store.watch(range, found.value.revision + 1, {
      changed: (changes) => {
        if (turn === this.#turn) changed(changes);
      },
      broken: () => {
        if (turn === this.#turn) this.#listAgain(store, turn);
      },
    });
    listed(found.value.entries);
  }

  #listAgain(store: Store, turn: number): void {
    this.#watch = undefined;
    this.#again = this.#options.clock.after(this.#backoff.next(), () => {
      if (turn === this.#turn) void this.#list(store, turn);
    });
  }
}
