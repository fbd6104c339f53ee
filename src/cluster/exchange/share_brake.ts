/**
 * Slows what a host shares when it changes all the time: hosts whose values are made from each other's
 * may never come to rest, and each turn wakes all of them.
 *
 * @module
 */

import type { Export } from "../../kind/export.ts";
import { VALUE_KIND } from "../../kind/shared_value.ts";
import type { Clock, Timer } from "../../os/clock.ts";
import type { TellExchange } from "./news.ts";

/** More changes than these in that time are too many; from then on one comes in each pause. */
export const RESTLESS = { changes: 30, withinMs: 300_000, pauseMs: 10_000 };

/** Counts changes of one thing. */
export class RestlessTally {
  #times: number[] = [];
  #isRestless = false;

  /**
   * It changes. The result is whether it is found to be restless now, and was not before: after so many
   * changes.
   */
  note(nowMs: number, most: number = RESTLESS.changes): boolean {
    const isNew = !this.isRestless(nowMs) && this.#times.length >= most;
    this.#isRestless ||= isNew;
    this.#times.push(nowMs);
    return isNew;
  }

  /** Whether it changed too often, and has not come to rest since. */
  isRestless(nowMs: number): boolean {
    this.#times = this.#times.filter((atMs) => nowMs - atMs < RESTLESS.withinMs);
    if (this.#times.length <= RESTLESS.changes / 2) this.#isRestless = false;
    return this.#isRestless;
  }

  /** Whether nothing of it needs to be remembered. */
  isQuiet(nowMs: number): boolean {
    return !this.isRestless(nowMs) && this.#times.length === 0;
  }

  get lastMs(): number {
    return this.#times.at(-1) ?? -Infinity;
  }
}

/** What is known of one value. */
interface BrakedValue {
  /** What others get; undefined: it is not shared. */
  said: Export | undefined;
  text: string | undefined;
  readonly tally: RestlessTally;
}

export interface ShareBrakeOptions {
  readonly clock: Clock;
  readonly tell: TellExchange;
  /** The names of values that this host reads. */
  readonly reads: () => readonly string[];
  /** What was held back may go out now. */
  readonly again: () => void;
}

/** Lets the values of one host through, those that change all the time now and then. */
export class ShareBrake {
  readonly #options: ShareBrakeOptions;
  readonly #values = new Map<string, BrakedValue>();
  #timer: Timer | undefined;

  constructor(options: ShareBrakeOptions) {
    this.#options = options;
  }

  /** What is exported of what is to be: of a restless value what it was before, until its turn comes. */
  pass(offers: readonly Export[]): readonly Export[] {
    const values = new Map(
      offers.filter(({ kind }) => kind === VALUE_KIND).map((offer) => [offer.name, offer]),
    );
    if (values.size + this.#values.size === 0) return offers;
    const rest = offers.filter(({ kind }) => kind !== VALUE_KIND);
    const passed: Export[] = [];
    let nextMs = Infinity;
    for (const key of new Set([...values.keys(), ...this.#values.keys()])) {
      const value = this.#valueOf(key);
      nextMs = Math.min(nextMs, this.#try(key, value, values.get(key)));
      if (value.said !== undefined) passed.push(value.said);
    }
    this.#wait(nextMs);
    return [...rest, ...passed];
  }

  close(): void {
    this.#timer?.cancel();
  }

  #valueOf(key: string): BrakedValue {
    const known = this.#values.get(key) ??
      { said: undefined, text: undefined, tally: new RestlessTally() };
    this.#values.set(key, known);
    return known;
  }

  /** Takes what is to be shared, where it may change now; else when it may. */
  #try(key: string, value: BrakedValue, offer: Export | undefined): number {
    const { clock, tell, reads } = this.#options;
    const nowMs = clock.nowMs();
    const text = offer && JSON.stringify(offer.fields);
    if (text === value.text) {
      if (offer === undefined && value.tally.isQuiet(nowMs)) this.#values.delete(key);
      return Infinity;
    }
    const turnMs = value.tally.lastMs + RESTLESS.pauseMs;
    if (value.tally.isRestless(nowMs) && nowMs < turnMs) return turnMs;
    if (value.tally.note(nowMs)) tell({ what: "share-slowed", key, reads: reads(), ...RESTLESS });
    value.said = offer;
    value.text = text;
    return Infinity;
  }

  #wait(nextMs: number): void {
    const { clock, again } = this.#options;
    this.#timer?.cancel();
    this.#timer = nextMs === Infinity
      ? undefined
      : clock.after(Math.max(0, nextMs - clock.nowMs()), again);
  }
}
