/**
 * The list of what was kept: one JSON line for each time. It is rewritten now and then, so that it
 * names no copy that is gone, and not without end what is kept again and again.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import * as descriptors from "./descriptors.ts";
import { lstat } from "./stat.ts";

/** A line of the list; `sha256` names the copy, where there is one. */
export interface BackupNote {
  readonly sha256?: string;
  readonly [field: string]: unknown;
}

/** The list in one directory. What the kernel refuses is thrown. */
export interface BackupIndex {
  readonly path: string;
  /** Adds a line. */
  add(note: BackupNote): void;
  /** Leaves the lines of copies that are there, and the last thousand of all. */
  trim(): void;
}

/** From so many bytes on it is worth while to look what can go. */
const TRIM_BYTES = 1024 * 1024;
/** Of a list that grew under an older version the end is read. */
const READ_BYTES = 16 * 1024 * 1024;

/** Opens the list of a directory of copies. */
export function openBackupIndex(directory: string): BackupIndex {
  const path = `${directory}/index`;
  let bytes: number | undefined;
  let trimAtBytes = TRIM_BYTES;

  function add(note: BackupNote): void {
    const line = new TextEncoder().encode(`${JSON.stringify(note)}\n`);
    Deno.writeFileSync(path, line, { append: true, mode: 0o600 });
    bytes = (bytes ?? lstat(path)?.size ?? 0) + line.length;
    if (bytes > trimAtBytes) trim();
  }

  function trim(): void {
    const size = lstat(path)?.size;
    if (size === undefined) return;
    const copies = new Set([...Deno.readDirSync(directory)].map(({ name }) => name));
    const text = new TextEncoder().encode(worthKeeping(readEnd(path, size), copies).join(""));
    // An older version put the list aside when it was long.
    if (copies.has("index.1")) Deno.removeSync(`${path}.1`);
    if (text.length < size) {
      Deno.writeFileSync(`${path}.new`, text, { mode: 0o600 });
      Deno.renameSync(`${path}.new`, path);
    }
    bytes = text.length;
    trimAtBytes = Math.max(TRIM_BYTES, 2 * bytes);
  }

  return { path, add, trim };
}

/** The last line of each copy that is there, and the last of all; each with its line break. */
function worthKeeping(lines: readonly string[], copies: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  const named = new Set<string>();
  for (const line of lines.toReversed()) {
    const copy = copyOf(line);
    if (copy !== undefined && !copies.has(copy)) continue;
    const isFirst = copy !== undefined && !named.has(copy);
    if (copy !== undefined) named.add(copy);
    if (isFirst || kept.length < LIMITS.backups) kept.push(`${line}\n`);
  }
  return kept.reverse();
}

/** The copy that a line names. Names need no parser: it is the last field. */
function copyOf(line: string): string | undefined {
  return /"sha256":"([0-9a-f]{64})"\}$/.exec(line)?.[1];
}

function readEnd(path: string, size: number): string[] {
  const file = descriptors.openToRead(path);
  try {
    const from = Math.max(0, size - READ_BYTES);
    const bytes = descriptors.readUpTo(file, size - from, from);
    const lines = new TextDecoder().decode(bytes).split("\n");
    return lines.slice(from === 0 ? 0 : 1).filter((line) => line !== "");
  } finally {
    descriptors.close(file);
  }
}
