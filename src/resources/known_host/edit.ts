/**
 * What has to change in the lines of a known_hosts file. Pure: from lines to lines.
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
import { hashedName, isHashed, isHashOf } from "./hashed_name.ts";
import type { HostKeysToKeep, KnownHostParams } from "./params.ts";

/** One line with a key. */
interface HostLine extends KeyLine {
  readonly index: number;
  readonly marker: string;
  /** As they stand there; a hash is one. */
  readonly names: readonly string[];
}

const readOnce = readingOnce((lines): readonly HostLine[] => {
  return lines.flatMap(({ text }, index): HostLine[] => {
    const [, marker = "", names = "", rest = ""] =
      /^[ \t]*(?:(@[a-z-]+)[ \t]+)?([^#\s@]\S*)[ \t]+(\S.*)$/.exec(text) ?? [];
    const key = rest === "" ? undefined : readKeyLine(rest);
    if (key === undefined || key.before !== "") return [];
    return [{ ...key, index, marker, names: isHashed(names) ? [names] : names.split(",") }];
  });
});

/** What becomes of the lines. */
interface LineChanges {
  /** Names that are left of a line; none: it goes. */
  readonly left: ReadonlyMap<number, readonly string[]>;
  /** Names that get a line of their own. */
  readonly added: readonly string[];
  readonly reason: string;
}

/** The file with the key of the host, or without it. */
export function editKnownHosts(
  text: Uint8Array,
  params: KnownHostParams & HostKeysToKeep,
): Result<PartEdit | undefined> {
  const { mark, lines } = splitLines(text);
  const entries = readOnce(lines);
  const changes = params.absent ? removal(entries, params) : setting(entries, params);
  if (changes === undefined) return ok(undefined);
  const { left, added, reason } = changes;
  const comments = entries.filter(({ index, blob }) => left.has(index) && blob === params.blob)
    .map(({ comment }) => comment);
  const texts = textsOf(added, params.comment ?? comments[0] ?? "", params);
  const firstGone = lines.findIndex((_line, index) => left.get(index)?.length === 0);
  const at = firstGone < 0 ? lines.length : firstGone;
  const kept = (line: TextLine, index: number): readonly TextLine[] => {
    const names = left.get(index);
    if (names === undefined) return [line];
    const entry = entries.find((each) => each.index === index);
    return names.length === 0 || entry === undefined
      ? []
      : [newLine(lineOf(names.join(","), entry), line.end)];
  };
  const before = lines.slice(0, at).flatMap(kept);
  const behind = lines.slice(at).flatMap((line, index) => kept(line, index + at));
  const all = insertLines([...before, ...behind], before.length, texts);
  return ok({ reason, content: joinLines({ mark, lines: all }) });
}

function textsOf(
  names: readonly string[],
  comment: string,
  { type = "", blob = "", marker, hashed }: KnownHostParams,
): readonly string[] {
  if (names.length === 0) return [];
  const written = hashed ? names.map((name) => hashedName(name, blob)) : [names.join(",")];
  return written.map((each) => lineOf(each, { marker, type, blob, comment }));
}

function lineOf(
  names: string,
  { marker, type, blob, comment }: Pick<HostLine, "marker" | "type" | "blob" | "comment">,
): string {
  return [marker, names, type, blob, comment].filter((each) => each !== "").join(" ");
}

/** Which of the names a line is about. */
function ownNames({ names }: HostLine, { names: own }: KnownHostParams): readonly string[] {
  return own.filter((name) =>
    names.some((each) => isHashed(each) ? isHashOf(each, name) : each.toLowerCase() === name)
  );
}

/** The names of a line that are none of these. */
function without({ names }: HostLine, own: readonly string[]): readonly string[] {
  return names.filter((each) => !isHashed(each) && !own.includes(each.toLowerCase()));
}

function removal(
  entries: readonly HostLine[],
  params: KnownHostParams,
): LineChanges | undefined {
  const left = new Map<number, readonly string[]>();
  for (const entry of entries) {
    const isMeant = entry.marker === params.marker &&
      (params.blob === undefined || entry.blob === params.blob);
    const own = isMeant ? ownNames(entry, params) : [];
    if (own.length > 0) left.set(entry.index, without(entry, own));
  }
  if (left.size === 0) return undefined;
  return { left, added: [], reason: "the key is there and should not be" };
}

function setting(
  entries: readonly HostLine[],
  params: KnownHostParams & HostKeysToKeep,
): LineChanges | undefined {
  const { names, type, blob, marker, hashed, comment } = params;
  const left = new Map<number, readonly string[]>();
  const covered = new Set<string>();
  const words = new Set<string>();
  for (const entry of entries) {
    const own = entry.marker === marker ? ownNames(entry, params) : [];
    if (own.length === 0) continue;
    const isIt = entry.blob === blob;
    if (isIt && hashed && !isHashed(entry.names[0] ?? "")) words.add("the names are not hashed");
    else if (isIt && comment !== undefined && entry.comment !== comment) {
      words.add("the comment of the key differs");
    } else if (isIt) {
      own.forEach((name) => covered.add(name));
      continue;
      // Of several authorities and of what is revoked any may be meant, of a host's own keys one of a type.
    } else if (marker === "" && entry.type === type) words.add("the key of the host differs");
    else if (isStranger(entry, own, params)) {
      words.add("another key is there that no resource says");
    } else continue;
    left.set(entry.index, without(entry, own));
  }
  const added = names.filter((name) => !covered.has(name));
  if (added.length > 0 && left.size === 0) words.add("the key of the host is not there");
  if (words.size === 0) return undefined;
  return { left, added, reason: [...words].join(", ") };
}

function isStranger(
  { marker, blob }: HostLine,
  own: readonly string[],
  { keeps }: HostKeysToKeep,
): boolean {
  if (keeps === undefined || marker !== "") return false;
  return !own.some((name) => keeps(`${name} ${blob}`));
}
