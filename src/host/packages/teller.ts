/**
 * Saying how far a transaction is, without a flood.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { PackageChange } from "./packages.ts";

/** What is over sooner needs no words, and what takes long not many. */
const FIRST_MS = 1000;
const NEXT_MS = 3000;

/** Tells those who want changes what is going on. */
export class Teller {
  readonly #clock: Clock;
  readonly #changes: readonly PackageChange[];
  #quietUntilMs: number;
  #said = "";

  constructor(clock: Clock, changes: readonly PackageChange[]) {
    this.#clock = clock;
    this.#changes = changes;
    this.#quietUntilMs = clock.nowMs() + FIRST_MS;
  }

  /** Something that everybody should know at once; what was just said is not said again. */
  tell(text: string): void {
    if (text === this.#said) return;
    this.#said = text;
    for (const change of this.#changes) change.progress(text);
  }

  /** How far it is: said now and then, to whose package it is, else to the first. */
  progress(text: string, name: string | undefined): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs < this.#quietUntilMs) return;
    this.#quietUntilMs = nowMs + NEXT_MS;
    const whose = this.#changes.find((change) => change.name === name) ?? this.#changes[0];
    whose?.progress(text);
  }
}
