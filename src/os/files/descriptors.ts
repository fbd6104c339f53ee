/**
 * Open files. The numbers are the runtime's own and good for nothing but these calls.
 *
 * @module
 */

import fs from "node:fs";

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } =
  fs.constants;

/** What identifies an open file and tells its size. */
export interface OpenStat {
  readonly device: number;
  readonly inode: number;
  readonly mode: number;
  readonly size: number;
  readonly links: number;
  readonly uid: number;
  readonly gid: number;
  readonly isFile: boolean;
  readonly isDirectory: boolean;
}

/** Opens an existing entry for reading; never follows a link, never waits for a FIFO's other end. */
export function openToRead(path: string): number {
  return fs.openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
}

/** Opens an existing file for writing. */
export function openToWrite(path: string): number {
  return fs.openSync(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK);
}

/** Makes a file that did not exist, readable by nobody else. */
export function openNew(path: string): number {
  return fs.openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
}

/** Closes a file; that it cannot be closed changes nothing any more. */
export function close(file: number): void {
  try {
    fs.closeSync(file);
  } catch {
    // What matters was synced before.
  }
}

/** The facts of an open file. */
export function statOpen(file: number): OpenStat {
  const stat = fs.fstatSync(file);
  return {
    device: stat.dev,
    inode: stat.ino,
    mode: stat.mode & 0o7777,
    size: stat.size,
    links: stat.nlink,
    uid: stat.uid,
    gid: stat.gid,
    isFile: stat.isFile(),
    isDirectory: stat.isDirectory(),
  };
}

/** Writes all of the bytes where the last write ended: not every file has positions. */
export function writeAll(file: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) {
    done += fs.writeSync(file, bytes, done, bytes.length - done, null);
  }
}

/** Writes all of the bytes at a position of a regular file. */
export function writeAt(file: number, bytes: Uint8Array, position: number): void {
  let done = 0;
  while (done < bytes.length) {
    done += fs.writeSync(file, bytes, done, bytes.length - done, position + done);
  }
}

/** Reads at most `limit` bytes, from the beginning unless `from` says otherwise. */
export function readUpTo(file: number, limit: number, from = 0): Uint8Array {
  const buffer = new Uint8Array(limit);
  let done = 0;
  while (done < limit) {
    const count = fs.readSync(file, buffer, done, limit - done, from + done);
    if (count === 0) break;
    done += count;
  }
  return buffer.subarray(0, done);
}

/** Brings what was written to the disk. */
export function sync(file: number): void {
  fs.fsyncSync(file);
}

/** Opens a directory to sync it; undefined where it may be written but not read. */
export function openDirectory(path: string): number | undefined {
  try {
    return fs.openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch {
    return undefined;
  }
}

/** Brings the names in a directory to the disk, as far as its writer can. */
export function syncDirectory(path: string): void {
  const directory = openDirectory(path);
  if (directory === undefined) return;
  try {
    fs.fsyncSync(directory);
  } finally {
    fs.closeSync(directory);
  }
}

/** Gives an open file to a user and a group. */
export function changeOwner(file: number, uid: number, gid: number): void {
  fs.fchownSync(file, uid, gid);
}

/** Sets the permission bits of an open file. */
export function changeMode(file: number, mode: number): void {
  fs.fchmodSync(file, mode);
}

/** Cuts an open file to a size. */
export function truncate(file: number, size: number): void {
  fs.ftruncateSync(file, size);
}

/** Reads into a buffer at a position, on another thread. */
export function readAsync(file: number, buffer: Uint8Array, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(file, buffer, 0, buffer.length, position, (problem, count) => {
      if (problem) reject(problem);
      else resolve(count);
    });
  });
}

/** Writes a whole buffer where the last write ended, on another thread. */
export async function writeAllAsync(file: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await writePart(file, bytes, done, null);
}

/** Writes a whole buffer at a position of a regular file, on another thread. */
export async function writeAtAsync(
  file: number,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += await writePart(file, bytes, done, position + done);
  }
}

function writePart(
  file: number,
  bytes: Uint8Array,
  from: number,
  position: number | null,
): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.write(file, bytes, from, bytes.length - from, position, (problem, count) => {
      if (problem) reject(problem);
      else resolve(count);
    });
  });
}

/** Brings what was written to the disk, on another thread. */
export function syncAsync(file: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.fsync(file, (problem) => problem ? reject(problem) : resolve());
  });
}

/** Opens an existing entry for reading, on another thread. */
export function openToReadAsync(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, (problem, file) => {
      if (problem || file === undefined) reject(problem ?? new Error("nothing was opened"));
      else resolve(file);
    });
  });
}
