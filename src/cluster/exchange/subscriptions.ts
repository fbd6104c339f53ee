/**
 * Follows as little of what is exported as the rules of a graph may take, so that a change wakes only
 * hosts that it may concern: the exports of the hosts that are named, or else of all.
 *
 * @module
 */

import type { Clock } from "../../os/clock.ts";
import type { CollectRule, HostExport } from "../../kind/export.ts";
import { followedRange, isHostName, isInRange, type KeyRange } from "../store/keys.ts";
import type { ExportReader } from "./export_reader.ts";
import type { Store } from "../store/store.ts";
import type { TellExchange } from "./news.ts";
import { Subscriber } from "./subscriber.ts";

/** Each host that is followed by itself is a watch; of more hosts all are followed together. */
const HOSTS_MAX = 16;

export interface SubscriptionsOptions {
  readonly clock: Clock;
  readonly tell: TellExchange;
  readonly reader: ExportReader;
  /** What is exported now, by key; once all lists have come, and after each change. */
  readonly changed: (offers: ReadonlyMap<string, HostExport>) => void;
}

/** What is followed of one range. */
interface HostSubscription {
  readonly range: KeyRange;
  readonly subscriber: Subscriber;
  offers: ReadonlyMap<string, HostExport>;
}

/** The lists that a host needs, as one. */
export class ExportSubscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #parts = new Map<string, HostSubscription>();
  #store: Store | undefined;

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
  }

  /** Whether all lists of the present store have come. */
  get listed(): boolean {
    return [...this.#parts.values()].every(({ subscriber }) => subscriber.listed);
  }

  /** Whether each list has come once. */
  get everListed(): boolean {
    return [...this.#parts.values()].every(({ subscriber }) => subscriber.everListed);
  }

  /** Whether it is not known of all that a rule may take whether it is there. */
  lacks(rule: CollectRule): boolean {
    const parts = [...this.#parts.values()].map(({ subscriber }) => subscriber);
    // The lists count together, once all have come.
    return parts.some((part) => !part.everListed || part.lacks(rule));
  }

  /** Whether a change of this key would be heard. */
  covers(key: string): boolean {
    return [...this.#parts.values()].some(({ range }) => isInRange(range, key));
  }

  /** What the rules may take is followed from now on. */
  follow(rules: readonly CollectRule[]): void {
    const wanted = rangesOf(rules);
    const wasListed = this.listed;
    for (const [from, { subscriber }] of this.#parts) {
      if (wanted.some((range) => range.from === from)) continue;
      subscriber.close();
      this.#parts.delete(from);
    }
    for (const range of wanted) if (!this.#parts.has(range.from)) this.#begin(range);
    // What was still waited for may be wanted no more.
    if (!wasListed) this.#changed();
  }

  /** There is a store, another one, or none. */
  attach(store: Store | undefined): void {
    this.#store = store;
    for (const { subscriber } of this.#parts.values()) subscriber.attach(store);
  }

  /** What was heard may not be what is there now. */
  compare(): void {
    for (const { subscriber } of this.#parts.values()) subscriber.compare();
  }

  close(): void {
    this.attach(undefined);
  }

  #begin(range: KeyRange): void {
    const { clock, tell, reader } = this.#options;
    const changed = (offers: ReadonlyMap<string, HostExport>) => {
      part.offers = offers;
      this.#changed();
    };
    const subscriber = new Subscriber({ range, clock, tell, reader, changed });
    const part: HostSubscription = { range, subscriber, offers: new Map() };
    this.#parts.set(range.from, part);
    subscriber.attach(this.#store);
  }

  #changed(): void {
    if (!this.listed) return;
    const [first, ...others] = [...this.#parts.values()].map(({ offers }) => offers);
    if (first === undefined) return;
    const all = others.length === 0
      ? first
      : new Map([first, ...others].flatMap((offers) => [...offers]));
    this.#options.changed(all);
  }
}

/** Ranges that hold all that the rules may take. */
function rangesOf(rules: readonly CollectRule[]): readonly KeyRange[] {
  const hosts = new Set(rules.map(({ host }) => host));
  const named = [...hosts].filter((host) => host !== undefined && isHostName(host));
  if (rules.length === 0) return [];
  if (named.length < hosts.size || named.length > HOSTS_MAX) return [followedRange()];
  return named.map((host) => followedRange(host));
}
