/**
 * What the watcher asks the machine for, besides its watches.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { type DirectoryReading, openDirectory } from "../files/directory_reading.ts";
import { nativeLstat } from "../native/lstat.ts";

/** Three quarters of what one user may have: other programs of his need some too. */
export function watchLimit(): number {
  try {
    const allowed = Number(Deno.readTextFileSync("/proc/sys/fs/inotify/max_user_watches"));
    return Math.min(Math.floor(allowed * 0.75), LIMITS.treeEntries) || LIMITS.treeEntries;
  } catch {
    return LIMITS.treeEntries;
  }
}

/** Where a link leads; undefined where there is none. */
export function readLink(path: string): string | undefined {
  // Most are files; the exception that the runtime throws for these costs ten times as much.
  if (nativeLstat(path)?.isSymlink === false) return undefined;
  try {
    return Deno.readLinkSync(path);
  } catch {
    return undefined;
  }
}

/** The names of the directories in a directory, in pieces. */
export function* listDirectories(path: string): Iterator<readonly string[]> {
  let reading: DirectoryReading | undefined;
  try {
    reading = openDirectory(path);
    for (let piece = reading.next(); piece !== undefined; piece = reading.next()) {
      yield piece.flatMap((each) =>
        each.name !== undefined && each.type === "directory" ? each.name : []
      );
    }
  } catch {
    // It is gone, or not to be read.
  } finally {
    reading?.close();
  }
}
