/**
 * A host's part in a cluster ends, and begins again in another way of speaking: where that could not be
 * prepared, as on a full disk, it goes on as before and tries again, for the others wait for it.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import type { Clock, Timer } from "../../os/clock.ts";

/** What it is made of. */
export interface SpeakingParts {
  readonly clock: Clock;
  /** Ends the part. */
  readonly end: () => Promise<void>;
  /** Prepares the other way, for an etcd with such arguments; absent: those that are written down. */
  readonly prepare: (generation: string | undefined) => Promise<Failure | undefined>;
  /** Begins a part with what is prepared. */
  readonly begin: () => void;
  /** Whether what is written down is another way than this one. */
  readonly isOwed: () => boolean;
  readonly trouble: (failure: Failure) => void;
}

const FIRST_MS = 2000;
const MOST_MS = 30_000;

/** One host that changes how it speaks. */
export class SpeakingAnew {
  readonly #parts: SpeakingParts;
  #changing: Promise<void> | undefined;
  #timer: Timer | undefined;
  #pauseMs = FIRST_MS;
  #told: string | undefined;
  #isOver = false;

  constructor(parts: SpeakingParts) {
    this.#parts = parts;
  }

  /** Ends the part and begins it again; `generation`: with which arguments its etcd is to run from then on. */
  anew(generation?: string): void {
    if (this.#isOver) return;
    this.#timer?.cancel();
    this.#changing ??= this.#change(generation).finally(() => this.#changing = undefined);
  }

  /** Nothing begins any more; resolves when nothing is in the middle. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.#timer?.cancel();
    await this.#changing;
  }

  async #change(generation: string | undefined): Promise<void> {
    const { end, prepare, begin } = this.#parts;
    // Not before whoever asked for it has come to its end.
    await Promise.resolve();
    if (this.#isOver) return;
    await end();
    const failed = await prepare(generation);
    if (this.#isOver) return;
    this.#note(failed);
    begin();
    if (failed !== undefined) this.#again();
    else this.#pauseMs = FIRST_MS;
  }

  /** Once, as long as it is the same. */
  #note(failed: Failure | undefined): void {
    if (failed !== undefined && failed.message !== this.#told) this.#parts.trouble(failed);
    this.#told = failed?.message;
  }

  /** Unless it was taken back meanwhile. A host without etcd is told again by whoever has told it. */
  #again(): void {
    const { clock, isOwed } = this.#parts;
    this.#timer = clock.after(this.#pauseMs, () => {
      if (isOwed()) this.anew();
    });
    this.#pauseMs = Math.min(2 * this.#pauseMs, MOST_MS);
  }
}
