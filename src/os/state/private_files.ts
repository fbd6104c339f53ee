/**
 * Files that nobody but their owner may read: keys, and what decides whom to believe.
 *
 * @module
 */

import { join } from "node:path";
import { LIMITS } from "../../base/limits.ts";
import { fail, type Failure, failure, ok, reasonOf, type Result } from "../../base/result.ts";
import { shellWord } from "../../base/shell_word.ts";
import * as descriptors from "../files/descriptors.ts";
import { lstat } from "../files/stat.ts";
import { stateDirectory } from "./state_directory.ts";

/** One directory of such files, made when the first is written. */
export interface PrivateFiles {
  readonly path: string;
  /** The content of a file; undefined: there is none. One that others can read or write is refused. */
  read(name: string): Result<Uint8Array | undefined>;
  /** Replaces a file, durably; a crash leaves the old one or the new one. */
  write(name: string, content: string | Uint8Array): Result<void>;
  /** Removes a file; harmless when there is none. */
  remove(name: string): Result<void>;
}

/** Opens the directory `path` (absolute) of files that belong to this user alone. */
export function privateFiles(path: string): PrivateFiles {
  const directory = stateDirectory(path);
  return {
    path,
    read: (name) => {
      const unsafe = unsafeDirectory(path);
      return unsafe ??
        readPrivateFile(join(path, name), "put the file that it leads to in its place");
    },
    write: (name, content) => unsafeDirectory(path) ?? directory.write(name, content),
    remove: (name) => directory.remove(name),
  };
}

/**
 * Reads a file that must belong to this user or to root, and be readable by nobody else; undefined:
 * there is none. Links are not followed; `linked` says what to do about one.
 */
export function readPrivateFile(
  path: string,
  linked = "name the file that it leads to",
): Result<Uint8Array | undefined> {
  try {
    const file = descriptors.openToRead(path);
    try {
      const why = unsafeFile(path, descriptors.statOpen(file));
      if (why !== undefined) return why;
      return ok(descriptors.readUpTo(file, LIMITS.privateFileBytes));
    } finally {
      descriptors.close(file);
    }
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === "ENOENT") return ok(undefined);
    if (code === "EACCES") {
      return fail(`cannot read ${path}: permission denied`, {
        hint: "it belongs to another user: do this as that user, for instance with sudo",
      });
    }
    if (code !== "ELOOP") return fail(`cannot read ${path}: ${reasonOf(thrown)}`);
    return fail(`${path} is not used: it is a link`, { hint: linked });
  }
}

type Opened = ReturnType<typeof descriptors.statOpen>;

function unsafeFile(path: string, seen: Opened): Result<never> | undefined {
  if (!seen.isFile) return fail(`${path} is not used: it is no regular file`);
  if (!isOurs(seen.uid)) {
    return refused(path, ownerText(seen.uid), `chown ${Deno.uid()} ${shellWord(path)}`);
  }
  if ((seen.mode & 0o077) !== 0) {
    const mode = seen.mode.toString(8).padStart(4, "0");
    const why = `others can read or write it (its mode is ${mode})`;
    return refused(path, why, `chmod 0600 ${shellWord(path)}`);
  }
  if (seen.size <= LIMITS.privateFileBytes) return undefined;
  return fail(`${path} is not used: it has more than ${LIMITS.privateFileBytes} bytes`);
}

/** Others could put their own files there; that it is missing is no matter. */
function unsafeDirectory(path: string): Result<never> | undefined {
  const directory = descriptors.openDirectory(path);
  if (directory === undefined) return noDirectory(path);
  try {
    const { uid, mode } = descriptors.statOpen(directory);
    if (!isOurs(uid)) {
      return refused(path, ownerText(uid), `chown ${Deno.uid()} ${shellWord(path)}`);
    }
    if ((mode & 0o077) === 0) return undefined;
    const what = (mode & 0o022) === 0 ? "look in" : "write";
    return refused(path, `others can ${what} there`, `chmod 0700 ${shellWord(path)}`);
  } finally {
    descriptors.close(directory);
  }
}

/** A link leads where others may decide; nothing, and what cannot be looked at, is for whoever reads there. */
function noDirectory(path: string): Result<never> | undefined {
  const found = entryAt(path);
  if (found === undefined || found.isDirectory) return undefined;
  const [what, how] = found.isSymlink
    ? ["it is a link", "put the directory that it leads to in its place"]
    : ["it is no directory", "move it away, and bring the directory back from a copy"];
  return fail(`${path} is not used: ${what}`, { code: "secret-unsafe", hint: how });
}

function entryAt(path: string): ReturnType<typeof lstat> {
  try {
    return lstat(path);
  } catch {
    return undefined;
  }
}

/**
 * Why a file of state is not to be believed: another user owns it or may write it, or it is no regular file;
 * undefined: it may be read, or there is none.
 */
export function notToBeBelieved(path: string): Failure | undefined {
  try {
    const file = descriptors.openToRead(path);
    try {
      const { isFile, uid, mode } = descriptors.statOpen(file);
      if (!isFile) return failure(`${path} is not used: it is no regular file`);
      if (isOurs(uid) && (mode & 0o022) === 0) return undefined;
      const why = isOurs(uid) ? "others can write it" : ownerText(uid);
      return failure(`${path} is not used: ${why}`, {
        hint: "look at what is in it; then make it yours, or remove it",
      });
    } finally {
      descriptors.close(file);
    }
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return undefined;
    const why = codeOf(thrown) === "ELOOP" ? "it is a link" : reasonOf(thrown);
    return failure(`${path} is not used: ${why}`);
  }
}

function isOurs(uid: number): boolean {
  return uid === 0 || uid === Deno.uid();
}

function ownerText(uid: number): string {
  return `it belongs to the user with the number ${uid}`;
}

function refused(path: string, why: string, how: string): Result<never> {
  return fail(`${path} is not used: ${why}`, {
    code: "secret-unsafe",
    hint: `if nobody else can have read or written it: ${how}; else make another`,
  });
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
}
