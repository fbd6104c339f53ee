/**
 * Copies of what is overwritten or removed, below the state directory: `backups/<sha256>` holds the
 * content, `backups/index` one JSON line for each time something was kept (`backup_index.ts`).
 *
 * Each content is stored once. Only the last thousand or so and at most 1 GiB are kept; a file that
 * is larger alone is not kept, and a warning says so. Nothing here is synced: a copy that a power
 * failure takes away is the price for healing at once.
 *
 * @module
 */

import { chainOk } from "../../base/chain.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import process from "node:process";
import { yielderOf } from "../../base/yielder.ts";
import { openBackupIndex } from "./backup_index.ts";
import { eachPiece, readRegular, sameBytes } from "./content.ts";
import * as descriptors from "./descriptors.ts";
import type { Sight, Stat } from "./files.ts";
import { list } from "./list.ts";
import { look } from "./look.ts";
import { join } from "./paths.ts";
import { endSparse, writeSparse } from "./sparse.ts";
import { lstat } from "./stat.ts";
import { attempt, systemFailure } from "./system_error.ts";
import type { FilesContext } from "./files_context.ts";

export interface Backups {
  /** Keeps what was seen at a path; of a directory everything that is in it. */
  keep(path: string, seen: Sight): Awaitable<Result<void>>;
}

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

/** `prefix` is the state directory; undefined: nothing is kept. */
export function createBackups(shop: FilesContext, prefix: string | undefined): Backups {
  const directory = `${prefix}/backups`;
  const index = openBackupIndex(directory);
  /** The first copy of a run is reason enough to look: most runs are too short for a hundred. */
  let newCopies = CHECK_AFTER_COPIES - 1;
  let newBytes = 0;
  let ready = false;
  /** What was last kept of a path: whoever spoils a file again does it the same way, as a rule. */
  const last = new Map<string, { readonly bytes: Uint8Array; readonly sha256: string }>();

  function keep(path: string, seen: Sight): Awaitable<Result<void>> {
    if (prefix === undefined || seen.type === "absent") return ok(undefined);
    if (!ready) {
      const made = makeReady();
      if (!made.ok) return made;
    }
    if (seen.type === "file") return keepFile(path, seen);
    if (seen.type === "directory") return keepTree(path);
    const target = seen.type === "symlink" ? { target: seen.target } : { what: seen.what };
    return note(path, seen.stat, target);
  }

  function makeReady(): Result<void> {
    return attempt(`make ${directory}`, () => {
      if (lstat(directory) === undefined) Deno.mkdirSync(directory, { mode: 0o700 });
      ready = true;
      return ok(undefined);
    });
  }

  function keepFile(path: string, seen: Extract<Sight, { type: "file" }>): Awaitable<Result<void>> {
    if (seen.stat.size > LIMITS.backupBytes) {
      shop.warn(`${path}: no copy of ${seen.stat.size} bytes was kept, it is too large`);
      return note(path, seen.stat, { kept: false });
    }
    if (seen.stat.size > LIMITS.syncReadBytes) return keepLarge(path, seen.stat);
    const content = seen.content === undefined ? readRegular(shop, path) : ok(seen.content);
    return chainOk(content, (bytes) => keepSmall(path, seen.stat, bytes));
  }

  function sumOf(path: string, bytes: Uint8Array): string {
    const known = last.get(path);
    if (known !== undefined && sameBytes(known.bytes, bytes)) return known.sha256;
    const sha256 = sha256Hash().update(bytes).digest("hex");
    last.delete(path);
    if (bytes.length <= REMEMBERED_BYTES) last.set(path, { bytes, sha256 });
    const oldest = last.size > REMEMBERED ? last.keys().next() : undefined;
    if (oldest?.done === false) last.delete(oldest.value);
    return sha256;
  }

  function keepSmall(path: string, stat: Stat, bytes: Uint8Array): Result<void> {
    const sha256 = sumOf(path, bytes);
    const stored = attempt(`keep a copy of ${path}`, () => {
      const copy = `${directory}/${sha256}`;
      // A copy of another size was cut short by a crash.
      if (lstat(copy)?.size === bytes.length) {
        soon(path, () => {
          const now = shop.clock.wall();
          Deno.utimeSync(copy, now, now);
        });
        return ok(undefined);
      }
      Deno.writeFileSync(copy, bytes, { mode: 0o600 });
      soon(path, () => count(bytes.length));
      return ok(undefined);
    });
    return stored.ok ? note(path, stat, { sha256 }) : stored;
  }

  async function keepLarge(path: string, stat: Stat): Promise<Result<void>> {
    const temporary = `${directory}/.new-${stat.inode}`;
    const hash = sha256Hash();
    const stored = await copy(path, temporary, (piece) => void hash.update(piece));
    if (!stored.ok) return stored;
    const sha256 = hash.digest("hex");
    const named = attempt(`keep a copy of ${path}`, () => {
      Deno.renameSync(temporary, `${directory}/${sha256}`);
      count(stored.value);
      return ok(undefined);
    });
    return named.ok ? note(path, stat, { sha256 }) : named;
  }

  async function copy(
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
    const copied = await eachPiece(shop, { copyOf: path }, undefined, async (piece, position) => {
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

  function tooMany(path: string): Result<void> {
    shop.warn(`${path}: copies were kept of its first ${LIMITS.backups} entries only`);
    return ok(undefined);
  }

  async function keepTree(path: string): Promise<Result<void>> {
    let entries = 0;
    const directories = [path];
    for (let at = directories.pop(); at !== undefined; at = directories.pop()) {
      const listed = await list(shop, at);
      if (!listed.ok) return listed;
      const [raw] = listed.value.unnameable;
      if (raw !== undefined) {
        const count = listed.value.unnameable.length;
        shop.warn(`${at}: no copy was kept of what has no name in UTF-8 (${count}): ${raw.shown}`);
      }
      for (const { name, type } of listed.value.entries) {
        if (++entries > LIMITS.backups) return tooMany(path);
        await yielderOf(shop.clock).yieldTurn();
        const entry = join(at, name);
        if (type === "directory") {
          directories.push(entry);
          continue;
        }
        const seen = await look(shop, entry, { contentUpToBytes: LIMITS.syncReadBytes });
        const kept = seen.ok ? await keep(entry, seen.value) : seen;
        if (!kept.ok) return kept;
      }
    }
    return ok(undefined);
  }

  /** Writes a line of the index, after what comes next: healing does not wait for it. */
  function note(path: string, stat: Stat, more: Record<string, unknown>): Result<void> {
    const { type, mode, uid, gid, size } = stat;
    const time = shop.clock.wall().toISOString();
    soon(path, () => {
      index.add({ time, path, type, mode: mode.toString(8), uid, gid, size, ...more });
    });
    return ok(undefined);
  }

  function soon(path: string, work: () => void): void {
    queueMicrotask(() => {
      const done = attempt(`note the copy of ${path} in ${index.path}`, () => ok(work()));
      if (!done.ok) shop.warn(done.failure.message);
    });
  }

  function count(bytes: number): void {
    newCopies++;
    newBytes += bytes;
    if (newCopies < CHECK_AFTER_COPIES && newBytes < CHECK_AFTER_BYTES) return;
    newCopies = 0;
    newBytes = 0;
    prune();
  }

  /** Removes the oldest copies beyond the limits, and what the index says of them. */
  function prune(): void {
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
    index.trim();
    shop.warn(`the ${removed} oldest copies in ${directory} were removed`);
  }

  return { keep };
}

function tooLarge(path: string): Result<never> {
  return fail(`${path} grew while a copy of it was kept`, { code: "changed" });
}
