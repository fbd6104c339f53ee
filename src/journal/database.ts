/**
 * The journal's database: one SQLite file, written by the run that holds the prefix and read by whoever
 * asks, also meanwhile. Nothing here waits for the disk: what must be on it is synced on other threads
 * (`writer.ts`), so SQLite itself is told to sync nothing.
 *
 * @module
 */

import { dirname } from "node:path";
import { DatabaseSync } from "./sqlite.ts";
import { type Failure, failure, ok, reasonOf, type Result } from "../base/result.ts";
import { printable } from "../base/printable.ts";
import { shellWord } from "../base/shell_word.ts";
import { ownUid } from "../os/accounts.ts";
import * as descriptors from "../os/files/descriptors.ts";
import { lacksRoom } from "../os/files/room.ts";
import { lstat } from "../os/files/stat.ts";
import { judge, migrate } from "./schema.ts";

/** How long a command waits for who makes the file or mends it after a crash. */
const READ_WAIT_MS = 2000;
/** The agent waits for nobody: it tries again. */
const WRITE_WAIT_MS = 5;

const FULL = ["full", "the disk is full"] as const;
/** With less than so many bytes an error of SQLite's is for want of room: what it shares with readers takes 32 KiB. */
const ROOM_NEEDED = 64 * 1024;

/** What SQLite says of what is wrong, as codes of failures. */
const CODES: Readonly<Record<number, readonly [code: string, reason: string]>> = {
  8: ["forbidden", "it may not be written"],
  11: ["damaged", "it is damaged"],
  13: FULL,
  14: ["forbidden", "it cannot be opened"],
  23: ["forbidden", "it may not be read"],
  26: ["not-a-journal", "it is no database"],
};

/** SQLITE_READONLY_ROLLBACK: what a killed writer began must be taken back, which a reader may not. */
const HALF_MADE = 776;
const HALF_MADE_SAID = ["unfinished", "a run that was killed left it half made"] as const;

/** Opens the journal for the run that holds its prefix, and makes it where there is none. */
export function openToWrite(path: string): Result<DatabaseSync> {
  const unfit = unfitToWrite(path);
  if (unfit !== undefined) return { ok: false, failure: unfit };
  return opening(path, () => {
    const database = new DatabaseSync(path, { timeout: WRITE_WAIT_MS });
    return whole(database, path, () => {
      const foreign = judge(database, path);
      if (foreign !== undefined) return foreign;
      for (
        const pragma of [
          // Before the first table; the file is given back in steps.
          "auto_vacuum = INCREMENTAL",
          "journal_mode = WAL",
          "synchronous = OFF",
          "wal_autocheckpoint = 0",
          "journal_size_limit = 1048576",
          "cache_size = -1024",
        ]
      ) database.prepare(`PRAGMA ${pragma}`).all();
      migrate(database);
      return undefined;
    });
  });
}

/** Opens a journal to read it; the code of the failure is `none` where there is none. */
export function openToRead(path: string): Result<DatabaseSync> {
  const there = attempt(() => lstat(path));
  if (!there.ok) return { ok: false, failure: unusable(path, there.failure) };
  if (there.value === undefined) {
    return {
      ok: false,
      failure: failure(`there is no journal ${printable(path)}`, { code: "none" }),
    };
  }
  if (!there.value.isFile) return { ok: false, failure: noFile(path) };
  const open = (readOnly: boolean) =>
    opening(path, () => {
      const database = new DatabaseSync(path, { readOnly, timeout: READ_WAIT_MS });
      return whole(database, path, () => judge(database, path));
    });
  const opened = open(true);
  // A run that was killed as it made the file leaves it to the next who may write to take that back.
  const isHalfMade = !opened.ok && opened.failure.code === "unfinished";
  return isHalfMade && there.value.uid === ownUid() ? open(false) : opened;
}

/** What SQLite threw, as a failure about that file. */
export function sqliteFailure(path: string, thrown: unknown): Failure {
  const extended = thrown instanceof Error && "errcode" in thrown ? Number(thrown.errcode) : 0;
  const known = extended === HALF_MADE ? HALF_MADE_SAID : CODES[extended & 0xff];
  const said = reasonOf(thrown);
  const [code, reason] = known ?? (isOfFullDisk(said, path) ? FULL : ["journal", said]);
  return unusable(path, failure(reason, { code }));
}

/** Of a full disk SQLite has several words, and not always a number: what it shares with readers needs room, too. */
function isOfFullDisk(said: string, path: string): boolean {
  if (said.includes("disk is full")) return true;
  return said.includes("disk I/O error") && lacksRoom(path, ROOM_NEEDED);
}

/** What tells the file of that path from another one there; undefined: there is none. */
export function identityOf(path: string): string | undefined {
  const there = attempt(() => lstat(path));
  return there.ok && there.value !== undefined
    ? `${there.value.dev}:${there.value.ino}`
    : undefined;
}

/** Brings the file to the disk, on another thread; what the disk refuses is found at the next write. */
export async function syncFile(path: string): Promise<void> {
  try {
    const file = await descriptors.openToReadAsync(path);
    await descriptors.syncAsync(file).finally(() => descriptors.close(file));
  } catch {
    // Without it a power failure costs the last entries.
  }
}

/** Nothing is followed, and nobody else's is taken: what is not there is made, for nobody else to read. */
function unfitToWrite(path: string): Failure | undefined {
  const there = attempt(() => lstat(path));
  if (!there.ok) return unusable(path, there.failure);
  if (there.value === undefined) {
    const made = attempt(() => descriptors.close(descriptors.openNew(path)));
    return made.ok ? undefined : unusable(path, made.failure);
  }
  if (!there.value.isFile) return noFile(path);
  if (there.value.uid !== ownUid()) {
    return unusable(
      path,
      failure(`it belongs to another user (${there.value.uid})`, { code: "forbidden" }),
    );
  }
  return undefined;
}

function noFile(path: string): Failure {
  return unusable(path, failure("it is not a regular file", { code: "not-a-journal" }));
}

function opening(path: string, open: () => Result<DatabaseSync>): Result<DatabaseSync> {
  try {
    return open();
  } catch (thrown) {
    return { ok: false, failure: sqliteFailure(path, thrown) };
  }
}

/** Closes what is not fit to be used. */
function whole(
  database: DatabaseSync,
  path: string,
  prepare: () => Failure | undefined,
): Result<DatabaseSync> {
  let problem: Failure | undefined;
  try {
    problem = prepare();
  } catch (thrown) {
    problem = sqliteFailure(path, thrown);
  }
  if (problem === undefined) return ok(database);
  database.close();
  return { ok: false, failure: problem };
}

function unusable(path: string, { message, code = "journal" }: Failure): Failure {
  const hint = code === "damaged" || code === "not-a-journal"
    ? "move it away, and a new one is made"
    : code === "full"
    ? `free space or inodes there (df ${shellWord(dirname(path))}, df -i)`
    : "check its owner, its file system, the space left";
  return failure(`the journal ${printable(path)} cannot be used: ${message}`, { code, hint });
}

function attempt<T>(work: () => T): Result<T> {
  try {
    return ok(work());
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    const known = code === "ENOSPC" ? "full" : code === "EACCES" ? "forbidden" : "journal";
    const reason = known === "full" ? FULL[1] : reasonOf(thrown);
    return { ok: false, failure: failure(reason, { code: known }) };
  }
}
