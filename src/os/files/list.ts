/**
 * What is in a directory.
 *
 * @module
 */

import { chain, chainOk } from "../../base/chain.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import { type Yielder, yielderOf } from "../../base/yielder.ts";
import { type DirectoryReading, openDirectory, type ReadEntry } from "./directory_reading.ts";
import type { DirectoryEntry, RawDirectoryEntry } from "./files.ts";
import { inDirectory } from "./in_directory.ts";
import type { DirectorySection } from "./in_directory.ts";
import { lstat } from "./stat.ts";
import { attempt } from "./system_error.ts";
import { atPlace } from "./files_context.ts";
import type { FilesContext } from "./files_context.ts";

/** What is in a directory. */
export interface DirectoryListing {
  readonly entries: DirectoryEntry[];
  /** Entries with names that are not UTF-8. */
  readonly unnameable: RawDirectoryEntry[];
}

/** Larger directories stay in the order they have: sorting would hold up everything else. */
const SORTED = 10_000;

/** The entries of a directory, sorted by name unless they are very many. */
export function list(
  context: FilesContext,
  path: string,
  signal?: AbortSignal,
): Awaitable<Result<DirectoryListing>> {
  // The directory itself is entered by asking for the place of something in it.
  return atPlace(context, path === "/" ? "/." : `${path}/.`, signal, (place) => {
    const missing = `cannot list ${path}: no such directory`;
    if (place.type === "missing") return fail(missing, { code: "ENOENT" });
    const listed: DirectoryListing = { entries: [], unnameable: [] };
    const begun = attempt(
      `list ${path}`,
      () => inDirectory(place.directory, (inside) => ok(begin(inside, listed))),
    );
    if (!begun.ok) return begun;
    if (begun.value !== undefined && "type" in begun.value) {
      return fail(missing, { code: "ENOENT" });
    }
    return chainOk(
      readOn(path, begun.value, listed, yielderOf(context.clock), signal),
      () => {
        if (listed.entries.length <= SORTED) listed.entries.sort(byName);
        return ok(listed);
      },
    );
  });
}

/** Takes the first entries, which mostly are all; gives back the reading if there may be more. */
function begin(inside: DirectorySection, listed: DirectoryListing): DirectoryReading | undefined {
  const reading = openDirectory(inside.here);
  const first = reading.next();
  if (first === undefined) return undefined;
  take(first, listed, reading.raw ? undefined : inside);
  return reading;
}

function take(
  entries: readonly ReadEntry[],
  listed: DirectoryListing,
  inside?: DirectorySection,
): void {
  for (const entry of entries) {
    if (entry.name === undefined) listed.unnameable.push(entry.raw);
    else if (inside === undefined || !isMangled(entry.name, inside)) listed.entries.push(entry);
  }
}

/** The runtime puts U+FFFD for what is no UTF-8, or leaves such names out. */
function isMangled(name: string, inside: DirectorySection): boolean {
  return name.includes("\ufffd") && lstat(inside.at(name)) === undefined;
}

function readOn(
  path: string,
  reading: DirectoryReading | undefined,
  listed: DirectoryListing,
  yielder: Yielder,
  signal: AbortSignal | undefined,
): Awaitable<Result<void>> {
  for (;;) {
    if (listed.entries.length > LIMITS.treeEntries) {
      reading?.close();
      return fail(`${path} has more than ${LIMITS.treeEntries} entries`, { code: "too-many" });
    }
    if (signal?.aborted) {
      reading?.close();
      return fail(`listing ${path} was stopped`, { code: "stopped" });
    }
    const more = attempt(`list ${path}`, () => ok(reading?.next()));
    if (!more.ok) return more;
    if (more.value === undefined) return ok(undefined);
    take(more.value, listed);
    const turn = yielder.yieldTurn();
    if (turn !== undefined) {
      return chain(turn, () => readOn(path, reading, listed, yielder, signal));
    }
  }
}

function byName(a: DirectoryEntry, b: DirectoryEntry): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
