/**
 * The file of a snapshot of etcd: there as a whole and right, or not at all.
 *
 * @module
 */

import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { fail, type Failure, failure, ok, reasonOf, type Result } from "../../base/result.ts";

/** etcd puts the sum of all before it at the end. */
const SUM_BYTES = 32;
/** etcd's database is never larger than its quota allows, by far. */
const BYTES_MAX = 16 * 1024 ** 3;

/** A file that is being written. */
export class SnapshotFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #force: boolean;
  readonly #file: number;
  readonly #hash = createHash("sha256");
  /** The last bytes so far, which may be the sum. */
  #tail = new Uint8Array(0);
  #bytes = 0;

  private constructor(path: string, force: boolean, suffix: string) {
    this.#path = path;
    this.#force = force;
    this.#temporary = join(dirname(path), `.${basename(path)}.${suffix}~`);
    this.#file = fs.openSync(this.#temporary, "wx", 0o600);
  }

  /** Opens a temporary file beside `path`; `force`: a regular file that is there may be replaced. */
  static open(path: string, force: boolean, suffix: string): Result<SnapshotFile> {
    try {
      const inTheWay = whatIsThere(path, force);
      if (inTheWay !== undefined) return inTheWay;
      return ok(new SnapshotFile(path, force, suffix));
    } catch (thrown) {
      return { ok: false, failure: cannotWrite(path, thrown) };
    }
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
    try {
      fs.fsyncSync(this.#file);
      fs.closeSync(this.#file);
      if (this.#force) {
        const inTheWay = whatIsThere(this.#path, true);
        if (inTheWay !== undefined) {
          fs.rmSync(this.#temporary, { force: true });
          return inTheWay;
        }
        fs.renameSync(this.#temporary, this.#path);
      } else {
        // Unlike a rename this never replaces what came meanwhile.
        fs.linkSync(this.#temporary, this.#path);
        fs.unlinkSync(this.#temporary);
      }
      const directory = fs.openSync(dirname(this.#path), "r");
      fs.fsyncSync(directory);
      fs.closeSync(directory);
      return ok({ bytes: this.#bytes });
    } catch (thrown) {
      fs.rmSync(this.#temporary, { force: true });
      if ((thrown as { code?: string }).code === "EEXIST") {
        return whatIsThere(this.#path, false) ?? exists(this.#path);
      }
      return { ok: false, failure: cannotWrite(this.#path, thrown) };
    }
  }

  /** Leaves nothing behind. */
  discard(): void {
    fs.closeSync(this.#file);
    fs.rmSync(this.#temporary, { force: true });
  }

  #writeAll(piece: Uint8Array, done: (failure: Failure | undefined) => void): void {
    fs.write(this.#file, piece, (error, written) => {
      if (error !== null) done(cannotWrite(this.#path, error));
      else if (written < piece.length) this.#writeAll(piece.subarray(written), done);
      else done(undefined);
    });
  }
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

function cannotWrite(path: string, thrown: unknown): Failure {
  const { code } = thrown as { code?: string };
  return failure(`cannot write ${path}: ${reasonOf(thrown)}`, {
    code: "write",
    hint: HINTS[code ?? ""] ?? "name another file",
  });
}

/** What speaks against writing there. A device or a link that would be replaced serves others. */
function whatIsThere(path: string, force: boolean): Result<never> | undefined {
  const found = fs.lstatSync(path, { throwIfNoEntry: false });
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
