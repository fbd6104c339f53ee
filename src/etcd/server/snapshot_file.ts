/**
 * The file of a snapshot of etcd: there as a whole and right, or not at all. It is made like all files
 * of ours, where nobody can lead the way to it elsewhere (`os/files`).
 *
 * @module
 */

import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { fail, type Failure, failure, ok, reasonOf, type Result } from "../../base/result.ts";
import * as descriptors from "../../os/files/descriptors.ts";
import { PathResolver, type ResolvedPath } from "../../os/files/path_resolver.ts";
import { type DirectorySection, inDirectory } from "../../os/files/in_directory.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { createMounts } from "../../os/mounts/mounts.ts";

/** etcd puts the sum of all before it at the end. */
const SUM_BYTES = 32;
/** etcd's database is never larger than its quota allows, by far. */
const BYTES_MAX = 16 * 1024 ** 3;

type SnapshotPlace = Extract<ResolvedPath, { type: "entry" }>;

/** A file that is being written. */
export class SnapshotFile {
  readonly #path: string;
  readonly #place: SnapshotPlace;
  readonly #temporary: string;
  readonly #force: boolean;
  readonly #file: number;
  readonly #hash = createHash("sha256");
  /** The last bytes so far, which may be the sum. */
  #tail = new Uint8Array(0);
  #bytes = 0;

  private constructor(
    path: string,
    place: SnapshotPlace,
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
  static open(path: string, force: boolean, suffix: string): Result<SnapshotFile> {
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
      return ok(new SnapshotFile(path, place, force, temporary, file));
    });
  }

  /** Takes the next piece. */
  write(piece: Uint8Array): Promise<Failure | undefined> {
    const all = new Uint8Array(this.#tail.length + piece.length);
    all.set(this.#tail);
    all.set(piece, this.#tail.length);
    const sure = Math.max(0, all.length - SUM_BYTES);
    this.#hash.update(all.subarray(0, sure));
    this.#tail = all.slice(sure);
    this.#bytes += piece.length;
    if (this.#bytes > BYTES_MAX) return Promise.resolve(failure("the snapshot is too large"));
    return new Promise((resolve) => this.#writeAll(piece, resolve));
  }

  /** Gives the file its name, if it is right; else it is gone. */
  finish(): Result<{ readonly bytes: number }> {
    const sum = this.#hash.digest();
    const isRight = this.#tail.length === SUM_BYTES &&
      this.#tail.every((byte, index) => byte === sum[index]);
    if (!isRight) {
      this.discard();
      return fail("what came is not what etcd sent: the sum at its end is another", {
        code: "sum",
        hint: "try again; where it stays so, look at etcd's disk",
      });
    }
    const named = inside(this.#path, this.#place, (here) => this.#giveName(here));
    if (!named.ok) this.discard();
    else descriptors.close(this.#file);
    return named;
  }

  #giveName(here: DirectorySection): Result<{ readonly bytes: number }> {
    const [temporary, target] = [here.at(this.#temporary), here.at(this.#place.name)];
    descriptors.sync(this.#file);
    if (!this.#isThere(temporary)) {
      return fail(`${this.#path}: its directory changed meanwhile`, { code: "changed" });
    }
    const inTheWay = whatIsThere(this.#path, target, this.#force);
    if (inTheWay !== undefined) return inTheWay;
    if (this.#force) fs.renameSync(temporary, target);
    else {
      // Unlike a rename this never replaces what came meanwhile.
      fs.linkSync(temporary, target);
      fs.unlinkSync(temporary);
    }
    descriptors.syncDirectory(here.here);
    return ok({ bytes: this.#bytes });
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

/** Works in the directory of a snapshot; what the kernel refuses is a failure. */
function inside<T>(
  path: string,
  { directory }: SnapshotPlace,
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
  const { code } = thrown as { code?: string };
  return failure(`cannot write ${path}: ${reasonOf(thrown)}`, {
    code: "write",
    hint: HINTS[code ?? ""] ?? "name another file",
  });
}

/** What speaks against writing there. A device or a link that would be replaced serves others. */
function whatIsThere(path: string, here: string, force: boolean): Result<never> | undefined {
  const found = fs.lstatSync(here, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (found.isFile()) return force ? undefined : exists(path);
  return fail(`${path} is ${nameOf(found)}: a snapshot replaces only regular files`, {
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
