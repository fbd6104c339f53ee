/**
 * Looks at files of which any may be on a mount that does not answer: each look happens on another
 * thread, has a deadline and reads little, and nothing is followed, opened or changed that could wait.
 *
 * @module
 */

import fs from "node:fs";
import { ok, type Result } from "../../base/result.ts";
import type { Clock } from "../clock.ts";
import { createMounts } from "../mounts/mounts.ts";
import { SlowMountLimiter } from "./slow_mount_limiter.ts";

/** What stands at a path. */
export interface PatientLook {
  readonly type: "file" | "directory" | "symlink" | "other";
  readonly mode: number;
  readonly uid: number;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** How much room a file system has. */
export interface DiskRoom {
  /** For who is not root. */
  readonly freeBytes: number;
  readonly bytes: number;
  /** Undefined: it does not count them. */
  readonly inodes: { readonly free: number; readonly all: number } | undefined;
}

/** Those looks; a mount that does not answer is a failure with the code `timeout`. */
export interface PatientFiles {
  /** Of the entry itself, no link is followed; undefined: there is none. */
  look(path: string): Promise<Result<PatientLook | undefined>>;
  room(path: string): Promise<Result<DiskRoom>>;
  /** Names in a directory, in order, up to a limit; none where it is not there. */
  names(path: string): Promise<Result<readonly string[]>>;
  /** The beginning of a regular file; undefined: there is none. */
  text(path: string): Promise<Result<string | undefined>>;
}

const DEADLINE_MS = 3000;
const NAMES_MOST = 10_000;
const TEXT_BYTES = 256 * 1024;

/** Opens the door for such looks; `signal` ends those that wait. */
export function createPatientFiles(
  clock: Clock,
  signal: AbortSignal,
  deadlineMs: number = DEADLINE_MS,
): PatientFiles {
  const mounts = createMounts(clock);
  const limiter = new SlowMountLimiter(clock, deadlineMs);
  function call<T>(path: string, start: () => Promise<T>): Promise<Result<T>> {
    return limiter.call(mounts.holding(path).point, `look at ${path}`, start, signal);
  }
  return {
    look: (path) => call(path, () => unlessAbsent(look(path), undefined)),
    room: (path) => call(path, () => roomOf(path)),
    names: (path) => call(path, () => unlessAbsent(namesIn(path), [])),
    text: async (path) => {
      const seen = await call(path, () => unlessAbsent(look(path), undefined));
      if (!seen.ok) return seen;
      if (seen.value?.type !== "file") return ok(undefined);
      return await call(path, () => unlessAbsent(beginningOf(path), undefined));
    },
  };
}

async function look(path: string): Promise<PatientLook> {
  const info = await Deno.lstat(path);
  return {
    type: info.isSymlink
      ? "symlink"
      : info.isDirectory
      ? "directory"
      : info.isFile
      ? "file"
      : "other",
    mode: (info.mode ?? 0) & 0o7777,
    uid: info.uid ?? 0,
    bytes: info.size,
    modifiedMs: info.mtime?.getTime() ?? 0,
  };
}

function roomOf(path: string): Promise<DiskRoom> {
  return new Promise((resolve, reject) => {
    fs.statfs(path, (error, found) => {
      if (error !== null) return reject(error);
      const { bavail, bsize, blocks, files, ffree } = found;
      resolve({
        freeBytes: bavail * bsize,
        bytes: blocks * bsize,
        inodes: files === 0 ? undefined : { free: ffree, all: files },
      });
    });
  });
}

async function namesIn(path: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(path)) {
    if (names.push(name) >= NAMES_MOST) break;
  }
  return names.sort();
}

async function beginningOf(path: string): Promise<string> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(TEXT_BYTES);
  let length = 0;
  for (;;) {
    const count = await file.read(bytes.subarray(length));
    if (count === null || count === 0) break;
    length += count;
  }
  return new TextDecoder().decode(bytes.subarray(0, length));
}

async function unlessAbsent<T, U>(work: Promise<T>, absent: U): Promise<T | U> {
  try {
    return await work;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return absent;
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOTDIR") return absent;
    throw thrown;
  }
}
