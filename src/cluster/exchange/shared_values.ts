/**
 * What the hosts of a cluster share with each other, as a program of this host reads it: values by
 * their names, and the hosts with their labels. Not known is not empty: what was known last, also by an
 * earlier run, counts until the cluster says something else.
 *
 * @module
 */

import type { InputReading, InputSource, JsonValue } from "../../base/input.ts";
import { isJsonObject } from "../../base/json.ts";
import { LIMITS } from "../../base/limits.ts";
import type { CollectRule, Export, HostExport } from "../../kind/export.ts";
import {
  ABOUT_KEY,
  isReservedKey,
  VALUE_KIND,
  valueExport,
  valueOf,
  valueRule,
} from "../../kind/shared_value.ts";
import type { Clock, Timer } from "../../os/clock.ts";
import type { TellExchange } from "./news.ts";
import { RESTLESS, RestlessTally } from "./share_brake.ts";

/** A host that is silent counts as there for so long: it may only start again. */
export const HOST_GRACE_SECONDS = 60;

/** Changes that come together are heard of as one, so fewer are enough here. */
const HEARD_RESTLESS = RESTLESS.changes - 6;

/** What is kept of it between runs. */
export interface KnownValues {
  /** The names of which it was known who shares what. */
  readonly keys: readonly string[];
  /** What others shared by those names. */
  readonly others: readonly HostExport[];
  readonly own: readonly Export[];
  /** Hosts that were there, where that was asked for. */
  readonly hosts?: readonly string[];
}

/** Who is there, as far as that is followed. */
export interface HostsThere {
  /** Nothing was heard of it since the start. */
  readonly lacks: boolean;
  /** Who is there, or was less than that long ago. */
  present(graceSeconds: number): Iterable<string>;
}

/** Who gets what is read from the cluster. */
export interface ValuesFollower {
  /** Something else is read. */
  followed(): void;
  /** This host says something else of itself. */
  said(): void;
}

/** What is known of one name. */
interface ReadValue {
  state: "unknown" | "remembered" | "waited" | "heard";
  offers: ReadonlyMap<string, HostExport>;
  /** Ends the waiting for a first word of it. */
  timer?: Timer;
  readonly tallies: Map<string, RestlessTally>;
}

export interface SharedValuesOptions {
  /** The name of this host. */
  readonly host: string;
  readonly clock: Clock;
  /** How long the cluster is waited for before a program goes on without it. */
  readonly waitMs: number;
  readonly tell: TellExchange;
  /** Something is read: it is time to look for the others. */
  readonly wanted: () => void;
}

/** The values that others share, and this host. */
export class SharedValues implements InputSource {
  readonly #options: SharedValuesOptions;
  readonly #read = new Map<string, ReadValue>();
  readonly #listeners = new Set<() => void>();
  #listener: ValuesFollower | undefined;
  #known: KnownValues | undefined;
  #own: readonly Export[] | undefined;
  /** What this host says of itself, by reserved names; undefined: it is not known what it says now. */
  readonly #about = new Map<string, JsonValue | undefined>();
  #hosts: readonly string[] | undefined;
  #isAlone = false;

  constructor(options: SharedValuesOptions) {
    this.#options = options;
  }

  /** `["values", NAME]`: host → value; `["hosts"]`: host → `{labels, live}`; deeper: inside of these. */
  read([what = "", ...path]: readonly string[]): InputReading {
    const [key, ...rest] = what === "hosts" ? [ABOUT_KEY, ...path] : path;
    if (key === undefined || (what !== "hosts" && what !== "values")) return absent();
    const value = this.#valueOf(key);
    if (value === undefined) {
      return { isKnown: false, why: `a host reads at most ${LIMITS.readValues} names` };
    }
    const isListed = what === "values" || this.#hosts !== undefined || value.state === "waited";
    if (!this.#isAlone && (value.state === "unknown" || !isListed)) {
      const asked = what === "hosts" ? "which hosts there are" : `what hosts share as ${key}`;
      return { isKnown: false, why: `the cluster has not said yet ${asked}` };
    }
    const found = what === "hosts" ? this.#hostsOf(value) : this.#valuesOf(key, value);
    return { isKnown: true, value: inside(found, rest) };
  }

  watch(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => void this.#listeners.delete(changed);
  }

