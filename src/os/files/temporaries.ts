/**
 * Names of temporary files, and the record of where they are, so that those of a run that was killed
 * can be removed by the next one.
 *
 * A name is `.mgmt-<16 hex digits>~`: the first 8 are the run's, the others random. The record is one
 * line for each directory, written before the first temporary file is made there.
 *
 * @module
 */

import { ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import type { Random } from "../random.ts";
import { systemFailure } from "./system_error.ts";

export interface Temporaries {
  /** A name for a temporary entry of this directory; the directory is in the record then. */
  name(directory: string): Result<string>;
  /** Whether a name is that of a temporary entry of any run. */
  matches(name: string): boolean;
  /** Whether it is one of this run. */
  isOwn(name: string): boolean;
  /** What runs before this one recorded: run and directory. */
  recorded(): readonly { readonly run: string; readonly directory: string }[];
  /** Empties the record. */
  clear(): void;
}

const PATTERN = /^\.mgmt-([0-9a-f]{8})[0-9a-f]{8}~$/;

/** The run that made a temporary entry, or undefined for other names. */
export function runOf(name: string): string | undefined {
  return PATTERN.exec(name)?.[1];
}

/** `prefix` is where the record is kept; undefined: nothing is recorded. */
export function createTemporaries(prefix: string | undefined, random: Random): Temporaries {
  const run = random.hex(4);
  const record = prefix === undefined ? undefined : `${prefix}/temporaries`;
  const directories = new Set<string>();
  /** Drawn ahead: a repair need not wait for it. */
  let drawn: string | undefined;

  function name(directory: string): Result<string> {
    if (record !== undefined && !directories.has(directory)) {
      try {
        append(record, `${JSON.stringify({ run, directory })}\n`);
      } catch (thrown) {
        return systemFailure(thrown, `record a temporary file in ${record}`);
      }
      directories.add(directory);
    }
    const own = drawn ?? random.hex(4);
    drawn = undefined;
    queueMicrotask(() => drawn ??= random.hex(4));
    return ok(`.mgmt-${run}${own}~`);
  }

  return {
    name,
    matches: (text) => PATTERN.test(text),
    isOwn: (text) => runOf(text) === run,
    recorded: () => record === undefined ? [] : parse(readOrEmpty(record), run),
    clear() {
      if (record !== undefined) removeIfThere(record);
      directories.clear();
    },
  };
}

function append(path: string, line: string): void {
  Deno.writeTextFileSync(path, line, { append: true, create: true, mode: 0o600 });
}

function parse(text: string, ownRun: string): { run: string; directory: string }[] {
  const found = new Map<string, { run: string; directory: string }>();
  for (const line of text.split("\n")) {
    const entry = parseLine(line);
    if (entry !== undefined && entry.run !== ownRun) found.set(line, entry);
  }
  return [...found.values()];
}

/** The last line may be half written. */
function parseLine(line: string): { run: string; directory: string } | undefined {
  try {
    const { run, directory } = JSON.parse(line);
    return typeof run === "string" && typeof directory === "string"
      ? { run, directory }
      : undefined;
  } catch {
    return undefined;
  }
}

function readOrEmpty(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Nothing was recorded.
  }
}
