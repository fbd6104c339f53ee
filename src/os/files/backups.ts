/**
 * Copies of what is overwritten or removed, below the state directory: `backups/<sha256>` holds the
 * content (`backup_copies.ts`), `backups/index` one JSON line for each time something was kept
 * (`backup_index.ts`). A file that is too large alone is not kept, and a warning says so.
 *
 * @module
 */

import { chainOk } from "../../base/chain.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import { yielderOf } from "../../base/yielder.ts";
import { BackupCopies } from "./backup_copies.ts";
import { type BackupIndex, openBackupIndex } from "./backup_index.ts";
import { readRegular } from "./content.ts";
import type { Sight, Stat } from "./files.ts";
import type { FilesContext } from "./files_context.ts";
import { list } from "./list.ts";
import { look } from "./look.ts";
import { join } from "./paths.ts";
import { lstat } from "./stat.ts";
import { attempt } from "./system_error.ts";

/** Large files whose sum is remembered. */
const REMEMBERED = 500;

/** Keeps copies below a state directory. */
export class Backups {
  readonly #context: FilesContext;
  readonly #prefix: string | undefined;
  readonly #directory: string;
  readonly #index: BackupIndex;
  readonly #copies: BackupCopies;
  #ready = false;
  /** Of large files the sum is known only when the copy is made; the last ones are remembered. */
  readonly #largeSums = new Map<string, string>();

  /** `prefix` is the state directory; undefined: nothing is kept. */
  constructor(context: FilesContext, prefix: string | undefined) {
    this.#context = context;
    this.#prefix = prefix;
    this.#directory = `${prefix}/backups`;
    this.#index = openBackupIndex(this.#directory);
    this.#copies = new BackupCopies(context, this.#directory, this.#index);
  }

  /** Keeps what was seen at a path; of a directory everything that is in it. */
  keep(path: string, seen: Sight): Awaitable<Result<void>> {
    if (this.#prefix === undefined || seen.type === "absent") return ok(undefined);
    if (!this.#ready) {
      const made = this.#makeReady();
      if (!made.ok) return made;
    }
    if (seen.type === "file") return this.#keepFile(path, seen);
    if (seen.type === "directory") return this.#keepTree(path);
    const target = seen.type === "symlink" ? { target: seen.target } : { what: seen.what };
    return this.#note(path, seen.stat, target);
  }

  /** Keeps a content that is no file's; the result is its sum. */
  keepContent(what: string, content: Uint8Array): Result<string> {
    if (this.#prefix === undefined) return fail(`no copy of ${what} is kept`);
    const made = this.#ready ? ok(undefined) : this.#makeReady();
    return made.ok ? this.#copies.keep(what, content) : made;
  }

  /** The sum of the large content that was kept last of a path. */
  lastKept(path: string): string | undefined {
    return this.#largeSums.get(path);
  }

  #remember(path: string, sha256: string): void {
    this.#largeSums.delete(path);
    this.#largeSums.set(path, sha256);
    const oldest = this.#largeSums.size > REMEMBERED ? this.#largeSums.keys().next() : undefined;
    if (oldest?.done === false) this.#largeSums.delete(oldest.value);
  }

  #makeReady(): Result<void> {
    return attempt(`make ${this.#directory}`, () => {
      if (lstat(this.#directory) === undefined) Deno.mkdirSync(this.#directory, { mode: 0o700 });
      this.#ready = true;
      return ok(undefined);
    });
  }

  #keepFile(path: string, seen: Extract<Sight, { type: "file" }>): Awaitable<Result<void>> {
    const { stat } = seen;
    if (stat.size > LIMITS.backupBytes) {
      this.#context.warn(`${path}: no copy of ${stat.size} bytes was kept, it is too large`);
      return this.#note(path, stat, { kept: false });
    }
    if (stat.size > LIMITS.syncReadBytes) {
      const kept = this.#copies.keepLarge(path, stat.inode);
      return chainOk(kept, (sha256) => {
        this.#remember(path, sha256);
        return this.#note(path, stat, { sha256 });
      });
    }
    const content = seen.content === undefined
      ? readRegular(this.#context, path)
      : ok(seen.content);
    return chainOk(content, (bytes) => {
      const kept = this.#copies.keep(path, bytes);
      return kept.ok ? this.#note(path, stat, { sha256: kept.value }) : kept;
    });
  }

  async #keepTree(path: string): Promise<Result<void>> {
    const context = this.#context;
    let entries = 0;
    const directories = [path];
    for (let at = directories.pop(); at !== undefined; at = directories.pop()) {
      const listed = await list(context, at);
      if (!listed.ok) return listed;
      this.#warnOfUnnameable(at, listed.value.unnameable);
      for (const { name, type } of listed.value.entries) {
        if (++entries > LIMITS.backups) return this.#tooMany(path);
        await yielderOf(context.clock).yieldTurn();
        const entry = join(at, name);
        if (type === "directory") {
          directories.push(entry);
          continue;
        }
        const seen = await look(context, entry, { contentUpToBytes: LIMITS.syncReadBytes });
        const kept = seen.ok ? await this.keep(entry, seen.value) : seen;
        if (!kept.ok) return kept;
      }
    }
    return ok(undefined);
  }

  #warnOfUnnameable(directory: string, unnameable: readonly { readonly shown: string }[]): void {
    const [first] = unnameable;
    if (first === undefined) return;
    this.#context.warn(
      `${directory}: no copy was kept of what has no name in UTF-8 (${unnameable.length}): ` +
        first.shown,
    );
  }

  #tooMany(path: string): Result<void> {
    this.#context.warn(`${path}: copies were kept of its first ${LIMITS.backups} entries only`);
    return ok(undefined);
  }

  /** Writes a line of the index, after what comes next: healing does not wait for it. */
  #note(path: string, stat: Stat, more: Record<string, unknown>): Result<void> {
    const { type, mode, uid, gid, size } = stat;
    const time = this.#context.clock.wall().toISOString();
    this.#copies.soon(path, () => {
      this.#index.add({ time, path, type, mode: mode.toString(8), uid, gid, size, ...more });
    });
    return ok(undefined);
  }
}
