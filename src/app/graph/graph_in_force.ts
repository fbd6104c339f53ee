import type { LoadedGraph } from "../../lang/load.ts";
import type { Clock } from "../../os/clock.ts";
import type { ComposedGraph } from "./composer.ts";

/** What putting graphs in force needs. */
export interface GraphInForceParts {
  readonly clock: Pick<Clock, "yieldTurn">;
  /** The graph as it is written now. */
  written(): LoadedGraph | undefined;
  /** Puts what is collected now, and the edges that are found by themselves, into a graph. */
  compose(written: LoadedGraph): Promise<ComposedGraph>;
  /** Resolves when the graph is in force. */
  load(composed: ComposedGraph, written: LoadedGraph, onlyIfDifferent: boolean): Promise<void>;
  /** Called when there is nothing more to put in force for what was collected. */
  idle(): void;
}

/**
 * Puts graphs in force one after the other, each made of what is written and collected when its turn
 * comes: one that takes long is never put in force after one that was written later.
 */
export class GraphInForce {
  readonly #parts: GraphInForceParts;
  #turn: Promise<void> = Promise.resolve();
  /** What was put in force last, as it was written. */
  #last: LoadedGraph | undefined;
  #collecting = false;
  #composing = 0;

  constructor(parts: GraphInForceParts) {
    this.#parts = parts;
  }

  /** Whether something was collected anew that is not in force yet. */
  get pending(): boolean {
    return this.#composing > 0;
  }

  /** Something else is written; resolves when that, or what was written after it, is in force. */
  written(): Promise<void> {
    return this.#next(false);
  }

  /** Others offer something else: the graph is made again, once for what comes together. */
  collected(): void {
    if (this.#collecting) return;
    this.#collecting = true;
    this.#composing++;
    void this.#parts.clock.yieldTurn().then(() => {
      this.#collecting = false;
      return this.#next(true);
    }).finally(() => {
      this.#composing--;
      this.#parts.idle();
    });
  }

  #next(onlyIfDifferent: boolean): Promise<void> {
    const turn = this.#turn.then(() => this.#put(onlyIfDifferent));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #put(onlyIfDifferent: boolean): Promise<void> {
    const written = this.#parts.written();
    if (written === undefined) return;
    const isKnown = written === this.#last;
    this.#last = written;
    const composed = await this.#parts.compose(written);
    await this.#parts.load(composed, written, onlyIfDifferent || isKnown);
  }
}
