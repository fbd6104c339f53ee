/**
 * From what the journal knows to what is to be taken back: of each resource the things that were changed,
 * what they were like before the first of the chosen changes, and after the last.
 *
 * @module
 */

import { meantKey, type NamedResources } from "../../base/resource_word.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { kindOf, nameOf } from "../../base/words.ts";
import type { UndoChoice, UndoWish } from "../../control/undo.ts";
import { idOf, laidOver, together } from "../../kind/undo_together.ts";
import { differenceOf } from "../../engine/undo_record.ts";
import { CHANGES, type EntryType, type RecordedEntry } from "../../journal/entry.ts";
import type { JournalReader } from "../../journal/reader.ts";
import { timeText } from "../../journal/text.ts";
import type { ThingChange } from "../../kind/undo.ts";
import { registry } from "../../resources/registry.ts";
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
  /** An undo of it was killed in the middle. */
  readonly begun?: boolean;
}

/** What may have changed something. */
const CHANGING: readonly EntryType[] = [...CHANGES, "failed", "aborted", "undone"];
/** Entries that are looked at for one wish. */
const ENTRIES_MOST = 20_000;
/** Of all that is in the journal only so much is looked through: an agent has other things to do. */
const WINDOW = 50_000;

/** What a wish means; the last changed comes first. `named`: the resources that a word may mean. */
export function targetsOf(
  wish: Pick<UndoWish, "choice" | "force">,
  reader: JournalReader,
  named: NamedResources,
): Result<readonly UndoTarget[]> {
  const chosen = chosenTargets(wish, reader, named);
  if (!chosen.ok) return chosen;
  return ok(chosen.value.map((target) => ({ ...target, ...begunOf(target, reader) })));
}

function begunOf(
  { key, changes }: UndoTarget,
  reader: JournalReader,
): { readonly begun?: boolean } {
  const last = reader.last(key, { types: ["undone"] });
  const isBegun = last?.unfinished === true && last.undoes?.some((id) => changes.includes(id));
  return isBegun ? { begun: true } : {};
}

function chosenTargets(
  { choice, force }: Pick<UndoWish, "choice" | "force">,
  reader: JournalReader,
  named: NamedResources,
): Result<readonly UndoTarget[]> {
  switch (choice.by) {
    case "change":
      return oneChange(choice.change, reader);
    case "since":
      return allSince(choice.sinceMs, reader);
    case "resource":
      return (force ? undefined : unknownTime(choice.atMs, reader)) ??
        ofResource(choice, reader, named);
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
  const { entries, isCut } = reader.history({
    sinceMs,
    limit: ENTRIES_MOST,
    types: CHANGING,
    window: WINDOW,
  });
  if (isCut || reader.isAfter(sinceMs, WINDOW)) {
    return fail("too much has happened since then to be looked through", {
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

/** What was there before the journal began nobody has written down: it may not have been nothing. */
function unknownTime(atMs: number | undefined, reader: JournalReader): Result<never> | undefined {
  const beginMs = reader.beginMs();
  if (atMs === undefined || beginMs === undefined || atMs >= beginMs) return undefined;
  return fail(`nothing is known of that time: the journal begins at ${timeText(beginMs)}`, {
    code: "unknown-time",
    hint: "name a later time; or --force: as it was before the first change that is known",
  });
}

function ofResource(
  { word, atMs }: UndoChoice & { readonly by: "resource" },
  reader: JournalReader,
  named: NamedResources,
): Result<readonly UndoTarget[]> {
  const key = meantKey(word, named);
  if (!key.ok) return key;
  const { entries } = reader.history({ key: key.value, limit: ENTRIES_MOST, types: CHANGING });
  const last = entries.findLast(({ type, undo }) =>
    type === "changed" || (type === "aborted" && undo !== undefined)
  );
  if (last === undefined) return nothingDone(key.value, reader);
  const isLater = (entry: RecordedEntry) =>
    atMs === undefined ? entry.id >= last.id : (entry.lastMs ?? entry.atMs) >= atMs;
  return ok([stateTarget(key.value, entries, isLater, atMs)]);
}

/** Brings a resource to what it was before the later ones of its changes, as far as any is known. */
function stateTarget(
  key: string,
  entries: readonly RecordedEntry[],
  isLater: (entry: RecordedEntry) => boolean,
  atMs: number | undefined,
): UndoTarget {
  const later = entries.filter(isLater);
  const target = targetOf(key, later.length > 0 ? later : entries.slice(-1), atMs);
  const before = gathered(entries.filter((entry) => !isLater(entry)), undefined);
  const since = gathered(later, atMs);
  const things = [...new Set([...before.keys(), ...since.keys()])].flatMap((id) => {
    const [known, changed] = [before.get(id), since.get(id)];
    const thing = changed ?? known;
    // Where lines of a file stood then, only who changed them since can tell.
    if (thing === undefined || (changed === undefined && thing.where !== undefined)) return [];
    const wanted = laidOver(known?.after ?? {}, changed?.before ?? {});
    return [{ ...thing, before: changed === undefined ? thing.after : wanted }];
  });
  const { impossible, ...rest } = target;
  return {
    ...rest,
    changes: later.map(({ id }) => id),
    things,
    ...(things.length > 0 || impossible === undefined ? {} : { impossible }),
  };
}

/** Puts changes of one resource together, the oldest first. */
function targetOf(
  key: string,
  entries: readonly RecordedEntry[],
  sinceMs: number | undefined,
): UndoTarget {
  const last = entries.at(-1)!;
  const things = gathered(entries, sinceMs);
  const lacking = entries.find(({ undo }) => undo?.lacks !== undefined);
  const impossible = things.size > 0
    ? undefined
    : lacking?.undo?.lacks ?? entries.map(impossibleBecause).find((why) => why !== undefined);
  return {
    key,
    changes: changesAmong(entries),
    atMs: last.lastMs ?? last.atMs,
    reason: last.reason ?? "",
    // All that is known of it stays, for somebody may have put something else in its place by now.
    things: [...things.values()].filter(({ before, after }) =>
      differenceOf(before, after) !== undefined
    ),
    ...(lacking?.undo?.lacks === undefined ? {} : { lacks: lacking.undo.lacks }),
    ...(impossible === undefined ? {} : { impossible }),
  };
}

/** What failed or was aborted, and changed nothing, is no change where there are others. */
function changesAmong(entries: readonly RecordedEntry[]): readonly number[] {
  const some = entries.filter(({ type, undo }) =>
    (type !== "failed" && type !== "aborted") || undo !== undefined
  );
  return (some.length === 0 ? entries : some).map(({ id }) => id);
}

/** What changes did to each thing, by what tells it from others. */
function gathered(
  entries: readonly RecordedEntry[],
  sinceMs: number | undefined,
): ReadonlyMap<string, ThingChange> {
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
  return things;
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
  if (type === "aborted") return "it was aborted, and no change of it is recorded";
  return `what ${nameOf(key)} was like before was not recorded`;
}
