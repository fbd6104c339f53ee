/**
 * What has to change in the lines of an authorized_keys file. Pure: from lines to lines.
 *
 * @module
 */

import { ok, type Result } from "../../base/result.ts";
import type { PartEdit } from "../shared/parts/part.ts";
import { readingOnce } from "../shared/parts/read_once.ts";
import {
  insertLines,
  joinLines,
  newLine,
  splitLines,
  type TextLine,
} from "../shared/parts/text.ts";
import { type KeyLine, readKeyLine } from "../shared/ssh/public_key.ts";
import type { AuthorizedKeyParams, KeyToKeep } from "./params.ts";

/** The keys of a file, by their lines. */
interface ReadKeys {
  readonly lines: readonly TextLine[];
  readonly byBlob: ReadonlyMap<string, readonly number[]>;
  /** Lines that are neither blank nor a comment; undefined: what no key is found in. */
  readonly entries: ReadonlyMap<number, KeyLine | undefined>;
}

const readOnce = readingOnce((lines): ReadKeys => {
  const byBlob = new Map<string, number[]>();
  const entries = new Map<number, KeyLine | undefined>();
  for (const [index, { text }] of lines.entries()) {
    if (/^[ \t]*(#|$)/.test(text)) continue;
    const read = readKeyLine(text);
    entries.set(index, read);
    if (read === undefined) continue;
    const same = byBlob.get(read.blob);
    if (same === undefined) byBlob.set(read.blob, [index]);
    else same.push(index);
  }
  return { lines, byBlob, entries };
});

/** The file with the key, once, or without it. */
export function editKeys(
  text: Uint8Array,
  params: AuthorizedKeyParams & KeyToKeep,
): Result<PartEdit | undefined> {
  const { mark, lines } = splitLines(text);
  const keys = readOnce(lines);
  const own = keys.byBlob.get(params.blob) ?? [];
  const words: string[] = [];
  const gone = new Set<number>();
  const changed = new Map<number, TextLine>();
  let isAdded = false;
  if (params.absent) {
    own.forEach((index) => gone.add(index));
    if (own.length > 0) words.push("the key is there and should not be");
  } else {
    const differences = own.map((index) => differenceOf(keys.entries.get(index), params));
    const right = differences.indexOf(undefined);
    const [kept = -1] = right < 0 ? own : [own[right]];
    own.filter((index) => index !== kept).forEach((index) => gone.add(index));
    const line = lines[kept];
    if (line === undefined) {
      isAdded = true;
      words.push("the key is not there");
    } else if (right < 0) {
      changed.set(kept, newLine(lineOf(params, keys.entries.get(kept)), line.end));
      words.push(differences[0] ?? "");
    }
    if (own.length > 1) words.push(`it is there ${own.length} times`);
    const others = strangers(keys, params);
    others.forEach((index) => gone.add(index));
    if (others.length > 0) words.push(`${countOf(others.length)} that no resource says`);
  }
  if (words.length === 0) return ok(undefined);
  const kept = lines.flatMap((line, index) => gone.has(index) ? [] : [changed.get(index) ?? line]);
  const all = isAdded ? insertLines(kept, kept.length, [lineOf(params, undefined)]) : kept;
  return ok({ reason: words.join(", "), content: joinLines({ mark, lines: all }) });
}

/** What a line says otherwise; undefined: nothing. Of several lines with one key, sshd may believe any. */
function differenceOf(
  entry: KeyLine | undefined,
  { options, comment, type }: AuthorizedKeyParams,
): string | undefined {
  if (entry === undefined || entry.type !== type) return "the type of the key differs";
  if (entry.before !== options) return "the options of the key differ";
  return comment === undefined || entry.comment === comment
    ? undefined
    : "the comment of the key differs";
}

function lineOf(
  { options, type, blob, comment }: AuthorizedKeyParams,
  entry: KeyLine | undefined,
): string {
  return [options, type, blob, comment ?? entry?.comment ?? ""].filter((each) => each !== "")
    .join(" ");
}

/** Lines that let somebody in, or may, and are no resource's. */
function strangers(
  { entries }: ReadKeys,
  { keeps, blob }: AuthorizedKeyParams & KeyToKeep,
): readonly number[] {
  if (keeps === undefined) return [];
  return [...entries].filter(([, entry]) =>
    entry === undefined || (entry.blob !== blob && !keeps(entry.blob))
  ).map(([index]) => index);
}

function countOf(lines: number): string {
  return lines === 1 ? "a line is there" : `${lines} lines are there`;
}
