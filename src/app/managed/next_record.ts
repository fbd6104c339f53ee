import { LIMITS } from "../../base/limits.ts";
import { compareTexts } from "../../base/compare.ts";
import type { AnyKind } from "../../kind/kind.ts";
import type { Resource } from "../../kind/resource.ts";
import type { GraphPlace } from "../../lang/load.ts";
import { stateName } from "../../os/state/state_directory.ts";
import {
  type LeftEntry,
  type ManagedEntry,
  type ManagedRecord,
  thingOf,
} from "./managed_record.ts";

/** Enough of a sum to tell lines of one file apart. */
const SUM_DIGITS = 16;

/** A graph in force, as far as it counts here. */
export interface GraphNow {
  readonly source: string;
  /** The time, in ISO 8601. */
  readonly at: string;
  readonly resources: Iterable<Resource>;
  /** Keys of those that other hosts export. */
  readonly collected: ReadonlySet<string>;
  /** All that may be collected is known: what is not there is gone. */
  readonly isComplete: boolean;
  /** What left, and is what it was before it came, by what it is about. */
  readonly reversed?: ReadonlySet<string>;
  /** Where those of the graph's own files stand. */
  readonly places: ReadonlyMap<string, GraphPlace>;
}

/** From the record before, if there is one, to that of a graph which is in force now. */
export function nextRecord(before: ManagedRecord | undefined, now: GraphNow): ManagedRecord {
  const known = new Map<string, ManagedEntry>();
  for (const entry of before?.orphans ?? []) known.set(thingOf(entry), entry);
  for (const entry of before?.entries ?? []) known.set(thingOf(entry), entry);
  const entries: ManagedEntry[] = [];
  // Also what leaves nothing: what is to be absent is managed.
  const present = new Set<string>();
  for (const resource of now.resources) {
    const { kind, name, params, meta } = resource;
    if (kind.remains === undefined) continue;
    const identity = keptIdentity(kind, params);
    const thing = thingOf({ kind: kind.kind, identity });
    present.add(thing);
    const remains = kind.remains(params);
    const earlier = known.get(thing);
    // What is only looked at was never changed, unless it was before.
    if (remains === undefined || (meta.noop && earlier === undefined)) continue;
    const since = earlier?.since ?? now.at;
    entries.push({ kind: kind.kind, name, identity, remains, since, ...placeOf(resource, now) });
  }
  const gone = (before?.entries ?? []).filter((entry) => !present.has(thingOf(entry)));
  // What was collected stays until it is known that nobody offers it.
  const waiting = now.isComplete ? [] : gone.filter(({ host }) => host !== undefined);
  const isLeft = (entry: ManagedEntry) =>
    !waiting.includes(entry) && now.reversed?.has(thingOf(entry)) !== true;
  const left = gone.filter(isLeft)
    .map((entry): LeftEntry => ({ ...entry, left: now.at }));
  const still = (before?.orphans ?? []).filter((entry) => !present.has(thingOf(entry)));
  return {
    source: now.source,
    at: now.at,
    entries: [...entries, ...waiting],
    orphans: [...still, ...left].sort((a, b) => compareTexts(a.left, b.left))
      .slice(-LIMITS.orphans),
  };
}

/** What tells it from others; of what is in a file, which others may not read, only a sum. */
export function keptIdentity(kind: AnyKind, params: unknown): string {
  const identity = kind.identity(params);
  if (kind.identityHasContent !== true) return identity;
  const end = identity.indexOf(": ");
  return `${identity.slice(0, end)}: ${stateName(identity).slice(0, SUM_DIGITS)}`;
}

function placeOf(
  { key, name }: Resource,
  { collected, places }: GraphNow,
): Pick<ManagedEntry, "file" | "line" | "host"> {
  if (collected.has(key)) return { host: name.slice(0, name.indexOf("/")) };
  const place = places.get(key);
  return place === undefined ? {} : { file: place.path, line: place.line };
}
