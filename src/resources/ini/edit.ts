/**
 * What has to change in the lines of an ini file. Pure: from lines to lines.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import type { PartEdit } from "../shared/parts/part.ts";
import { readingOnce } from "../shared/parts/read_once.ts";
import {
  insertLines,
  joinLines,
  newLine,
  splitLines,
  type TextLine,
  usualEnd,
} from "../shared/parts/text.ts";
import type { IniParams } from "./params.ts";
import { type IniLine, type ReadLines, readLines } from "./lines.ts";

/** A line of a file, and what it is. */
type IniEntry = IniLine & { readonly line: TextLine };

type ReadEntries =
  | { readonly ok: true; readonly entries: readonly IniEntry[] }
  | Extract<ReadLines, { ok: false }>;

const readOnce = readingOnce((lines): ReadEntries => {
  const read = readLines(lines.map(({ text }) => text));
  return read.ok
    ? { ok: true, entries: read.lines.map((each, index) => ({ ...each, line: lines[index]! })) }
    : read;
});

/** The text as it should be; undefined: as it is. */
export function editIni(bytes: Uint8Array, params: IniParams): Result<PartEdit | undefined> {
  const { mark, lines } = splitLines(bytes);
  const read = readOnce(lines);
  if (!read.ok) {
    const { line, column, message } = read;
    return fail(
      `${params.path} is not readable as ini: line ${line}, column ${column}: ${message}`,
      {
        code: "syntax",
        hint: "correct the file, or manage all of it with a file resource",
      },
    );
  }
  const { entries } = read;
  const edit = params.absent ? remove(entries, params) : set(entries, params);
  if (edit === undefined) return ok(undefined);
  const doubtful = doubtfulAfter(entries, params);
  if (doubtful !== undefined) {
    return fail(
      `nobody can tell whether line ${
        doubtful + 1
      } of ${params.path} belongs to ${params.key}: it ` +
        "is further to the right, and has a sign of its own",
      { code: "ambiguous", hint: "move it to where the other keys begin, or write it in one line" },
    );
  }
  return ok({ reason: edit.reason, content: joinLines({ mark, lines: edit.lines }) });
}

interface LineEdit {
  readonly lines: readonly TextLine[];
  readonly reason: string;
}

/** The index of a line that may belong to what is rewritten, or may be a key of its own. */
function doubtfulAfter(entries: readonly IniEntry[], params: IniParams): number | undefined {
  let isOwn = false;
  const at = entries.findIndex((entry) => {
    if (entry.type !== "value") isOwn = false;
    else if (entry.isDoubtful && isOwn) return true;
    else if (!entry.continues) isOwn = isIn(entry, params) && entry.key === params.key;
    return false;
  });
  return at < 0 ? undefined : at;
}

function nameOf({ section, key }: IniParams): string {
  return [section === undefined ? "" : `[${section}]`, key ?? ""].filter(Boolean).join(" ");
}

/** The lines of one section, also where it stands in several pieces. */
function isIn({ section }: IniLine, params: IniParams): boolean {
  return section === params.section;
}

function remove(entries: readonly IniEntry[], params: IniParams): LineEdit | undefined {
  const isGone = (entry: IniEntry) =>
    isIn(entry, params) &&
    (params.key === undefined || (entry.type === "value" && entry.key === params.key));
  if (!entries.some(isGone)) return undefined;
  const kept = params.key === undefined
    ? withoutSection(entries, params)
    : entries.filter((each) => !isGone(each));
  return {
    lines: kept.map(({ line }) => line),
    reason: `${nameOf(params)} is there and should not be`,
  };
}

/** The comment before a section that follows is about that one. */
function withoutSection(entries: readonly IniEntry[], params: IniParams): readonly IniEntry[] {
  return entries.filter((entry, index) => {
    if (!isIn(entry, params)) return true;
    if (entry.type !== "comment") return false;
    const next = entries.slice(index).find(({ type }) => type !== "comment");
    return next?.type === "head" && !isIn(next, params);
  });
}

function set(entries: readonly IniEntry[], params: IniParams): LineEdit | undefined {
  const name = nameOf(params);
  const own = entries.filter((entry) =>
    entry.type === "value" && !entry.continues && isIn(entry, params) && entry.key === params.key
  );
  const isRight = own.length === params.values.length &&
    own.every((entry, index) => says(entry, params.values[index], entries, params));
  if (isRight) return undefined;
  const lines = entries.map(({ line }) => line);
  if (own.length === 0) {
    return { lines: added(entries, lines, params), reason: `${name} is not there` };
  }
  return { lines: rewritten(entries, own, params), reason: `${name} differs` };
}

