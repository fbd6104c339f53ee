/**
 * When a run has converged: nothing is pending and nothing has changed for a given time. Pure: it is
 * told what happens and when, and says when to look again.
 *
 * @module
 */
export class Convergence {
  readonly #limitMs: number | undefined;
  #lastChangeMs = 0;
  #reached = false;

  /** `limitMs`: how long nothing may have changed; undefined: never converged. */
  constructor(limitMs: number | undefined) {
    this.#limitMs = limitMs;
  }

  /** Something changed in the world, or a new graph is in force. */
  changed(nowMs: number): void {
    this.#lastChangeMs = nowMs;
    this.#reached = false;
  }

  /**
   * Asks whether the run has just converged. `pending`: vertices that are dirty or at work.
   *
   * @returns `true` once when it has; the milliseconds after which to ask again; or undefined when
   * only a further event can bring it about.
   */
  ask(nowMs: number, pending: number): true | number | undefined {
    if (this.#limitMs === undefined || this.#reached || pending > 0) return undefined;
    const leftMs = this.#lastChangeMs + this.#limitMs - nowMs;
    if (leftMs > 0) return leftMs;
    this.#reached = true;
    return true;
  }
}
