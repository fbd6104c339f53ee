/**
 * Bringing files to the disk after they were renamed into their places. Everybody sees them already,
 * and what they replaced was wrong or missing, so nothing is lost if the power fails before: the next
 * start heals it. It happens on other threads and nobody waits for it but the end of the run.
 *
 * It also happens a while later, for many at once: the kernel makes whoever changes a directory wait
 * while its journal is written, so that a sync after each repair would hold up the next one. Until then
 * no file is kept open: one that is open for writing cannot be run.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { ok, type Result } from "../../base/result.ts";
import type { Clock, Timer } from "../clock.ts";
import * as descriptors from "./descriptors.ts";
import { attempt, systemFailure } from "./system_error.ts";
import { enterParent } from "./files_context.ts";
import type { FilesContext, ParentEntry } from "./files_context.ts";

/** Files that land at the same time; the runtime has 32 threads for all that waits for the kernel. */
const AT_ONCE = 16;
/** So many are no repair here and there, and the disk may begin. */
const MANY = 32;
/** So long nothing may come before those that wait land; under a stream of repairs they do anyway. */
const QUIET_MS = 1000;
const LATEST_MS = 5000;

/** Who is on the way to the disk, and who waits to be. */
export class DeferredSyncs {
  readonly #clock: Clock;
  /** Brings a few to the disk. Must not reject. */
  readonly #land: (places: readonly ParentEntry[]) => Promise<void>;
  readonly #waiting = new Map<string, ParentEntry>();
  readonly #held: (() => void)[] = [];
  #underWay: Promise<void> | undefined;
  #timer: Timer | undefined;
  #firstMs = 0;
  #lastMs = 0;

  constructor(clock: Clock, land: (places: readonly ParentEntry[]) => Promise<void>) {
    this.#clock = clock;
    this.#land = land;
  }

  /** A promise of room for one more, or undefined where there is. */
  free(): Promise<void> | undefined {
    if (this.#waiting.size < LIMITS.landings) return undefined;
    return new Promise((resolve) => this.#held.push(resolve));
  }

  /** Takes note of a file that stands in its place. */
  add(place: ParentEntry): void {
    this.#lastMs = this.#clock.nowMs();
    if (this.#waiting.size === 0) this.#firstMs = this.#lastMs;
    this.#waiting.set(place.path, place);
    if (this.#waiting.size >= MANY) this.#begin();
    else this.#timer ??= this.#clock.after(QUIET_MS, () => this.#look());
  }

  /** Resolves when all that were added have landed. */
  async over(): Promise<void> {
    if (this.#waiting.size > 0) this.#begin();
    await this.#underWay;
  }

  #look(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.nowMs();
    const dueMs = Math.min(this.#lastMs + QUIET_MS, this.#firstMs + LATEST_MS);
    if (nowMs >= dueMs) this.#begin();
    else this.#timer = this.#clock.after(dueMs - nowMs, () => this.#look());
  }

  #begin(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#underWay ??= this.#work().then(() => {
      this.#underWay = undefined;
    });
  }

  async #work(): Promise<void> {
    while (this.#waiting.size > 0) {
      const places = [...this.#waiting.values()].slice(0, AT_ONCE);
      for (const { path } of places) this.#waiting.delete(path);
      for (const goOn of this.#held.splice(0)) goOn();
      await this.#land(places);
    }
  }
}

/** Brings files to the disk, and then, each once, the directories that they are in. */
export async function syncLater(shop: FilesContext, places: readonly ParentEntry[]): Promise<void> {
  const directories = new Map<string, number>();
  await Promise.all(places.map(async (place) => {
    const synced = await landFile(place, directories);
    if (synced.ok) shop.step("synced");
    else if (!isGone(synced)) warnOf(shop, place.path, synced.failure.message);
  }));
  for (const [path, directory] of directories) {
    const synced = await syncAndClose(directory, path);
    if (!synced.ok) warnOf(shop, path, synced.failure.message);
  }
  shop.step("settled");
}

function landFile(place: ParentEntry, directories: Map<string, number>): Promise<Result<void>> {
  const opened = enterParent(place, (inside) =>
    attempt(`sync ${place.path}`, () => {
      const file = descriptors.openToRead(inside.at(place.name));
      if (!directories.has(place.directory.path)) {
        const directory = descriptors.openDirectory(inside.here);
        if (directory !== undefined) directories.set(place.directory.path, directory);
      }
      return ok(file);
    }));
  return opened.ok ? syncAndClose(opened.value, place.path) : Promise.resolve(opened);
}

async function syncAndClose(file: number, path: string): Promise<Result<void>> {
  try {
    await descriptors.syncAsync(file);
    return ok(undefined);
  } catch (thrown) {
    return systemFailure(thrown, `sync ${path}`);
  } finally {
    descriptors.close(file);
  }
}

/** Removed or replaced since: what is put there now lands by itself. */
function isGone(synced: Result<void>): boolean {
  const gone = ["ENOENT", "ENOTDIR", "ELOOP", "ENXIO", "EINVAL", "parent-missing", "changed"];
  return !synced.ok && gone.includes(synced.failure.code ?? "");
}

function warnOf(shop: FilesContext, path: string, reason: string): void {
  shop.warn(
    `${path} is in place, but cannot be brought to the disk, so that a power failure may take it ` +
      `away again: ${reason}`,
  );
}
