/**
 * The graph files of a directory.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";
import { openDirectory } from "./files/directory_reading.ts";
import { type FileWay, wayTo } from "./files/file_way.ts";
import { systemFailure } from "./files/system_error.ts";
import { createLocalClock } from "./local_clock.ts";

/** Names that only look like those of graph files: a few say it all. */
const ALIKE_MAX = 5;

/** What a directory has. */
export interface GraphListing {
  readonly way: FileWay;
  /** Names that match, sorted. */
  readonly names: readonly string[];
  /** The first of those that only look so, sorted. */
  readonly alike: readonly string[];
  /** Another one where something came, went or was renamed in between. */
  readonly version: string;
}

/** Whether a name that a user gave leads to a directory now; undefined: to nothing. */
export function isDirectory(path: string): boolean | undefined {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return undefined;
  }
}

/**
 * Lists what `isMeant` of a directory (absolute), also through links; more than `limit` are refused, and
 * so is a name that is not UTF-8: left out, its file would be missing without a word.
 */
export async function listGraphDirectory(
  path: string,
  how: {
    readonly isMeant: (name: string) => boolean;
    readonly isAlike?: (name: string) => boolean;
    readonly limit: number;
  },
): Promise<Result<GraphListing>> {
  const found = await wayTo(path);
  if (!found.ok) return found;
  const way = found.value;
  if (way.end.type !== "directory") return fail(`${path} is no directory any more`);
  try {
    const { mtime, ctime } = await Deno.lstat(way.realPath);
    const listed = await namesIn(way.realPath, how);
    if ("not" in listed) return fail(`${path} has ${listed.not}`, { hint: listed.hint });
    const { names, alike } = listed;
    const { device, inode } = way.end;
    const version = [device, inode, mtime?.getTime(), ctime?.getTime(), ...names].join("/");
    return ok({ way, names, alike, version });
  } catch (thrown) {
    return systemFailure(thrown, `read ${path}`);
  }
}

/** Names that match, sorted, or what is there that must not be. */
async function namesIn(
  path: string,
  { isMeant, isAlike, limit }: Parameters<typeof listGraphDirectory>[1],
): Promise<
  Pick<GraphListing, "names" | "alike"> | { readonly not: string; readonly hint: string }
> {
  const clock = createLocalClock();
  const names: string[] = [];
  const alike: string[] = [];
  const reading = openDirectory(path);
  try {
    for (let turns = 0;; turns++) {
      const some = reading.next();
      if (some === undefined) break;
      if (turns > 0) await clock.yieldTurn();
      for (const entry of some) {
        if (entry.name !== undefined) {
          if (isMeant(entry.name)) names.push(entry.name);
          else if (alike.length < ALIKE_MAX && isAlike?.(entry.name)) alike.push(entry.name);
        } else if (isMeant(entry.raw.shown)) {
          const not = `a graph file whose name is not UTF-8: ${entry.raw.shown}`;
          return { not, hint: "give it another name" };
        }
      }
      if (names.length > limit) {
        return {
          not: `more than ${limit} graph files`,
          hint: "put what belongs together into one file",
        };
      }
    }
  } finally {
    reading.close();
  }
  return { names: names.sort(), alike: alike.sort() };
}
