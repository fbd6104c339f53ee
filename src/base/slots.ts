import { onAbort } from "./either.ts";

/** A number of places, given out in the order they are asked for. */
export class Slots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(size: number) {
    this.#free = size;
  }

  /** Takes a place without waiting; false: all are taken. */
  tryTake(): boolean {
    if (this.#free === 0) return false;
    this.#free--;
    return true;
  }

  /** Waits for a place; false: the signal aborted first. */
  take(signal: AbortSignal | undefined): Promise<boolean> {
    if (signal?.aborted) return Promise.resolve(false);
    if (this.tryTake()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const given = () => {
        letGo();
        resolve(true);
      };
      const letGo = onAbort(signal, () => {
        this.#waiting.delete(given);
        resolve(false);
      });
      this.#waiting.add(given);
    });
  }

  /** Gives a place back. */
  release(): void {
    for (const next of this.#waiting) {
      this.#waiting.delete(next);
      next();
      return;
    }
    this.#free++;
  }
}
