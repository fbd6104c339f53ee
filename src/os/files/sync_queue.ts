/**
 * Who waits to be brought to the disk, and since when.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import type { Clock, Timer } from "../clock.ts";
import type { ParentEntry } from "./path_resolver.ts";

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
