/**
 * Who hears that packages may have changed.
 *
 * @module
 */

import type { Result } from "../base/result.ts";
import type { Clock, Timer } from "../os/clock.ts";
import type { SeenChange, Watch } from "../os/watch/watcher.ts";
import type { PackageProvider } from "./packages.ts";

/** One run of a package manager changes its database many times: they are told once it is quiet … */
const QUIET_MS = 50;
/** … and at the latest after so long. */
const PATIENCE_MS = 1000;
/** How long until a provider is looked for again where there was none. */
const AGAIN_MS = 60_000;

/** Tells all who want to know, some time after something has happened; not in the middle of it. */
export class PackageWatchers {
  readonly #clock: Clock;
  readonly #provider: () => Promise<Result<PackageProvider>>;
  readonly #all = new Set<{ readonly changed: (seen?: SeenChange) => void }>();
  #watch: Watch | undefined;
  #starting = false;
  #closed = false;
  #timer: Timer | undefined;
  #sinceMs: number | undefined;
  /** The first that was seen since they were told last. */
  #seen: SeenChange | undefined;
  /** How many do what would otherwise be told step by step. */
  #quiet = 0;

  constructor(clock: Clock, provider: () => Promise<Result<PackageProvider>>) {
    this.#clock = clock;
    this.#provider = provider;
  }

  /** Somebody wants to know, until the watch is closed. */
  add(changed: (seen?: SeenChange) => void): Watch {
    const onlooker = { changed };
    this.#all.add(onlooker);
    void this.#start();
    return {
      close: () => {
        this.#all.delete(onlooker);
        if (this.#all.size === 0) this.#stop();
      },
    };
  }

  /** Nobody is told anything until the returned one ends; then everybody is, if there was something. */
  quieten(): { end(): void } {
    this.#quiet++;
    return {
      end: () => {
        if (--this.#quiet === 0 && this.#sinceMs !== undefined) this.#arm();
      },
    };
  }

  close(): void {
    this.#closed = true;
    this.#all.clear();
    this.#stop();
  }

  #stop(): void {
    this.#watch?.close();
    this.#watch = undefined;
    this.#timer?.cancel();
    this.#sinceMs = undefined;
  }

  async #start(): Promise<void> {
    if (this.#starting || this.#watch !== undefined || this.#closed) return;
    this.#starting = true;
    const provider = await this.#provider();
    this.#starting = false;
    if (this.#closed || this.#all.size === 0) return;
    if (!provider.ok) {
      this.#timer = this.#clock.after(AGAIN_MS, () => void this.#start());
      return;
    }
    this.#watch = provider.value.watch((seen) => this.#happened(seen));
    // What happened before the watch stood was not seen.
    this.#happened();
  }

  #happened(seen?: SeenChange): void {
    if (this.#watch === undefined) return;
    this.#seen ??= seen;
    this.#sinceMs ??= this.#clock.nowMs();
    if (this.#quiet === 0) this.#arm();
  }

  #arm(): void {
    this.#timer?.cancel();
    const patienceMs = Math.max(0, (this.#sinceMs ?? 0) + PATIENCE_MS - this.#clock.nowMs());
    this.#timer = this.#clock.after(Math.min(QUIET_MS, patienceMs), () => this.#tell());
  }

  #tell(): void {
    const seen = this.#seen;
    this.#sinceMs = this.#seen = undefined;
    for (const { changed } of [...this.#all]) changed(seen);
  }
}
