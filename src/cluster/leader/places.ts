/**
 * The semaphores of the fleet as the leader sees them, and what it does about them. Pure.
 *
 * Hosts want places (`wanted/HOST/ID`, with their lease), the leader gives them (`granted/HOST/ID`):
 * to those who asked first, by the create revisions of their keys, so that the next leader goes on in
 * the same order. A place is free again when its wish is gone: because the host is done, or with its
 * lease. Where hosts say different sizes the smallest counts.
 *
 * @module
 */

import { type ParsedKey, parseKey } from "../store/keys.ts";
import { read } from "../store/records.ts";
import type { StoreEntry } from "../store/store.ts";

/** A place that a host wants. */
export interface PlaceWanted {
  readonly host: string;
  readonly id: string;
  readonly name: string;
  readonly size: number;
  /** The key of the resource it is for. */
  readonly resource: string;
  /** The revision at which it was wanted. */
  readonly since: number;
}

/** All places that are wanted and given. */
export interface PlaceTable {
  /** Wishes, first come first. */
  readonly wishes: readonly PlaceWanted[];
  /** What was given, by `HOST/ID`; a place whose wish is gone is free again. */
  readonly given: ReadonlyMap<string, { readonly host: string; readonly id: string }>;
  /** Keys of wishes that are there, also those that cannot be read, or no host has written. */
  readonly there: ReadonlySet<string>;
  /** What no host has written. */
  readonly strange: readonly StoreEntry[];
}

/** One thing the leader does. */
export type PlaceStep =
  | { readonly type: "give"; readonly wish: PlaceWanted }
  | { readonly type: "take"; readonly host: string; readonly id: string }
  | { readonly type: "clear"; readonly entry: StoreEntry };

/** A semaphore, for people. */
export interface FleetSemaphore {
  readonly name: string;
  /** How many may hold it now. */
  readonly size: number;
  /** What each host says, where that is not the same. */
  readonly sizes: readonly { readonly host: string; readonly size: number }[];
  readonly holders: readonly PlaceHolder[];
  /** In the order of their turns. */
  readonly waiters: readonly PlaceHolder[];
}

/** Who holds a place, or waits for one. */
export interface PlaceHolder {
  readonly host: string;
  readonly resource: string;
}

type PlaceKey = ParsedKey & { readonly type: "wanted" | "granted" };

/** Steps of one transaction; the rest follows. */
export const MOST_STEPS = 40;

/** Reads what is there. */
export function readPlaces(entries: readonly StoreEntry[]): PlaceTable {
  const wishes: PlaceWanted[] = [];
  const given = new Map<string, { host: string; id: string }>();
  const granted = new Map<string, { name: string; size: number } | undefined>();
  const there = new Set<string>();
  const strange: StoreEntry[] = [];
  for (const entry of entries) {
    const parsed = parseKey(entry.key);
    if (!isPlace(parsed)) continue;
    const { host, id } = parsed;
    const at = `${host}/${id}`;
    if (parsed.type === "granted") {
      given.set(at, { host, id });
      granted.set(at, read.granted(entry.value));
      continue;
    }
    there.add(at);
    const record = read.wanted(entry.value);
    if (entry.lease === undefined) strange.push(entry);
    else if (record !== undefined) {
      wishes.push({ host, id, ...record, since: entry.createRevision });
    }
  }
  // Whoever spoils a wish by hand must not have its place given twice. Nor can it be taken together
  // with a wish that goes: only one that is gone already frees its place.
  for (const at of there) {
    const place = given.get(at);
    const record = granted.get(at);
    if (place === undefined || record === undefined) continue;
    if (wishes.some((wish) => `${wish.host}/${wish.id}` === at)) continue;
    wishes.push({ ...place, ...record, resource: "", since: 0 });
  }
  return { wishes: wishes.sort(byTurn), given, there, strange };
}

function isPlace(parsed: ParsedKey | undefined): parsed is PlaceKey {
  return parsed?.type === "wanted" || parsed?.type === "granted";
}

function byTurn(one: PlaceWanted, other: PlaceWanted): number {
  if (one.since !== other.since) return one.since - other.since;
  return placeOf(one) < placeOf(other) ? -1 : 1;
}

function placeOf({ host, id }: { readonly host: string; readonly id: string }): string {
  return `${host}/${id}`;
}

/** What is to be done now, all of it at once; nothing: all is as it should be. */
export function placeSteps(places: PlaceTable): readonly PlaceStep[] {
  const { given, there, strange } = places;
  const steps: PlaceStep[] = strange.map((entry) => ({ type: "clear", entry }));
  for (const [at, { host, id }] of given) {
    if (!there.has(at)) steps.push({ type: "take", host, id });
  }
  for (const [, wishes] of byName(places)) {
    const waiting = wishes.filter((wish) => !given.has(placeOf(wish)));
    const free = sizeOf(wishes) - (wishes.length - waiting.length);
    for (const wish of waiting.slice(0, Math.max(0, free))) steps.push({ type: "give", wish });
  }
  // Places that are taken come first: who is given one may need it.
  return steps.slice(0, MOST_STEPS);
}

/** All semaphores by their names. */
export function semaphoresOf(places: PlaceTable): readonly FleetSemaphore[] {
  return [...byName(places)].map(([name, wishes]) => {
    const holds = (wish: PlaceWanted) => places.given.has(placeOf(wish));
    const size = sizeOf(wishes);
    const differ = wishes.some((wish) => wish.size !== size);
    const sizes = new Map(wishes.map((wish) => [wish.host, wish.size]));
    return {
      name,
      size,
      sizes: differ ? [...sizes].map(([host, each]) => ({ host, size: each })) : [],
      holders: wishes.filter(holds).map(holder),
      waiters: wishes.filter((wish) => !holds(wish)).map(holder),
    };
  }).sort((one, other) => one.name < other.name ? -1 : 1);
}

function holder({ host, resource }: PlaceWanted): PlaceHolder {
  return { host, resource };
}

function byName({ wishes }: PlaceTable): ReadonlyMap<string, readonly PlaceWanted[]> {
  return Map.groupBy(wishes, ({ name }) => name);
}

function sizeOf(wishes: readonly PlaceWanted[]): number {
  return Math.min(...wishes.map(({ size }) => size));
}
