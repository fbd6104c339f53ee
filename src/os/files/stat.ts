/** From what the runtime says of an entry to {@linkcode Stat}. */

import { type EntryInfo, nativeLstat } from "../native/lstat.ts";
import type { Stat } from "./files.ts";

/** `lstat`, or undefined where nothing is; everything else that goes wrong is thrown. */
export function lstat(path: string): EntryInfo | undefined {
  const info = nativeLstat(path);
  if (info !== undefined) return info ?? undefined;
  try {
    return Deno.lstatSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    // What was a directory a moment ago may be none now.
    if (thrown instanceof Deno.errors.NotADirectory) return undefined;
    throw thrown;
  }
}

/** The facts of one entry. */
export function statOf(info: EntryInfo): Stat {
  return {
    type: typeOf(info),
    mode: (info.mode ?? 0) & 0o7777,
    uid: info.uid ?? 0,
    gid: info.gid ?? 0,
    size: info.size,
    device: info.dev,
    inode: info.ino ?? 0,
    links: info.nlink ?? 1,
    mtimeMs: info.mtime?.getTime() ?? 0,
    ctimeMs: info.ctime?.getTime() ?? 0,
  };
}

/** The four types that are told apart. */
export function typeOf(
  info: { readonly isFile: boolean; readonly isDirectory: boolean; readonly isSymlink: boolean },
): Stat["type"] {
  if (info.isFile) return "file";
  if (info.isDirectory) return "directory";
  return info.isSymlink ? "symlink" : "other";
}

/** What an entry is that is neither file, directory nor link, in words. */
export function describeOther(info: EntryInfo): string {
  if (info.isFifo) return "a FIFO";
  if (info.isSocket) return "a socket";
  if (info.isCharDevice) return "a character device";
  return info.isBlockDevice ? "a block device" : "a special file";
}

/** What a device is to the kernel, as `major:minor`; undefined: it is no block device. */
export function blockDeviceOf({ isBlockDevice, rdev }: EntryInfo): string | undefined {
  if (!isBlockDevice || rdev === null) return undefined;
  const low = rdev % 2 ** 32;
  const [major, minor] = [low >>> 8 & 0xfff, (low & 0xff) + (low >>> 12 & 0xfff00)];
  return `${major}:${minor}`;
}

/** Whether two looks saw the same inode with the same content, as far as its size and time tell. */
export function sameVersion(a: Stat, b: Stat): boolean {
  return sameEntry(a, b) && a.size === b.size && a.mtimeMs === b.mtimeMs;
}

/** Whether two looks saw the same inode. */
export function sameEntry(
  a: { readonly device: number; readonly inode: number; readonly type: Stat["type"] },
  b: { readonly device: number; readonly inode: number; readonly type: Stat["type"] },
): boolean {
  return a.inode === b.inode && a.device === b.device && a.type === b.type;
}
