/**
 * Saying how far a transaction is, without a flood.
 *
 * @module
 */

import { createBucket } from "../base/bucket.ts";
import { nextWordMs } from "../base/words_due.ts";
import type { Clock } from "../os/clock.ts";
import type { PackageChange } from "./packages.ts";

/** What is over sooner needs no words. */
const FIRST_MS = 2000;
/** What takes long needs not many: each pause is longer than all before, an hour is a dozen lines. */
const GROWTH = 1.8;

/** What is told to who looks on: a burst of steps, whose last one may stand for long, comes through. */
const STEPS = { capacity: 10, perSecond: 4 };

/** Of more, one speaks for the others. */
const TOLD = 10;

/** Takes what happens now, with which package, if with one, and how many per cent of all are done. */
export type ToldProgress = (text: string, name: string | undefined, percent?: number) => void;

/** Tells those who want changes what is going on. */
export class ProgressReporter {
  readonly #clock: Clock;
  readonly #changes: readonly PackageChange[];
  readonly #startMs: number;
  readonly #steps = createBucket(STEPS);
  #quietUntilMs: number;
  /** Whom the last step was told. */
  #at: PackageChange | undefined;
  #said = "";
  /** Since when it waits, and when that was last said, counted from then. */
  #waitsSinceMs: number | undefined;
  #saidWaitMs = 0;

  constructor(clock: Clock, changes: readonly PackageChange[]) {
    this.#clock = clock;
    this.#changes = changes;
    this.#startMs = clock.nowMs();
    this.#quietUntilMs = this.#startMs + FIRST_MS;
  }

  /** Something that everybody should know at once; what was just said is not said again. */
  tell(text: string): void {
    if (text === this.#said) return;
    this.#said = text;
    const [first, ...others] = this.#changes;
    if (others.length >= TOLD) first?.progress(`${text}, and so do ${others.length} others`);
    else for (const change of this.#changes) change.progress(text);
  }

  /**
   * For whom it waits: said at once, and when it is somebody else, but then less and less often: a tool
   * that works with packages for an hour starts hundreds of others.
   */
  wait(text: string): void {
    const nowMs = this.#clock.nowMs();
    if (this.#waitsSinceMs === undefined) this.#waitsSinceMs = nowMs;
    else if (nowMs - this.#waitsSinceMs < nextWordMs(this.#saidWaitMs)) return;
    this.#saidWaitMs = nowMs - this.#waitsSinceMs;
    this.tell(text);
  }

  /**
   * How far it is, and how much of all is done: said now and then, to whose package it is, else to the
   * first; to who looks on more often.
   */
  progress(text: string, name: string | undefined, percent?: number): void {
    const nowMs = this.#clock.nowMs();
    const isDue = nowMs >= this.#quietUntilMs;
    if (!isDue && this.#steps.take(nowMs) > 0) return;
    const whose = this.#changes.find((change) => change.name === name) ?? this.#changes[0];
    if (this.#at !== whose) this.#at?.step?.({});
    this.#at = whose;
    if (isDue) {
      this.#quietUntilMs = this.#startMs + GROWTH * (nowMs - this.#startMs);
      whose?.progress(text);
    }
    whose?.step?.({ text, ...(percent === undefined ? {} : { percent }) });
  }
}
