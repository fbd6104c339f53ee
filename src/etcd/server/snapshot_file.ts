/**
 * The file of a snapshot of etcd: there as a whole and right, or not at all.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { fail, type Failure, failure, ok, type Result } from "../../base/result.ts";
import { WholeFile } from "../../os/files/whole_file.ts";

/** etcd puts the sum of all before it at the end. */
const SUM_BYTES = 32;
/** etcd's database is never larger than its quota allows, by far. */
const BYTES_MAX = 16 * 1024 ** 3;

/** A file that is being written. */
export class SnapshotFile {
  readonly #file: WholeFile;
  readonly #hash = createHash("sha256");
  /** The last bytes so far, which may be the sum. */
  #tail = new Uint8Array(0);
  #bytes = 0;

  private constructor(file: WholeFile) {
    this.#file = file;
  }

  /** Opens a temporary file beside `path`; `force`: a regular file that is there may be replaced. */
  static open(path: string, force: boolean, suffix: string): Result<SnapshotFile> {
    const opened = WholeFile.open(path, force, suffix);
    return opened.ok ? ok(new SnapshotFile(opened.value)) : opened;
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
    return this.#file.write(piece);
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
    const named = this.#file.finish();
    return named.ok ? ok({ bytes: this.#bytes }) : named;
  }

  /** Leaves nothing behind. */
  discard(): void {
    this.#file.discard();
  }
}
