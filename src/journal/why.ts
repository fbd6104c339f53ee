/**
 * Why something was done: from the last action on a resource to what caused it, as far as that is known.
 *
 * @module
 */

import type { Cause } from "../engine/cause.ts";
import type { RecordedEntry } from "./entry.ts";
import type { JournalReader } from "./reader.ts";

/** One action, and the causes of it that are known. */
export interface Link {
  readonly entry: RecordedEntry;
  readonly causes: readonly Cause[];
}

/** The last action first. */
export interface WhyChain {
  readonly key: string;
  readonly chain: readonly Link[];
  /** A cause whose own entry is not there: it is older than the journal, or changed nothing. */
  readonly missing?: string;
}

/** Links of a chain: nobody reads more. */
const LONGEST = 20;

/** Explains the last action on a resource; an empty chain: there was none. */
export function explain(reader: JournalReader, key: string): WhyChain {
  const chain: Link[] = [];
  let entry = reader.last(key);
  let cause: string | undefined;
  while (entry !== undefined && chain.length < LONGEST) {
    const causes = causesOf(entry);
    chain.push({ entry, causes });
    if (waitedForHold(entry, causes)) {
      // What had happened meanwhile is told by the entry of its being held.
      cause = undefined;
      entry = reader.last(entry.key, { beforeId: entry.id, types: ["held"] });
      continue;
    }
    if (isHeldByUndo(entry)) {
      // Who took it back, and held it so, is told by the entry of that.
      cause = undefined;
      entry = reader.last(entry.key, { beforeId: entry.id, types: ["undone"] });
      continue;
    }
    cause = causingKey(entry, causes);
    if (cause === undefined) return { key, chain };
    entry = causingEntry(reader, cause, chain);
  }
  return cause === undefined || entry !== undefined
    ? { key, chain }
    : { key, chain, missing: cause };
}

/** The entry of what caused the last one: of what happened several times, the one before its last time. */
function causingEntry(
  reader: JournalReader,
  key: string,
  chain: readonly Link[],
): RecordedEntry | undefined {
  const { lastMs: untilMs } = chain.at(-1)!.entry;
  const last = untilMs === undefined ? undefined : reader.last(key, { untilMs });
  const isNew = last !== undefined && !chain.some(({ entry }) => entry.id === last.id);
  // Each is told once.
  return isNew ? last : reader.last(key, { beforeId: Math.min(...chain.map(idOf)) });
}

function idOf({ entry }: Link): number {
  return entry.id;
}

/** What is said of a refresh by whoever asked for it is a cause, too. */
function causesOf({ causes = [], askedBy = [] }: RecordedEntry): readonly Cause[] {
  const isKnown = askedBy.length === 0 || causes.some(({ type }) => type === "refresh");
  return isKnown ? causes : [{ type: "refresh", by: askedBy }, ...causes];
}

function isHeldByUndo(
  entry: RecordedEntry,
): entry is RecordedEntry & { readonly key: string } {
  return entry.type === "held" && entry.key !== undefined && entry.hold?.undo === true;
}

function waitedForHold(
  entry: RecordedEntry,
  causes: readonly Cause[],
): entry is RecordedEntry & { readonly key: string } {
  return entry.key !== undefined && entry.type !== "refreshed" &&
    causes.some(({ type }) => type === "hold-ended");
}

/** The resource of this graph that caused an action, where one did. */
function causingKey({ type, key }: RecordedEntry, causes: readonly Cause[]): string | undefined {
  const refresh = causes.find((cause) => cause.type === "refresh");
  if (type === "refreshed") return refresh?.by.at(-1);
  // What was seen to happen is where a chain begins.
  if (causes.some((cause) => cause.type === "event")) return undefined;
  for (const cause of causes) {
    const by = cause.type === "dependency"
      ? cause.key
      : cause.type === "freed"
      ? cause.by
      : undefined;
    if (by !== undefined && by !== key) return by;
  }
  return undefined;
}
