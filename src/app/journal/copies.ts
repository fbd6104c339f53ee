/**
 * What a change overwrote, from the copies that are kept of it: of what not everybody may read the
 * journal itself has no content.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { LIMITS } from "../../base/limits.ts";
import { isJsonObject, parseJson } from "../../base/json.ts";
import { nameOf } from "../../base/words.ts";
import type { RecordedEntry } from "../../journal/entry.ts";
import { lstat } from "../../os/files/stat.ts";
import { stateDirectory } from "../../os/state/state_directory.ts";
import { textDifference } from "../../resources/shared/files/text_difference.ts";

/** The list of copies is written in the same moment as the file; clocks are read twice. */
const MARGIN_MS = 2000;

/** A line of that list. */
interface Copy {
  readonly atMs: number;
  readonly path: string;
  readonly sha256: string;
}

/**
 * Lines between what an entry's change overwrote and what came after it; undefined: no copy is there.
 * What came after is what the next change overwrote, or else is there now.
 */
export function differenceFromCopies(
  prefix: string,
  { key = "", path = nameOf(key), atMs, lastMs = atMs, tookMs = 0 }: RecordedEntry,
): readonly string[] | undefined {
  const copies = copiesOf(prefix, path);
  const at = copies.findLastIndex((copy) =>
    copy.atMs >= lastMs - tookMs - MARGIN_MS && copy.atMs <= lastMs + MARGIN_MS
  );
  const before = copies[at];
  if (before === undefined) return undefined;
  const next = copies[at + 1];
  const place = (copy: Copy) => join(prefix, "backups", copy.sha256);
  const old = textIn(place(before));
  const now = textIn(next === undefined ? path : place(next));
  const heads = [
    `--- ${path}, as it was before (${place(before)})`,
    `+++ ${path}, ${
      next === undefined ? "as it is now" : `before the next change (${place(next)})`
    }`,
  ];
  if (old === undefined || now === undefined) return [...heads, "(no text, too large, or gone)"];
  return [...heads, ...(old === now ? ["(the same)"] : textDifference(old, now))];
}

/** The copies of one path, the oldest first. */
function copiesOf(prefix: string, path: string): readonly Copy[] {
  const lines = (stateDirectory(join(prefix, "backups")).read("index") ?? "").split("\n");
  return lines.flatMap((line) => {
    const note = line.includes(JSON.stringify(path)) ? parseJson(line) : undefined;
    if (!isJsonObject(note) || note["path"] !== path) return [];
    const { sha256, time } = note;
    if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) return [];
    return [{ path, sha256, atMs: Date.parse(String(time)) }];
  });
}

/** The text of a small file; undefined: it is none, or not there. */
function textIn(path: string): string | undefined {
  try {
    const there = lstat(path);
    if (there?.isFile !== true || there.size > LIMITS.diffBytes) return undefined;
  } catch {
    return undefined;
  }
  const text = stateDirectory(dirname(path)).read(basename(path));
  return text === undefined || text.includes("\0") ? undefined : text;
}
