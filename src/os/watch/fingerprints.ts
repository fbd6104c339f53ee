/**
 * What polling looks at in a directory, and what it remembers of it to see whether it changed.
 *
 * @module
 */

import { type DirectoryReading, openDirectory } from "../files/directory_reading.ts";
import type { Polling, WatchedDirectory } from "./model.ts";
import { leadsOn } from "./path_tree.ts";

const ABSENT = "absent";

/** The names in a directory that matter to somebody, each once. */
export function* namesOf(directory: WatchedDirectory, polling: Polling): Iterable<string> {
  const wanted = new Set<string>(directory.hops?.keys());
  for (const node of directory.nodes) {
    for (const name of node.children?.keys() ?? []) wanted.add(name);
  }
  yield* wanted;
  if (directory.branch === undefined || polling.remote) return;
  for (const name of entries(directory.path)) {
    if (wanted.has(name)) continue;
    wanted.add(name);
    yield name;
  }
  for (const [name, was] of polling.seen) if (was !== ABSENT && !wanted.has(name)) yield name;
}

/** What is in a directory now, read as it is asked for. */
function* entries(path: string): Iterable<string> {
  let reading: DirectoryReading | undefined;
  try {
    reading = openDirectory(path);
    for (let piece = reading.next(); piece !== undefined; piece = reading.next()) {
      for (const { name } of piece) if (name !== undefined) yield name;
    }
  } catch {
    // It is gone, or not to be read: what is known of it is looked at all the same.
  } finally {
    reading?.close();
  }
}

/** Whether something below this entry is wanted. */
export function isOnTheWay(directory: WatchedDirectory, name: string): boolean {
  if (directory.branch !== undefined || directory.hops?.has(name) === true) return true;
  return directory.nodes.some((node) => {
    const child = node.children?.get(name);
    return child !== undefined && leadsOn(child);
  });
}

/** What is remembered where nothing could be looked at. */
export function unseen(thrown: unknown): string {
  return thrown instanceof Deno.errors.NotFound ? ABSENT : "unreadable";
}

/** What changes when the entry does. The times of a directory on the way tell of strangers. */
export function fingerprint(info: Deno.FileInfo, onTheWay: boolean): string {
  const identity = `${info.dev} ${info.ino} ${info.mode} ${info.uid} ${info.gid}`;
  if (info.isDirectory && onTheWay) return identity;
  return `${identity} ${info.nlink} ${info.size} ${info.mtime?.getTime()} ${info.ctime?.getTime()}`;
}
