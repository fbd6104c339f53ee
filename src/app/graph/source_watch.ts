/**
 * Watches what a graph is read from: the files, and the way to them while others can write there.
 *
 * @module
 */

import type { Host } from "../../host/host.ts";
import type { Timer } from "../../os/clock.ts";
import type { FileWay } from "../../os/files/file_way.ts";
import type { SeenPathChange, Watch, WatchRequest } from "../../os/watch/watcher.ts";

/** What is written in place comes in several steps: so long after the last one it is read. */
const SETTLE_MS = 50;
/** What never comes to rest is read as it is after so long. */
const SETTLE_MOST_MS = 1000;

/** By what is watched. */
export type WatchHost = Pick<Host, "watcher" | "clock">;

/** Calls back when a source may say something else. */
export class SourceWatch {
  readonly #host: WatchHost;
  /** Several files are put there one after the other: also what is moved there is waited for. */
  readonly #several: boolean;
  readonly #watches = new Map<string, Watch>();
  #changed = () => {};
  #timer: Timer | undefined;
  #sinceMs: number | undefined;
  #open = false;
  #seen: SeenPathChange | undefined;

  constructor(host: WatchHost, { several }: { readonly several: boolean }) {
    this.#host = host;
    this.#several = several;
  }

  /** Begins, and looks once: what changed before it is watched is told by nobody. */
  open(changed: () => void): void {
    this.#changed = changed;
    this.#open = true;
  }

  /**
   * Watches these from now on, as far as it is open: files by their links, a directory with its
   * entries, and of the ways (undefined: they are safe) every step.
   */
  follow(
    { files, directory, ways }: {
      readonly files: readonly string[];
      /** A directory, and which of its entries matter. */
      readonly directory?: Required<Pick<WatchRequest, "path" | "entries">>;
      readonly ways: readonly (FileWay | undefined)[];
    },
  ): void {
    if (!this.#open) return;
    const steps = ways.flatMap((way) => way?.steps ?? []).map(({ path }) => path);
    const wanted = new Map<string, Pick<WatchRequest, "path" | "follow" | "entries">>([
      ...steps.filter((path) => path !== "/").map((path) => [`way ${path}`, { path }] as const),
      ...files.map((path) => [`file ${path}`, { path, follow: true }] as const),
    ]);
    if (directory !== undefined) {
      wanted.set("directory", { ...directory, follow: true });
    }
    const fresh = [...wanted].filter(([key]) => !this.#watches.has(key));
    for (const [key, what] of fresh) {
      const changed = (seen: SeenPathChange) => {
        this.#seen ??= seen;
        this.#again(seen.moved);
      };
      this.#watches.set(key, this.#host.watcher.watch({ ...what, tree: false, changed }));
    }
    for (const [key, watch] of this.#watches) {
      if (wanted.has(key)) continue;
      watch.close();
      this.#watches.delete(key);
    }
    // That it was changed before it was watched is told by nobody.
    if (fresh.length > 0) void this.#host.watcher.settle().then(() => this.#again(true));
  }

  /** The first of what was seen to happen since this was asked last. */
  take(): SeenPathChange | undefined {
    const seen = this.#seen;
    this.#seen = undefined;
    return seen;
  }

  #again(moved: boolean): void {
    this.#timer?.cancel();
    if (!this.#open) return;
    const { clock } = this.#host;
    // What was moved here was written before, somewhere else.
    if (moved && !this.#several) {
      this.#sinceMs = undefined;
      return this.#changed();
    }
    const nowMs = clock.nowMs();
    this.#sinceMs ??= nowMs;
    const leftMs = this.#several ? this.#sinceMs + SETTLE_MOST_MS - nowMs : SETTLE_MS;
    this.#timer = clock.after(Math.max(0, Math.min(SETTLE_MS, leftMs)), () => {
      this.#sinceMs = undefined;
      this.#changed();
    });
  }

  close(): void {
    this.#open = false;
    this.#timer?.cancel();
    for (const watch of this.#watches.values()) watch.close();
    this.#watches.clear();
  }
}
