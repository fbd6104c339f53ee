/**
 * Hears when somebody else changes or removes what a host has published, so that it is mended at once.
 *
 * @module
 */

import { type Backoff, createBackoff } from "../../base/backoff.ts";
import type { Clock, Timer } from "../../os/clock.ts";
import type { KeyRange } from "../store/keys.ts";
import type { KeyChange, Store, StoreWatch } from "../store/store.ts";

/** Who writes again and again is answered ever later; after a while of peace at once. */
const PAUSE = { firstMs: 100, lastMs: 10_000, factor: 2 };
const PEACE_MS = 30_000;

export interface OwnExportsOptions {
  readonly range: KeyRange;
  readonly clock: Clock;
  /** What is there is not what was written, or may not be. */
  readonly disturbed: () => void;
}

/** Listens to one host's exports, for that host. */
export class OwnExports {
  readonly #options: OwnExportsOptions;
  readonly #backoff: Backoff = createBackoff(PAUSE);
  #values: ReadonlyMap<string, string> = new Map();
  #watch: StoreWatch | undefined;
  #timer: Timer | undefined;
  #lastMs = -Infinity;

  constructor(options: OwnExportsOptions) {
    this.#options = options;
  }

  /** These values are to be there; what was heard of counts from that revision on. */
  listen(store: Store, values: ReadonlyMap<string, string>, revision: number): void {
    this.#values = values;
    if (this.#watch !== undefined || values.size === 0) return;
    this.#watch = store.watch(this.#options.range, revision, {
      changed: (changes) => this.#changed(changes),
      broken: () => {
        this.#watch = undefined;
        this.#disturbed();
      },
    });
  }

  close(): void {
    this.#watch?.close();
    this.#watch = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #changed(changes: readonly KeyChange[]): void {
    // An own write of before may be among them: then nothing is found to be mended.
    if (changes.some(({ key, entry }) => entry?.value !== this.#values.get(key))) this.#disturbed();
  }

  #disturbed(): void {
    if (this.#timer !== undefined) return;
    const { clock, disturbed } = this.#options;
    const nowMs = clock.nowMs();
    const isPeace = nowMs - this.#lastMs > PEACE_MS;
    if (isPeace) this.#backoff.reset();
    const pauseMs = isPeace ? 0 : this.#backoff.next();
    this.#timer = clock.after(pauseMs, () => {
      this.#timer = undefined;
      this.#lastMs = clock.nowMs();
      disturbed();
    });
  }
}
