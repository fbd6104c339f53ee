/**
 * From what the journal knows to what is to be taken back: of each resource the things that were changed,
 * what they were like before the first of the chosen changes, and after the last.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import { count, kindOf, label, nameOf } from "../../base/words.ts";
import type { UndoChoice } from "../../control/undo.ts";
import { idOf, together } from "../../kind/undo_together.ts";
import { differenceOf } from "../../engine/undo_record.ts";
import { CHANGES, type EntryType, type RecordedEntry } from "../../journal/entry.ts";
import type { JournalReader } from "../../journal/reader.ts";
import type { ThingChange } from "../../kind/undo.ts";
import { registry } from "../../resources/registry.ts";
import { meant } from "../journal/meant.ts";
import { nothingDone } from "../journal/nothing_done.ts";

/** What is to be taken back of one resource. */
export interface UndoTarget {
  readonly key: string;
  /** The numbers of the changes. */
  readonly changes: readonly number[];
  /** When the last of them was, and what it was. */
  readonly atMs: number;
  readonly reason: string;
  /** What each thing was like before the first of them and after the last. */
  readonly things: readonly ThingChange[];
  readonly lacks?: string;
  /** Why none of it can be taken back. */
  readonly impossible?: string;
}

/** What may have changed something. */
const CHANGING: readonly EntryType[] = [...CHANGES, "failed", "undone"];
/** Entries that are looked at for one wish. */
const ENTRIES_MOST = 20_000;

/** What a wish means; the last changed comes first. */
export function targetsOf(
  choice: UndoChoice,
  reader: JournalReader,
  prefix: string,
): Result<readonly UndoTarget[]> {
  switch (choice.by) {
    case "change":
      return oneChange(choice.change, reader);
    case "since":
      return allSince(choice.sinceMs, reader);
    case "resource":
      return ofResource(choice, reader, prefix);
  }
}

function oneChange(change: number, reader: JournalReader): Result<readonly UndoTarget[]> {
  const entry = reader.entry(change);
  if (entry === undefined) {
    return fail(`the journal has no change ${change}`, {
      code: "unknown-change",
      hint: "mgmt history --changed shows the numbers of changes",
    });
  }
  const { key } = entry;
  if (key === undefined || !CHANGING.includes(entry.type)) {
    return fail(`entry ${change} of the journal is no change of a resource`, {
      code: "no-change",
      hint: "mgmt history --changed shows the numbers of changes",
    });
  }
  return ok([targetOf(key, [entry], undefined)]);
}

function allSince(sinceMs: number, reader: JournalReader): Result<readonly UndoTarget[]> {
  const { entries, isCut } = reader.history({ sinceMs, limit: ENTRIES_MOST, types: CHANGING });
  if (isCut) {
    return fail(`more than ${count(ENTRIES_MOST, "change")} since then`, {
      code: "too-many",
      hint: "name a later time",
    });
  }
  const byKey = new Map<string, RecordedEntry[]>();
  for (const entry of entries) {
    if (entry.key === undefined || entry.type === "refreshed" || entry.worldless) continue;
    const others = byKey.get(entry.key);
    // What changed last is taken back first: it may depend on what was changed before it.
    byKey.delete(entry.key);
    byKey.set(entry.key, [...others ?? [], entry]);
  }
  return ok([...byKey].reverse().map(([key, all]) => targetOf(key, all, sinceMs)));
}

function ofResource(
  { word, atMs }: UndoChoice & { readonly by: "resource" },
  reader: JournalReader,
  prefix: string,
): Result<readonly UndoTarget[]> {
  const key = meant(word, reader, prefix);
  if (!key.ok) return key;
  if (atMs === undefined) {
    const last = reader.last(key.value, { types: ["changed"] });
    return last === undefined
      ? nothingDone(key.value, reader)
      : ok([targetOf(key.value, [last], undefined)]);
  }
  const { entries } = reader.history({
    key: key.value,
    sinceMs: atMs,
    limit: ENTRIES_MOST,
    types: CHANGING,
  });
  if (entries.length > 0) return ok([targetOf(key.value, entries, atMs)]);
  return fail(`nothing was done to ${label(key.value)} since then: it is as it was`, {
    code: "nothing-done",
  });
}

/** Puts changes of one resource together, the oldest first. */
function targetOf(
  key: string,
  entries: readonly RecordedEntry[],
  sinceMs: number | undefined,
): UndoTarget {
  const last = entries.at(-1)!;
  const things = new Map<string, ThingChange>();
  for (const entry of entries) {
    for (const thing of entry.undo?.things ?? []) {
      const id = idOf(thing, things);
      const before = things.get(id);
      if (before !== undefined) things.set(id, together(before, thing));
      // Since then it was spoiled and put right, which is no change since then.
      else if (sinceMs !== undefined && wasPutRight(entry, thing, sinceMs)) {
        things.set(id, { ...thing, before: thing.after });
      } else things.set(id, thing);
    }
  }
  const lacking = entries.find(({ undo }) => undo?.lacks !== undefined);
  const impossible = things.size > 0
    ? undefined
    : lacking?.undo?.lacks ?? entries.map(impossibleBecause).find((why) => why !== undefined);
  return {
    key,
    changes: entries.map(({ id }) => id),
    atMs: last.lastMs ?? last.atMs,
    reason: last.reason ?? "",
    things: [...things.values()].flatMap(({ before, after, ...thing }) => {
      const difference = differenceOf(before, after);
      return difference === undefined ? [] : [{ ...thing, ...difference }];
    }),
    ...(lacking?.undo?.lacks === undefined ? {} : { lacks: lacking.undo.lacks }),
    ...(impossible === undefined ? {} : { impossible }),
  };
}

/** Whether somebody had changed the thing itself after that time, and the change only took that back. */
function wasPutRight({ causes = [], type }: RecordedEntry, thing: ThingChange, sinceMs: number) {
  return type === "changed" &&
    causes.some((cause) =>
      cause.type === "event" && cause.path === thing.name && cause.atMs >= sinceMs
    );
}

function impossibleBecause(entry: RecordedEntry): string | undefined {
  const { key = "", type, worldless, undo } = entry;
  const kind = registry.get(kindOf(key));
  if (undo !== undefined || type === "undone" || type === "failed") return undefined;
  if (worldless) return "it changed nothing outside of mgmt";
  if (type === "refreshed") return "it was only refreshed";
  if (kind === undefined) return `this version knows no kind ${kindOf(key)}`;
  if (kind.undo === undefined) return `what ${kind.kind} does cannot be taken back`;
  return `what ${nameOf(key)} was like before was not recorded`;
}
