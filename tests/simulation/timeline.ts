import { setImmediate } from "node:timers";

/** Virtual time: what is to happen, in its order; at the same moment in the order it was said. */
export class Timeline {
  now = 0;
  #heap: { at: number; order: number; run: () => void }[] = [];
  #order = 0;
  #stirred = false;

  /** Runs something after so many milliseconds. */
  after(delayMs: number, run: () => void): void {
    const entry = { at: this.now + Math.max(0, delayMs), order: this.#order++, run };
    const heap = this.#heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(entry, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  /** A promise was settled: what waits for it goes on before anything else happens. */
  stir(): void {
    this.#stirred = true;
  }

  /** Lets time pass until `end`, or until `stop` says so. */
  async runUntil(end: number, stop: () => boolean = () => false): Promise<void> {
    await this.#rest();
    while (this.#heap.length > 0 && this.#heap[0]!.at <= end && !stop()) {
      const first = this.#pop();
      this.now = first.at;
      first.run();
      if (this.#stirred) await this.#rest();
    }
    if (!stop()) this.now = Math.max(this.now, end);
  }

  /** Runs what is next, if that is before `end`. */
  step(end: number): boolean {
    if (this.#heap.length === 0 || this.#heap[0]!.at > end) return false;
    const first = this.#pop();
    this.now = first.at;
    first.run();
    return true;
  }

  async #rest(): Promise<void> {
    while (this.#stirred) {
      this.#stirred = false;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  #pop(): { at: number; order: number; run: () => void } {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const child = right < heap.length && isBefore(heap[right]!, heap[left]!) ? right : left;
      if (!isBefore(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: { at: number; order: number }, b: { at: number; order: number }): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
