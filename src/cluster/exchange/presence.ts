/**
 * Which of the other hosts are there: what `collect` needs to know where it takes only of those.
 *
 * A host is there as long as it says so (`live/HOST`). What was taken of it is let go only when it
 * has been gone for the time of grace, counted here by the monotonic clock, and the store has just
 * been read: who cannot ask takes nobody for gone. Of a host that was never seen there nothing is
 * taken before it is.
 *
 * @module
 */

import type { Clock, Timer } from "../../os/clock.ts";
import type { HostExport } from "../../kind/export.ts";
import { Follower } from "./follower.ts";
import { liveKey, parseKey, prefixRange } from "../store/keys.ts";
import type { KeyChange, Store, StoreEntry } from "../store/store.ts";

export interface PresenceOptions {
  readonly clock: Clock;
  /** Hosts that counted as gone when that was known last, and for how many seconds at least. */
  readonly gone: ReadonlyMap<string, number>;
  /** Another host counts as gone, or as there again. */
  readonly changed: () => void;
}

/** Who is there, and who has been gone for how long. */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #follower: Follower;
  #store: Store | undefined;
  /** The times of grace that somebody asks for, in seconds, rising; none: nobody is followed. */
  #graces: readonly number[] = [];
  #live = new Set<string>();
  /** Hosts that have been there, or of which something is in use. */
  #known = new Set<string>();
  /** Since when they are gone. */
  #goneAtMs = new Map<string, number>();
  /** The longest grace that is over, by host. */
  #over: ReadonlyMap<string, number>;
  #timer: Timer | undefined;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#over = options.gone;
    this.#follower = new Follower({
      range: prefixRange(liveKey("")),
      clock: options.clock,
      listed: (entries) => this.#listed(entries),
      changed: (changes) => this.#heard(changes),
    });
  }

  /** Whether who is there is asked for, and was not heard since the start. */
  get lacks(): boolean {
    return this.#graces.length > 0 && !this.#follower.everListed;
  }

  /** Whether a first answer is still waited for. */
  get pending(): boolean {
    return this.#graces.length > 0 && !this.#follower.listed;
  }

  /** The hosts that are there, or were less than so many seconds ago. */
  present(graceSeconds: number): readonly string[] {
    return [...this.#known].filter((host) => (this.goneSeconds(host) ?? 0) < graceSeconds);
  }

  /** For how many seconds a host has been gone at least; undefined: it counts as there. */
  goneSeconds(host: string): number | undefined {
    const longest = this.#graces.at(-1);
    if (longest === undefined || this.#live.has(host)) return undefined;
    return this.#over.get(host) ?? (this.#known.has(host) ? undefined : longest);
  }

  /** The offer, with how long its host has been gone. */
  dated(offer: HostExport): HostExport {
    const goneSeconds = this.goneSeconds(offer.host);
    return goneSeconds === undefined ? offer : { ...offer, goneSeconds };
  }

  /** The hosts of those offers that are gone, and for how long. */
  goneOf(offers: Iterable<HostExport>): Readonly<Record<string, number>> {
    const hosts = new Set([...offers].map(({ host }) => host));
    const gone = [...hosts].toSorted().map((host) => [host, this.goneSeconds(host)]);
    return Object.fromEntries(gone.filter(([, seconds]) => seconds !== undefined));
  }

  /** These times of grace matter from now on; of those hosts something is in use. */
  follow(graces: readonly number[], inUse: Iterable<string>): void {
    const isNew = this.#graces.length === 0;
    this.#graces = [...new Set(graces)].toSorted((a, b) => a - b);
    if (this.#graces.length === 0) {
      this.#follower.close();
      return this.#timer?.cancel();
    }
    if (!isNew) return this.#wait();
    for (const host of inUse) if (!this.#over.has(host)) this.#known.add(host);
    this.#follower.attach(this.#store);
  }

  /** There is a store, another one, or none. */
  attach(store: Store | undefined): void {
    this.#store = store;
    if (this.#graces.length > 0) this.#follower.attach(store);
  }

  /** The store may have gone back to something older. */
  compare(): void {
    if (this.#graces.length > 0) this.#follower.compare();
  }

  close(): void {
    this.#timer?.cancel();
    this.#follower.close();
  }

  #listed(entries: readonly StoreEntry[]): void {
    this.#live = new Set(entries.flatMap((entry) => hostOf(entry.key, entry) ?? []));
    this.#see();
    const nowMs = this.#options.clock.nowMs();
    const over = new Map<string, number>();
    for (const [host, sinceMs] of this.#goneAtMs) {
      const grace = this.#graces.findLast((each) => nowMs - sinceMs >= each * 1000);
      if (grace !== undefined) over.set(host, grace);
      if (grace !== this.#graces.at(-1)) continue;
      // Nothing more can be over: it is as one that was never there.
      this.#known.delete(host);
      this.#goneAtMs.delete(host);
    }
    this.#over = over;
    this.#wait();
    this.#options.changed();
  }

  #heard(changes: readonly KeyChange[]): void {
    for (const { key, entry } of changes) {
      const parsed = parseKey(key);
      if (parsed?.type !== "live") continue;
      if (hostOf(key, entry) === undefined) this.#live.delete(parsed.host);
      else this.#live.add(parsed.host);
    }
    this.#see();
    this.#wait();
    this.#options.changed();
  }

  #see(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const host of this.#live) {
      this.#known.add(host);
      this.#goneAtMs.delete(host);
    }
    for (const host of this.#known) {
      if (!this.#live.has(host) && !this.#goneAtMs.has(host)) this.#goneAtMs.set(host, nowMs);
    }
  }

  /** Reads again as soon as a time of grace is over: only what is read then counts. */
  #wait(): void {
    this.#timer?.cancel();
    const nextMs = Math.min(
      ...[...this.#goneAtMs].flatMap(([host, sinceMs]) => {
        const over = this.#over.get(host) ?? -1;
        const next = this.#graces.find((grace) => grace > over);
        return next === undefined ? [] : sinceMs + next * 1000;
      }),
    );
    if (nextMs === Infinity) return;
    const delayMs = Math.max(0, nextMs - this.#options.clock.nowMs());
    this.#timer = this.#options.clock.after(delayMs, () => this.#follower.compare());
  }
}

/** A host that is there: what has no lease is nobody's. */
function hostOf(key: string, entry: StoreEntry | undefined): string | undefined {
  const parsed = parseKey(key);
  return parsed?.type === "live" && entry?.lease !== undefined ? parsed.host : undefined;
}