  /** Only what is at these paths is read from now on; what was known of the rest is remembered. */
  keep(paths: readonly (readonly string[])[]): void {
    const keys = new Set(paths.map(([what, key]) => what === "hosts" ? ABOUT_KEY : key));
    const gone = this.keys.filter((key) => !keys.has(key));
    if (gone.length === 0) return;
    this.#known = this.stored;
    for (const key of gone) {
      this.#read.get(key)?.timer?.cancel();
      this.#read.delete(key);
    }
    this.#listener?.followed();
  }

  /** These will be shared by the graph that is about to come. */
  shares(values: readonly { readonly name: string; readonly value: JsonValue }[]): void {
    this.own(values.map(({ name, value }) => valueExport(name, value)));
  }

  /** The run is over: nothing is waited for, and nobody is told of anything. */
  close(): void {
    this.#listeners.clear();
    for (const { timer } of this.#read.values()) timer?.cancel();
  }

  /** The names that are read. */
  get keys(): readonly string[] {
    return [...this.#read.keys()];
  }

  /** Whether it is asked which hosts there are. */
  get readsHosts(): boolean {
    return this.#read.has(ABOUT_KEY);
  }

  /** What of the others' exports is read. */
  get rules(): readonly CollectRule[] {
    return this.keys.map(valueRule);
  }

  /** What this host says of itself, beside what its graph shares. */
  get aboutExports(): readonly Export[] {
    const last = this.#known?.own ?? [];
    return [...this.#about].flatMap(([key, value]) =>
      value === undefined ? last.filter(({ name }) => name === key) : [valueExport(key, value)]
    );
  }

  /** What it says of itself by that name is not known: what it said last stays. */
  aboutNotKnown(key: string): void {
    this.#about.set(key, undefined);
  }

  /** It says something else of itself by that name from now on. */
  about(key: string, value: JsonValue): void {
    if (JSON.stringify(value) === JSON.stringify(this.#about.get(key))) return;
    this.#about.set(key, value);
    this.#listener?.said();
    this.#changed();
  }

  /** Who follows what is read, and what was known when it ended last; undefined: nobody. */
  attach(follower: ValuesFollower | undefined, known?: KnownValues): void {
    this.#listener = follower;
    if (follower === undefined) return;
    this.#isAlone = false;
    this.#known = known;
    this.#hosts ??= known?.hosts;
    for (const [key, value] of this.#read) this.#remember(key, value);
    this.#changed();
  }

  /** There is no cluster: what this host shares itself is all. */
  alone(): void {
    this.#isAlone = true;
    for (const value of this.#read.values()) value.offers = new Map();
    this.#known = undefined;
    this.#changed();
  }

  /** What this host shares. */
  own(offers: readonly Export[]): void {
    this.#own = offers.filter(({ kind }) => kind === VALUE_KIND);
    this.#changed();
  }

  /** All that is exported and may be read here. */
  heard(offers: Iterable<HostExport>): void {
    const byKey = new Map<string, Map<string, HostExport>>();
    for (const offer of offers) {
      if (offer.kind !== VALUE_KIND || !this.#read.has(offer.name)) continue;
      const hosts = byKey.get(offer.name) ?? new Map();
      byKey.set(offer.name, hosts.set(offer.host, offer));
    }
    let isOther = false;
    for (const [key, value] of this.#read) {
      const now = byKey.get(key) ?? new Map();
      isOther ||= value.state !== "heard" || !isSame(value.offers, now);
      if (value.state === "heard") this.#count(key, value, now);
      value.state = "heard";
      value.offers = now;
    }
    if (isOther) this.#changed();
  }

  /** Who is there. */
  seen(there: HostsThere): void {
    if (there.lacks || !this.readsHosts) return;
    const hosts = [...there.present(HOST_GRACE_SECONDS)].sort();
    if (JSON.stringify(hosts) === JSON.stringify(this.#hosts)) return;
    this.#hosts = hosts;
    this.#changed();
  }

  /** For the next run. */
  get stored(): KnownValues {
    const known = [...this.#read].filter(([, { state }]) => state !== "unknown");
    // Of what this run has not read the next one may still know.
    const unread = this.#known?.keys.filter((key) => !this.#read.has(key))
      .slice(-LIMITS.readValues) ?? [];
    const kept = this.#known?.others.filter(({ name }) => unread.includes(name)) ?? [];
    return {
      keys: [...known.map(([key]) => key), ...unread],
      others: [...known.flatMap(([, { offers }]) => [...offers.values()]), ...kept],
      own: this.#own ?? this.#known?.own ?? [],
      ...(this.#hosts && { hosts: this.#hosts }),
    };
  }

  #valueOf(key: string): ReadValue | undefined {
    const known = this.#read.get(key);
    if (known !== undefined || this.#read.size >= LIMITS.readValues) return known;
    const value: ReadValue = { state: "unknown", offers: new Map(), tallies: new Map() };
    this.#read.set(key, value);
    this.#remember(key, value);
    const { clock, waitMs, wanted } = this.#options;
    value.timer = clock.after(waitMs, () => this.#stopWaiting(key, value));
    wanted();
    this.#listener?.followed();
    return value;
  }

  #remember(key: string, value: ReadValue): void {
    if (value.state !== "unknown" || this.#known?.keys.includes(key) !== true) return;
    value.state = "remembered";
    const others = this.#known.others.filter(({ name }) => name === key);
    value.offers = new Map(others.map((offer) => [offer.host, offer]));
  }

  #stopWaiting(key: string, value: ReadValue): void {
    if (value.state !== "unknown" || this.#read.get(key) !== value || this.#isAlone) return;
    value.state = "waited";
    this.#options.tell({ what: "values-unknown", ...(key === ABOUT_KEY ? {} : { key }) });
    this.#changed();
  }

  #valuesOf(key: string, { offers }: ReadValue): Record<string, JsonValue> {
    const { host } = this.#options;
    const own = isReservedKey(key) ? this.aboutExports : this.#own ?? this.#known?.own ?? [];
    const all = new Map<string, Export>(offers);
    all.delete(host);
    for (const offer of own) if (offer.name === key) all.set(host, offer);
    const found = [...all].map(([each, offer]) => [each, valueOf(offer)] as const);
    return Object.fromEntries(
      found.filter((pair): pair is readonly [string, JsonValue] => pair[1] !== undefined)
        .sort(([one], [other]) => one < other ? -1 : 1),
    );
  }

  #hostsOf(value: ReadValue): Record<string, JsonValue> {
    const { host } = this.#options;
    const about = this.#valuesOf(ABOUT_KEY, value);
    const live = new Set(this.#isAlone ? [host] : [host, ...this.#hosts ?? []]);
    const names = [...new Set([...live, ...Object.keys(about)])].sort();
    return Object.fromEntries(names.map((name) => {
      const said = about[name];
      const labels = isJsonObject(said) && isJsonObject(said["labels"]) ? said["labels"] : {};
      return [name, { labels: labels as JsonValue, live: live.has(name) }];
    }));
  }

  /** Says of values of others that never come to rest that they are read here. */
  #count(key: string, { offers, tallies }: ReadValue, now: ReadonlyMap<string, HostExport>): void {
    const { clock, tell } = this.#options;
    for (const host of new Set([...offers.keys(), ...now.keys()])) {
      if (offers.get(host) === now.get(host) || host === this.#options.host) continue;
      const tally = tallies.get(host) ?? new RestlessTally();
      tallies.set(host, tally);
      if (!tally.note(clock.nowMs(), HEARD_RESTLESS)) continue;
      const shares = (this.#own ?? []).map(({ name }) => name);
      tell({ what: "share-restless", host, key, shares, ...RESTLESS });
    }
  }

  #changed(): void {
    for (const changed of [...this.#listeners]) changed();
  }
}

function absent(): InputReading {
  return { isKnown: true, value: undefined };
}

/** What is deeper inside of a value; undefined: nothing. */
function inside(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let found = value;
  for (const step of path) {
    if (!isJsonObject(found) || !Object.hasOwn(found, step)) return undefined;
    found = found[step] as JsonValue;
  }
  return found;
}

/** What did not change is the same object. */
function isSame(
  one: ReadonlyMap<string, HostExport>,
  other: ReadonlyMap<string, HostExport>,
): boolean {
  return one.size === other.size &&
    [...one].every(([host, offer]) => other.get(host) === offer);
}

/** Whether something from the disk is what `stored` made. */
export function isKnownValues(value: unknown): value is KnownValues {
  const { keys, others, own, hosts } = (value ?? {}) as Partial<KnownValues>;
  return [keys, others, own, hosts ?? []].every((each) => Array.isArray(each));
}
