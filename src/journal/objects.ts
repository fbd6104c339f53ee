/**
 * What the journal says, as objects for programs.
 *
 * @module
 */

import type { RecordedEntry } from "./entry.ts";
import type { History } from "./reader.ts";
import type { WhyChain } from "./why.ts";

/** The version of these objects; it changes when a field changes its meaning or goes. */
const VERSION = 1;

/** What happened. */
export function historyObject({ entries, isCut }: History): object {
  return { version: VERSION, type: "history", isCut, entries: entries.map(entryObject) };
}

/** Why something was done; the last action first. */
export function whyObject({ key, chain, missing }: WhyChain): object {
  return {
    version: VERSION,
    type: "why",
    key,
    chain: chain.map(({ entry, causes }) => ({ ...entryObject(entry), causes })),
    ...(missing === undefined ? {} : { missing }),
  };
}

/** What one entry changed. */
export function diffObject(entry: RecordedEntry, lines: readonly string[]): object {
  return { version: VERSION, type: "diff", entry: entryObject(entry), lines };
}

/** What it takes to take a change back is nobody's affair but mgmt undo's: sums of single lines are in it. */
function entryObject({ atMs, lastMs, run, undo, ...rest }: RecordedEntry): object {
  return {
    ...rest,
    ...(undo === undefined ? {} : { canUndo: undo.things.length > 0 }),
    time: isoTime(atMs),
    ...(lastMs === undefined ? {} : { lastTime: isoTime(lastMs) }),
    ...(run === undefined ? {} : { run }),
  };
}

/** A time that no date has (of a file that somebody else wrote) stays a number. */
function isoTime(atMs: number): string | number {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? atMs : date.toISOString();
}
