/**
 * Follows what hosts export.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import type { Failure } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import { type CollectRule, type ExportName, type HostExport, isMeant } from "../../kind/export.ts";
import type { ExportReader } from "./export_reader.ts";
import { Follower } from "./follower.ts";
import type { TellExchange } from "./news.ts";
import { type KeyRange, parseKey } from "../store/keys.ts";
import type { KeyChange, Store, StoreEntry } from "../store/store.ts";

export interface SubscriberOptions {
  readonly range: KeyRange;
  readonly clock: Clock;
  /** What is exported now, by key; after the first list, and after each change. */
  readonly changed: (offers: ReadonlyMap<string, HostExport>) => void;
  readonly tell: TellExchange;
  /** Reads values, and is told of all that is read. */
  readonly reader: ExportReader;
}

/** A list of a range of exports that is kept up to date. */
export class Subscriber {
  readonly #options: SubscriberOptions;
  readonly #follower: Follower;
  #offers = new Map<string, HostExport>();
  #full = false;
  /** Why no list came, as people were told. */
  #saidRefused: string | undefined;
  /** Whose exports cannot be read, by key. */
  readonly #unreadable = new Map<string, ExportName>();

  constructor(options: SubscriberOptions) {
    this.#options = options;
    const { range, clock } = options;
    this.#follower = new Follower({
      range,
      clock,
      listed: (entries) => this.#list(entries),
      changed: (changes) => this.#apply(changes),
      failed: (failure) => this.#tellRefused(failure),
    });
  }

  /** Whether the list of the present store has come. */
  get listed(): boolean {
    return this.#follower.listed;
  }

  /** Whether any list has come: what was listed counts until something else is. */
  get everListed(): boolean {
    return this.#follower.everListed;
  }

  /** Whether there is, or may be, an export that a rule is about and that is not in the list. */
  lacks(rule: CollectRule): boolean {
    return !this.everListed || this.#full ||
      [...this.#unreadable.values()].some((name) => isMeant(rule, name));
  }

  /** There is a store, another one, or none. */
  attach(store: Store | undefined): void {
    this.#follower.attach(store);
  }

  /** Lists again: what was heard may not be what is there now. */
  compare(): void {
    this.#follower.compare();
  }

  close(): void {
    this.#follower.close();
  }

  /** That nobody answers is said elsewhere; what is wrong with the list nobody else knows. */
  #tellRefused(failure: Failure): void {
    const { code } = failure;
    if (!["refused", "too-large"].includes(code ?? "") || this.#saidRefused === code) return;
    this.#saidRefused = code;
    this.#options.tell({ what: "exports-unknown", failure });
  }

  #list(entries: readonly StoreEntry[]): void {
    this.#saidRefused = undefined;
    this.#options.reader.begin(this.#options.range);
    const before = this.#offers;
    this.#offers = new Map();
    this.#full = false;
    this.#unreadable.clear();
    for (const { key, value } of entries) this.#put(key, value, before.get(key));
    this.#options.changed(this.#offers);
  }

  #apply(changes: readonly KeyChange[]): void {
    this.#offers = new Map(this.#offers);
    for (const { key, entry } of changes) {
      this.#unreadable.delete(key);
      if (entry === undefined) {
        this.#offers.delete(key);
        this.#options.reader.gone(key);
      } else this.#put(key, entry.value, this.#offers.get(key));
    }
    this.#options.changed(this.#offers);
  }

  /** What is as it was stays the same object, so that nobody takes a break for a change. */
  #put(key: string, value: string, before: HostExport | undefined): void {
    const read = this.#options.reader.read(key, value);
    if (read === undefined) return;
    if (read === "left-out") {
      this.#offers.delete(key);
      const name = parseKey(key);
      if (name?.type === "exported") this.#unreadable.set(key, name);
      return;
    }
    const isAsBefore = before !== undefined && JSON.stringify(before) === JSON.stringify(read);
    const offer = isAsBefore ? before : read;
    // Which of them are taken depends on what is wanted (`share.ts`).
    if (this.#offers.size >= LIMITS.storeEntries && !this.#offers.has(key)) {
      if (!this.#full) {
        this.#options.tell({ what: "too-many-exports", most: LIMITS.storeEntries });
      }
      this.#full = true;
      return;
    }
    this.#offers.set(key, offer);
  }
}
