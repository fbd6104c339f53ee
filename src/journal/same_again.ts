/**
 * Whether what happens is the same again: then it is counted in the entry that there is.
 *
 * @module
 */

import type { Cause } from "../engine/cause.ts";
import type { EntryDetail, EntryType, NewEntry } from "./entry.ts";

/** The same again within so long is counted in the entry that there is. */
const SAME_AGAIN_MS = 60_000;
/** So many entries of one resource in that time; what comes then is counted, too. */
const ENTRIES_OF_ONE = 30;
/** Others that are remembered as the cause of one entry. */
const CAUSING_MAX = 50;
const SIGNATURE_MAX = 400;

/** The last entry of a resource. */
export interface LastEntry {
  readonly entry: NewEntry;
  readonly signature: string;
  /** The last entries of those that caused it. */
  readonly causing: readonly (NewEntry | undefined)[];
  /** Since when entries are counted, and how many there were. */
  readonly sinceMs: number;
  readonly count: number;
}

/** Since when its entries are counted, with the one that comes now. */
export function countedFrom(
  last: LastEntry | undefined,
  nowMs: number,
): Pick<LastEntry, "sinceMs" | "count"> {
  const isRecent = last !== undefined && Math.abs(nowMs - last.sinceMs) < SAME_AGAIN_MS;
  return isRecent ? { sinceMs: last.sinceMs, count: last.count + 1 } : { sinceMs: nowMs, count: 1 };
}

/** Whether something is no entry of its own: one resource must not push out what others did. */
export function isSameAgain(
  last: LastEntry,
  { type, detail, signature, causing, nowMs }: Pick<LastEntry, "signature" | "causing"> & {
    readonly type: EntryType;
    readonly detail: EntryDetail;
    readonly nowMs: number;
  },
): boolean {
  if (last.entry.type !== type) return false;
  const isSoon = Math.abs(nowMs - last.entry.lastMs) < SAME_AGAIN_MS;
  // Another entry of what caused it is another story.
  const isSame = signature === last.signature &&
    causing.every((entry, index) => entry === last.causing[index]);
  if (isSame) return isSoon || type === "failed" || detail.worldless === true;
  return isSoon && countedFrom(last, nowMs).count > ENTRIES_OF_ONE;
}

/** What tells whether the same has happened again, for the same cause. */
export function signatureOf(
  type: EntryType,
  { reason, failure, difference, causes = [] }: EntryDetail,
) {
  const because = causes.map((cause) =>
    cause.type === "event"
      ? `${cause.what}@${cause.who?.program}`
      : `${cause.type} ${keysIn(cause).join(" ")}`
  );
  const lines = difference?.join("\n") ?? "";
  const what = `${type}|${because}|${reason}|${failure?.code}|${failure?.message}`;
  return `${what}|${lines.length}|${lines}`.slice(0, SIGNATURE_MAX);
}

/** Keys of the resources that a cause is about. */
function keysIn(cause: Cause): readonly string[] {
  switch (cause.type) {
    case "refresh":
      return cause.by;
    case "dependency":
      return [cause.key];
    case "freed":
      return [cause.by];
    default:
      return [];
  }
}

/** Keys of the others that caused it, in an order of their own. */
export function causingKeys(
  { causes = [], askedBy = [] }: EntryDetail,
  key: string,
): readonly string[] {
  const keys = new Set([...askedBy, ...causes.flatMap(keysIn)].slice(0, CAUSING_MAX));
  keys.delete(key);
  return [...keys].sort();
}
