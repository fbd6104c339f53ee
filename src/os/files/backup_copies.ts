/**
 * The contents that backups keep: each once, in `backups/<sha256>`. Only the last thousand or so and at most 1 GiB
 * are kept. Nothing here is synced: a copy that a power failure takes away is the price for healing at once.
 *
 * @module
 */

import process from "node:process";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import type { BackupIndex } from "./backup_index.ts";
import { eachPiece, sameBytes } from "./content.ts";
import * as descriptors from "./descriptors.ts";
import type { FilesContext } from "./files_context.ts";
import { endSparse, writeSparse } from "./sparse.ts";
import { lstat } from "./stat.ts";
import { attempt, systemFailure } from "./system_error.ts";

/** Loaded when the first copy is kept: most runs keep none. */
function sha256Hash() {
  return process.getBuiltinModule("node:crypto").createHash("sha256");
}

/** So many new copies, or bytes of them, may come before the oldest are looked for. */
const CHECK_AFTER_COPIES = 100;
const CHECK_AFTER_BYTES = 64 * 1024 * 1024;
/** Paths of which the content that was kept last is remembered, and how large that may be. */
const REMEMBERED = 64;
const REMEMBERED_BYTES = 4096;

/** The copies in one directory, which is made with the first. */
export class BackupCopies {
  readonly #context: FilesContext;
  readonly #directory: string;
  readonly #index: BackupIndex;
  /** The first copy of a run is reason enough to look: most runs are too short for a hundred. */
  #newCopies = CHECK_AFTER_COPIES - 1;
  #newBytes = 0;
  /** What was last kept of a path: whoever spoils a file again does it the same way, as a rule. */
  readonly #last = new Map<string, { readonly bytes: Uint8Array; readonly sha256: string }>();

  constructor(context: FilesContext, directory: string, index: BackupIndex) {
    this.#context = context;
    this.#directory = directory;
    this.#index = index;
  }

  /** Keeps a content that is known; returns its sum. */
  keep(path: string, bytes: Uint8Array): Result<string> {
    const sha256 = this.#sumOf(path, bytes);
    return attempt(`keep a copy of ${path}`, () => {
      const copy = `${this.#directory}/${sha256}`;
      // A copy of another size was cut short by a crash.
      if (lstat(copy)?.size === bytes.length) {
        this.soon(path, () => {
          const now = this.#context.clock.wall();
          Deno.utimeSync(copy, now, now);
        });
        return ok(sha256);
      }
      Deno.writeFileSync(copy, bytes, { mode: 0o600 });
      this.soon(path, () => this.#count(bytes.length));
      return ok(sha256);
    });
  }

  /** Keeps what stands in a file, piece by piece; `inode` tells the file from others. Returns its sum. */
  async keepLarge(path: string, inode: number): Promise<Result<string>> {
    const temporary = `${this.#directory}/.new-${inode}`;
    const hash = sha256Hash();
    const stored = await this.#copy(path, temporary, (piece) => void hash.update(piece));
    if (!stored.ok) return stored;
    const sha256 = hash.digest("hex");
    return attempt(`keep a copy of ${path}`, () => {
      Deno.renameSync(temporary, `${this.#directory}/${sha256}`);
      this.#count(stored.value);
      return ok(sha256);
    });
  }

  /** Does what nobody waits for, after what comes next; that it fails is only said. */
  soon(path: string, work: () => void): void {
    queueMicrotask(() => {
      const done = attempt(`note the copy of ${path} in ${this.#index.path}`, () => ok(work()));
      if (!done.ok) this.#context.warn(done.failure.message);
    });
  }

  #sumOf(path: string, bytes: Uint8Array): string {
    const known = this.#last.get(path);
    if (known !== undefined && sameBytes(known.bytes, bytes)) return known.sha256;
    const sha256 = sha256Hash().update(bytes).digest("hex");
    this.#last.delete(path);
    if (bytes.length <= REMEMBERED_BYTES) this.#last.set(path, { bytes, sha256 });
    const oldest = this.#last.size > REMEMBERED ? this.#last.keys().next() : undefined;
    if (oldest?.done === false) this.#last.delete(oldest.value);
    return sha256;
  }

  async #copy(
    path: string,
    temporary: string,
    take: (piece: Uint8Array) => void,
  ): Promise<Result<number>> {
    const opened = attempt(`keep a copy of ${path}`, () => {
      if (lstat(temporary) !== undefined) Deno.removeSync(temporary);
      return ok(descriptors.openNew(temporary));
    });
    if (!opened.ok) return opened;
    const file = opened.value;
    const source = { copyOf: path };
    const copied = await eachPiece(this.#context, source, undefined, async (piece, position) => {
      if (position + piece.length > LIMITS.backupBytes) return tooLarge(path);
      take(piece);
      try {
        await writeSparse(file, piece, position);
        return ok(undefined);
      } catch (thrown) {
        return systemFailure(thrown, `keep a copy of ${path}`);
      }
    });
    const ended = !copied.ok ? copied : attempt(`keep a copy of ${path}`, () => {
      endSparse(file, copied.value);
      return copied;
    });
    descriptors.close(file);
    if (!ended.ok) attempt("remove a copy", () => ok(Deno.removeSync(temporary)));
    return ended;
  }

  #count(bytes: number): void {
    this.#newCopies++;
    this.#newBytes += bytes;
    if (this.#newCopies < CHECK_AFTER_COPIES && this.#newBytes < CHECK_AFTER_BYTES) return;
    this.#newCopies = 0;
    this.#newBytes = 0;
    this.#prune();
  }

  /** Removes the oldest copies beyond the limits, and what the index says of them. */
  #prune(): void {
    const directory = this.#directory;
    const copies = [...Deno.readDirSync(directory)]
      .filter(({ name }) => /^[0-9a-f]{64}$/.test(name))
      .map(({ name }) => ({ name, info: lstat(`${directory}/${name}`) }))
      .sort((a, b) => (b.info?.mtime?.getTime() ?? 0) - (a.info?.mtime?.getTime() ?? 0));
    let bytes = 0;
    let removed = 0;
    for (const [place, { name, info }] of copies.entries()) {
      bytes += info?.size ?? 0;
      if (place < LIMITS.backups && bytes <= LIMITS.backupBytes) continue;
      Deno.removeSync(`${directory}/${name}`);
      removed++;
    }
    if (removed === 0) return;
    this.#index.trim();
    this.#context.warn(`the ${removed} oldest copies in ${directory} were removed`);
  }
}

function tooLarge(path: string): Result<never> {
  return fail(`${path} grew while a copy of it was kept`, { code: "changed" });
}