/** Whether a line sets its key to a value, with nothing of it on further lines. */
function says(
  entry: IniEntry,
  value: string | undefined,
  entries: readonly IniEntry[],
  { inlineComments }: IniParams,
): boolean {
  if (entry.type !== "value") return false;
  const next = entries[entries.indexOf(entry) + 1];
  if (next?.type === "value" && next.continues) return false;
  return valueOf(entry, inlineComments).value === value;
}

/** What a line sets its key to, and the comment behind it. */
function valueOf(
  { value }: Extract<IniLine, { type: "value" }>,
  inlineComments: boolean,
): { readonly value: string | undefined; readonly comment: string } {
  const at = inlineComments && value !== undefined ? value.search(/(?:^|\s)[#;]/) : -1;
  const own = value === undefined || at < 0 ? value : value.slice(0, at).trimEnd();
  return { value: own, comment: value?.slice(own?.length ?? 0) ?? "" };
}

/** The lines of the key, each in the place of one that was there; what is beyond goes, or comes behind the last. */
function rewritten(
  entries: readonly IniEntry[],
  own: readonly IniEntry[],
  params: IniParams,
): readonly TextLine[] {
  const { values, key = "", inlineComments } = params;
  const usual = usualEnd(entries.map(({ line }) => line));
  let isOwnValue = false;
  return entries.flatMap((entry) => {
    if (entry.type === "value" && entry.continues) return isOwnValue ? [] : [entry.line];
    const at = own.indexOf(entry);
    isOwnValue = at >= 0;
    if (at < 0 || entry.type !== "value") return [entry.line];
    const isLast = at === own.length - 1;
    const mine = isLast ? values.slice(at) : values.slice(at, at + 1);
    const { comment } = valueOf(entry, inlineComments);
    // Behind an empty value there is no blank of it.
    const gap = entry.value === "" && /^\s.*\S$/.test(entry.separator) ? " " : "";
    const separator = entry.separator === ""
      ? separatorFor(entries, params)
      : entry.separator + gap;
    return mine.map((value, index) => {
      const behind = index === 0 ? comment : "";
      // Only the last line of a text can be without an end.
      const end = entry.line.end === "" && index < mine.length - 1 ? usual : entry.line.end;
      return newLine(entry.indent + lineText(key, separator, value) + behind, end);
    });
  });
}

function lineText(key: string, separator: string, value: string | undefined): string {
  if (value === undefined) return key;
  return value === "" ? key + separator.trimEnd() : key + separator + value;
}

/** As most lines of the file have it; of as many of each, as the first. */
function separatorFor(entries: readonly IniEntry[], { separator }: IniParams): string {
  if (separator !== undefined) return separator;
  const counts = new Map<string, number>();
  for (const entry of entries) {
    if (entry.type !== "value" || entry.separator === "" || entry.value === "") continue;
    counts.set(entry.separator, (counts.get(entry.separator) ?? 0) + 1);
  }
  let [best, most] = [" = ", 0];
  for (const [each, count] of counts) if (count > most) [best, most] = [each, count];
  return best;
}

function added(
  entries: readonly IniEntry[],
  lines: readonly TextLine[],
  params: IniParams,
): readonly TextLine[] {
  const { section, key = "", values } = params;
  const separator = separatorFor(entries, params);
  const own = entries.filter((entry) => isIn(entry, params));
  const indent =
    own.findLast((entry) => entry.type === "value" && !entry.continues && !entry.isDoubtful)
      ?.indent ?? "";
  const texts = values.map((value) => indent + lineText(key, separator, value));
  const at = placeFor(entries, params);
  if (at !== undefined) return insertLines(lines, at, texts);
  const gap = lines.length === 0 || lines.at(-1)?.text.trim() === "" ? [] : [""];
  return insertLines(lines, lines.length, [...gap, `[${section}]`, ...texts]);
}

/** Behind the comment that has the key ready, else behind the last value; undefined: there is no such section. */
function placeFor(entries: readonly IniEntry[], params: IniParams): number | undefined {
  const { section, key } = params;
  const own = entries.flatMap((entry, index) => isIn(entry, params) ? [index] : []);
  const ready = own.find((index) => {
    const entry = entries[index];
    const next = entries[index + 1];
    const goesOn = next?.type === "value" && (next.continues || next.isDoubtful);
    return entry?.type === "comment" && entry.ready === key && !goesOn;
  });
  if (ready !== undefined) return ready + 1;
  const last = own.findLast((index) => entries[index]?.type === "value");
  if (last !== undefined) return last + 1;
  const head = own.findLast((index) => entries[index]?.type === "head");
  if (head !== undefined) return head + 1;
  if (section !== undefined) return undefined;
  // Behind what the file says of itself, before the comment of the first section.
  const first = entries.findIndex(({ type }) => type === "head");
  if (first < 0) return entries.length;
  let at = first;
  while (at > 0 && entries[at - 1]?.type === "comment") at--;
  return at;
}
