/**
 * A part of a text file that also holds what is others', as it is kept to take a change of it back. What
 * stood there and what stands there now are kept as copies; where they are found in the file is told by
 * themselves and by the lines around them, so that what others have changed since stays.
 *
 * @module
 */

import { chainOk } from "../../../base/chain.ts";
import { LIMITS } from "../../../base/limits.ts";
import { type Awaitable, type Failure, failure, ok, type Result } from "../../../base/result.ts";
import type { Files, Sight } from "../../../os/files/files.ts";
import type { ThingChange, ThingState, TouchedThing } from "../../../kind/undo.ts";
import type { WorkContext } from "../../../kind/work_context.ts";
import { readKept } from "./kept.ts";
import { foreseePath, lookAtPath, PATH, restorePath } from "./paths.ts";

/** What such things are called. */
const LINES = "lines";

/** The field that says which of both versions stands there. */
const FIELD = "lines";
const OTHERS = "others";
const LF = 10;
const TRIES = 10;

/** Which part of a file it is, as it is kept. */
interface Part {
  /** How many lines stood before it. */
  readonly start: number;
  /** Sums and counts of both versions. */
  readonly before: string;
  readonly beforeLines: number;
  readonly after: string;
  readonly afterLines: number;
  /** Sums of the lines around it; empty: none was. */
  readonly previous: string;
  readonly next: string;
}

/** Where something stands in a file, and how sure that is. */
interface FoundLines {
  readonly at: number;
  /** How many of the lines around it are there; that there is none says half as much. */
  readonly neighbours: number;
}

/** What a change of some lines was; of a file that it made, that it made it. `content`: what it wrote. */
export async function changeOfLines(
  path: string,
  seen: Sight,
  content: Uint8Array,
  context: WorkContext,
): Promise<Result<readonly ThingChange[]>> {
  const { host: { files } } = context;
  if (seen.type !== "file" || seen.content === undefined) {
    const after = await lookAtPath({ is: PATH, name: path }, undefined, context);
    if (!after.ok) return after;
    // By now others may have written into it, too; what they wrote is theirs to take back.
    const sha256 = await files.sum(content);
    if (!sha256.ok) return sha256;
    const state = { ...after.value, size: content.length, sha256: sha256.value };
    return ok([{ is: PATH, name: path, before: { type: "absent" }, after: state }]);
  }
  const [old, now] = [linesOf(seen.content), linesOf(content)];
  const same = (a: Uint8Array | undefined, b: Uint8Array | undefined) =>
    a !== undefined && b !== undefined && isEqual(a, b);
  let start = 0;
  while (same(old[start], now[start])) start++;
  let end = 0;
  const most = Math.min(old.length, now.length) - start;
  while (end < most && same(old[old.length - 1 - end], now[now.length - 1 - end])) end++;
  const before = joined(old.slice(start, old.length - end));
  const after = joined(now.slice(start, now.length - end));
  const keptBefore = files.keep(`lines of ${path}`, before);
  if (!keptBefore.ok) return keptBefore;
  const keptAfter = files.keep(`lines of ${path}`, after);
  if (!keptAfter.ok) return keptAfter;
  const part: Part = {
    start,
    before: keptBefore.value,
    beforeLines: old.length - end - start,
    after: keptAfter.value,
    afterLines: now.length - end - start,
    previous: await sumOf(old[start - 1], files),
    next: await sumOf(old[old.length - end], files),
  };
  const sums = { before: { [FIELD]: part.before }, after: { [FIELD]: part.after } };
  return ok([{ is: LINES, name: path, where: { ...part }, ...sums }]);
}

/** Which of both versions stands in the file now. */
function lookAtLines(
  { name, where }: TouchedThing,
  { host: { files }, signal }: WorkContext,
): Awaitable<Result<ThingState>> {
  const contentUpToBytes = LIMITS.lineFileBytes;
  return chainOk<Sight, ThingState>(
    files.look(name, { contentUpToBytes, signal }),
    async (seen) => {
      if (seen.type === "absent") return ok({ type: "absent" });
      if (seen.type !== "file" || seen.content === undefined) return ok({ [FIELD]: OTHERS });
      const found = await versionIn(linesOf(seen.content), where as unknown as Part, files);
      return ok({ [FIELD]: found?.sum ?? OTHERS });
    },
  );
}

/** Puts one version in the place of the other; all else in the file stays. */
async function restoreLines(
  thing: TouchedThing,
  wanted: ThingState,
  context: WorkContext,
): Promise<Failure | undefined> {
  const { name: path, where } = thing;
  const { host: { files }, signal } = context;
  const sum = String(wanted[FIELD]);
  const content = await bytesOf(sum, where as unknown as Part, context);
  if (!content.ok) return content.failure;
  for (let tries = 1;; tries++) {
    const seen = await files.look(path, { contentUpToBytes: LIMITS.lineFileBytes, signal });
    if (!seen.ok) return seen.failure;
    if (seen.value.type !== "file" || seen.value.content === undefined) return notThere(path);
    const lines = linesOf(seen.value.content);
    const found = await versionIn(lines, where as unknown as Part, files);
    if (found === undefined) return notThere(path);
    if (found.sum === sum) return undefined;
    const kept = await files.backup(path, seen.value);
    if (!kept.ok) return kept.failure;
    const parts = [
      ...lines.slice(0, found.at),
      content.value,
      ...lines.slice(found.at + found.count),
    ];
    const { links } = seen.value.stat;
    const written = await files.write({
      path,
      content: joined(parts),
      seen: seen.value,
      ifUnchanged: true,
      ...(links > 1 ? { inPlace: true } : {}),
      signal,
    });
    if (written.ok) return undefined;
    if (written.failure.code !== "changed" || tries >= TRIES) return written.failure;
  }
}

