/**
 * A new file that a user has named: there as a whole or not at all, for its owner alone, and never in the
 * place of another one unless that is told. It is made like all files of ours, where nobody can lead the way
 * to it elsewhere.
 *
 * @module
 */

import * as fs from "node:fs";
import { fail, type Failure, failure, ok, reasonOf, type Result } from "../../base/result.ts";
import { createLocalClock } from "../local_clock.ts";
import { createMounts } from "../mounts/mounts.ts";
import * as descriptors from "./descriptors.ts";
import { type DirectorySection, inDirectory } from "./in_directory.ts";
import { PathResolver, type ResolvedPath } from "./path_resolver.ts";
import { errorCode } from "./system_error.ts";

type EntryPlace = Extract<ResolvedPath, { type: "entry" }>;

/** A file that is being written. */
export class WholeFile {
  readonly #path: string;
  readonly #place: EntryPlace;
  readonly #temporary: string;
  readonly #force: boolean;
  readonly #file: number;

  private constructor(
    path: string,
    place: EntryPlace,
    force: boolean,
    temporary: string,
    file: number,
  ) {
    this.#path = path;
    this.#place = place;
    this.#force = force;
    this.#temporary = temporary;
    this.#file = file;
  }

  /** Opens a temporary file beside `path`; `force`: a regular file that is there may be replaced. */
  static open(path: string, force: boolean, suffix: string): Result<WholeFile> {
    const clock = createLocalClock();
    const found = new PathResolver(clock, createMounts(clock), Deno.uid() ?? 0).find(path, true);
    if (!found.ok) return found;
    const place = found.value;
    if (place.type !== "entry") return { ok: false, failure: noDirectory(path) };
    const temporary = `.${place.name}.${suffix}~`;
    return inside(path, place, (here) => {
      const inTheWay = whatIsThere(path, here.at(place.name), force);
      if (inTheWay !== undefined) return inTheWay;
      const file = descriptors.openNew(here.at(temporary));
      return ok(new WholeFile(path, place, force, temporary, file));
    });
  }

  /** Takes the next piece; what speaks against it is the result. */
  write(piece: Uint8Array): Promise<Failure | undefined> {
    return new Promise((resolve) => this.#writeAll(piece, resolve));
  }

  /** Gives the file its name; where that cannot be it is gone. */
  finish(): Result<void> {
    const named = inside(this.#path, this.#place, (here) => this.#giveName(here));
    if (!named.ok) this.discard();
    else descriptors.close(this.#file);
    return named;
  }

  #giveName(here: DirectorySection): Result<void> {
    const [temporary, target] = [here.at(this.#temporary), here.at(this.#place.name)];
    descriptors.sync(this.#file);
    if (!this.#isThere(temporary)) {
      return fail(`${this.#path}: its directory changed meanwhile`, { code: "changed" });
    }
    const inTheWay = whatIsThere(this.#path, target, this.#force);
    if (inTheWay !== undefined) return inTheWay;
    if (this.#force) fs.renameSync(temporary, target);
    else if (!nameAnew(temporary, target)) return exists(this.#path);
    descriptors.syncDirectory(here.here);
    return ok(undefined);
  }

  /** Leaves nothing behind. */
  discard(): void {
    // What stands under its name now may be another's.
    inside(this.#path, this.#place, (here) => {
      const temporary = here.at(this.#temporary);
      if (this.#isThere(temporary)) fs.unlinkSync(temporary);
      return ok(undefined);
    });
    descriptors.close(this.#file);
  }

  #isThere(temporary: string): boolean {
    const found = fs.lstatSync(temporary, { throwIfNoEntry: false });
    const { device, inode } = descriptors.statOpen(this.#file);
    return found?.ino === inode && found.dev === device;
  }

  #writeAll(piece: Uint8Array, done: (failure: Failure | undefined) => void): void {
    fs.write(this.#file, piece, (error, written) => {
      if (error !== null) done(cannotWrite(this.#path, error));
      else if (written < piece.length) this.#writeAll(piece.subarray(written), done);
      else done(undefined);
    });
  }
}

/** What the kernel says where a file system has no hard links (a stick's, for instance). */
const NO_LINKS: ReadonlySet<string | undefined> = new Set(["EPERM", "EOPNOTSUPP", "ENOSYS"]);

/** Unlike a rename a link never replaces what came meanwhile; false: something did. */
function nameAnew(temporary: string, target: string): boolean {
  try {
    fs.linkSync(temporary, target);
  } catch (thrown) {
    const code = errorCode(thrown);
    if (code === "EEXIST") return false;
    if (!NO_LINKS.has(code)) throw thrown;
    fs.renameSync(temporary, target);
    return true;
  }
  fs.unlinkSync(temporary);
  return true;
}

/** Works in the directory of a file; what the kernel refuses is a failure. */
function inside<T>(
  path: string,
  { directory }: EntryPlace,
  work: (here: DirectorySection) => Result<T>,
): Result<T> {
  const done = inDirectory(directory, (here) => {
    try {
      const result = work(here);
      return result.ok ? ok({ type: "done" as const, value: result.value }) : result;
    } catch (thrown) {
      return { ok: false, failure: cannotWrite(path, thrown) };
    }
  });
  if (!done.ok) return done;
  return done.value.type === "done"
    ? ok(done.value.value)
    : { ok: false, failure: noDirectory(path) };
}

const NO_ROOM = "make room there, or name a file elsewhere";
const NO_RIGHT = "name a file where you may write";
const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: NO_ROOM,
  EDQUOT: NO_ROOM,
  EFBIG: NO_ROOM,
  EACCES: NO_RIGHT,
  EPERM: NO_RIGHT,
  EROFS: NO_RIGHT,
  ENOENT: "name a file in a directory that is there",
  ENOTDIR: "name a file in a directory that is there",
};

function noDirectory(path: string): Failure {
  return failure(`cannot write ${path}: its directory is not there`, {
    code: "write",
    hint: HINTS["ENOENT"] ?? "",
  });
}

function cannotWrite(path: string, thrown: unknown): Failure {
  return failure(`cannot write ${path}: ${reasonOf(thrown)}`, {
    code: "write",
    hint: HINTS[errorCode(thrown) ?? ""] ?? "name another file",
  });
}

/** What speaks against writing there. A device or a link that would be replaced serves others. */
function whatIsThere(path: string, here: string, force: boolean): Result<never> | undefined {
  const found = fs.lstatSync(here, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (found.isFile()) return force ? undefined : exists(path);
  return fail(`${path} is ${nameOf(found)}: only regular files are replaced`, {
    code: "not-a-file",
    hint: "name another file",
  });
}

function nameOf(found: fs.Stats): string {
  if (found.isDirectory()) return "a directory";
  if (found.isSymbolicLink()) return "a symbolic link";
  if (found.isFIFO()) return "a FIFO";
  if (found.isSocket()) return "a socket";
  return "a device";
}

function exists(path: string): Result<never> {
  return fail(`${path} is there already`, {
    code: "exists",
    hint: "name another file, or replace it with --force",
  });
}
