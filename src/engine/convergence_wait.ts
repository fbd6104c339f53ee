import type { Clock, Timer } from "../os/clock.ts";
import { Convergence } from "./convergence.ts";

/** What is told when a run may have converged. */
export interface ConvergenceListener {
  /** It has: nothing has changed for so long. */
  converged(afterMs: number): void;
  /** The time is over after which it may have: whoever knows what is pending asks again. */
  due(): void;
}

/** A {@linkcode Convergence} with a clock. */
export class ConvergenceWait {
  readonly #clock: Clock;
  readonly #convergence: Convergence;
  readonly #limitMs: number;
  readonly #listener: ConvergenceListener;
  #timer: Timer | undefined;

  /** `limitMs`: how long nothing may have changed; undefined: never converged. */
  constructor(clock: Clock, limitMs: number | undefined, listener: ConvergenceListener) {
    this.#clock = clock;
    this.#convergence = new Convergence(limitMs);
    this.#limitMs = limitMs ?? 0;
    this.#listener = listener;
  }

  /** Something changed in the world, or a new graph is in force. */
  changed(nowMs = this.#clock.nowMs()): void {
    this.#convergence.changed(nowMs);
  }

  /** It is quiet here. `pending`: what is not, elsewhere. */
  ask(pending: number): void {
    this.cancel();
    const answer = this.#convergence.ask(this.#clock.nowMs(), pending);
    if (answer === true) this.#listener.converged(this.#limitMs);
    else if (answer !== undefined) {
      this.#timer = this.#clock.after(answer, () => this.#listener.due());
    }
  }

  /** Asks for nothing more. */
  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
