/**
 * Finds out that an agent hangs, whose stream of events stays open and says nothing.
 *
 * @module
 */

import type { StandardClock } from "../../os/standard_clock.ts";
import type { Timer } from "../../os/clock.ts";
import { type ApiFailure, askFor } from "./agent_api.ts";

/** After so long without a word it is asked. */
const QUIET_MS = 3000;
/** What is on the way has so long; `mgmt web` says earlier that the agent does not answer. */
const ANSWER_MS = 10_000;
/** Who says so is there, whatever else it says of itself. */
const GONE: readonly string[] = ["silent", "closed", "no-agent", "no-server"];

/** Feels the pulse of an agent until it has none, or until it is ended. */
export class Pulse {
  readonly #lost: (why: ApiFailure) => void;
  readonly #clock: StandardClock;
  #timer: Timer | undefined;
  #isHeard = false;
  #isEnded = false;

  /** `lost`: it does not answer. */
  constructor(lost: (why: ApiFailure) => void, clock: StandardClock) {
    this.#lost = lost;
    this.#clock = clock;
    this.#wait();
  }

  /** It has said something. */
  heard(): void {
    this.#isHeard = true;
  }

  end(): void {
    this.#isEnded = true;
    this.#timer?.cancel();
  }

  #wait(): void {
    this.#isHeard = false;
    this.#timer = this.#clock.after(QUIET_MS, () => void this.#feel());
  }

  async #feel(): Promise<void> {
    if (!this.#isHeard) {
      const waiting = new AbortController();
      const late = this.#clock.after(ANSWER_MS, () => waiting.abort());
      const answer = await askFor("health", waiting.signal);
      late.cancel();
      if (this.#isEnded) return;
      if (!answer.ok && !this.#isHeard && GONE.includes(answer.failure.code)) {
        return this.#lost(answer.failure);
      }
    }
    this.#wait();
  }
}
