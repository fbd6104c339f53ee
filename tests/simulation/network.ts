/**
 * Who can talk to whom, and how badly.
 *
 * @module
 */

import type { Chance } from "./random.ts";

/** What happens to one message: lost, or so many milliseconds on its way. */
export type Fate = "lost" | number;

/** The links between machines, each in one direction. */
export class Network {
  #cut = new Set<string>();
  /** Part of all messages that are lost, and that are late. */
  lossy = 0;
  late = 0;
  readonly #chance: Chance;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** Takes one direction of a link away. */
  cut(from: number, to: number): void {
    if (from !== to) this.#cut.add(`${from}>${to}`);
  }

  /** All links are there, and good. */
  heal(): void {
    this.#cut.clear();
    this.lossy = 0;
    this.late = 0;
  }

  /** Messages go from one to the other. */
  goes(from: number, to: number): boolean {
    return this.#cut.size === 0 || !this.#cut.has(`${from}>${to}`);
  }

  /** They go both ways. */
  linked(left: number, right: number): boolean {
    return this.goes(left, right) && this.goes(right, left);
  }

  /** What happens to a message. */
  send(from: number, to: number): Fate {
    if (!this.goes(from, to)) return "lost";
    if (from !== to && this.lossy > 0 && this.#chance.happens(this.lossy)) return "lost";
    if (from !== to && this.late > 0 && this.#chance.happens(this.late)) {
      return this.#chance.between(200, 6000);
    }
    return this.#chance.between(0.3, 2);
  }
}