/** Why the lines could not be brought back. */
async function foreseeLines(
  { where }: TouchedThing,
  wanted: ThingState,
  context: WorkContext,
): Promise<Failure | undefined> {
  const content = await bytesOf(String(wanted[FIELD]), where as unknown as Part, context);
  return content.ok ? undefined : content.failure;
}

/** Lines and whole files: a change of lines may have made the file. */
export const LINES_UNDO = {
  foresees: (thing: TouchedThing, wanted: ThingState, context: WorkContext) =>
    thing.is === LINES ? foreseeLines(thing, wanted, context) : foreseePath(thing, wanted, context),
  look: (thing: TouchedThing, fields: ReadonlySet<string> | undefined, context: WorkContext) =>
    thing.is === LINES ? lookAtLines(thing, context) : lookAtPath(thing, fields, context),
  restore: (thing: TouchedThing, wanted: ThingState, context: WorkContext) =>
    thing.is === LINES ? restoreLines(thing, wanted, context) : restorePath(thing, wanted, context),
} as const;

async function bytesOf(
  sum: string,
  { before, beforeLines, after, afterLines }: Part,
  context: WorkContext,
): Promise<Result<Uint8Array>> {
  const count = sum === before ? beforeLines : sum === after ? afterLines : 0;
  if (count === 0) return ok(new Uint8Array());
  return await readKept(sum, context);
}

/** Which version is there, and where; undefined: none, or nobody can tell. */
async function versionIn(
  lines: readonly Uint8Array[],
  part: Part,
  files: Files,
): Promise<{ readonly sum: string; readonly at: number; readonly count: number } | undefined> {
  const { before, beforeLines, after, afterLines } = part;
  const old = await find(lines, before, beforeLines, part, files);
  const now = await find(lines, after, afterLines, part, files);
  const version = {
    before: { sum: before, count: beforeLines },
    after: { sum: after, count: afterLines },
  };
  if (now === undefined) return old && { ...version.before, at: old.at };
  // What is only a gap is found in many places, and where the lines stand no gap is meant.
  const isOld = old !== undefined &&
    (old.neighbours > now.neighbours || (old.neighbours === now.neighbours && afterLines === 0));
  return isOld ? { ...version.before, at: old.at } : { ...version.after, at: now.at };
}

async function find(
  lines: readonly Uint8Array[],
  sum: string,
  count: number,
  { start, previous, next }: Part,
  files: Files,
): Promise<FoundLines | undefined> {
  const found: FoundLines[] = [];
  const sums = new Map<number, string>();
  const sumAt = async (at: number) => {
    const known = sums.get(at) ?? await sumOf(lines[at], files);
    sums.set(at, known);
    return known;
  };
  for (let at = 0; at + count <= lines.length; at++) {
    if (count > 0 && await sumOf(joined(lines.slice(at, at + count)), files) !== sum) continue;
    const neighbours = likeness(await sumAt(at - 1), previous) +
      likeness(await sumAt(at + count), next);
    // Nothing but its neighbours tells a gap.
    if (count > 0 || neighbours >= 1) found.push({ at, neighbours });
  }
  const best = Math.max(...found.map(({ neighbours }) => neighbours));
  const [first, ...others] = found.filter(({ neighbours }) => neighbours === best)
    .sort((a, b) => Math.abs(a.at - start) - Math.abs(b.at - start));
  // Of several places that are no better than each other nobody knows which it was.
  const isSure = others.length === 0 || best > 1 || (count > 0 && best > 0);
  return isSure ? first : undefined;
}

/** What it says that a line beside it is the one that was there. */
function likeness(sum: string, wanted: string): number {
  return sum !== wanted ? 0 : sum === "" ? 0.5 : 1;
}

/** The sum of a line; empty: there is none. */
async function sumOf(line: Uint8Array | undefined, files: Files): Promise<string> {
  if (line === undefined) return "";
  const sum = await files.sum(line);
  return sum.ok ? sum.value : "";
}

/** The lines of a text, with their ends. */
function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let from = 0; from < bytes.length;) {
    const at = bytes.indexOf(LF, from);
    const to = at < 0 ? bytes.length : at + 1;
    lines.push(bytes.subarray(from, to));
    from = to;
  }
  return lines;
}

function joined(lines: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(lines.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const line of lines) {
    all.set(line, at);
    at += line.length;
  }
  return all;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function notThere(path: string): Failure {
  return failure(`the lines are not found in ${path} any more`, {
    code: "changed",
    hint: `mgmt restore brings back the whole file; or edit ${path}`,
  });
}
