/**
 * A stream of text that never blocks and never throws: what is said in one turn of the event loop is
 * written at once, in order; a reader that stalls costs lines, not the agent.
 *
 * @module
 */

/** What an {@linkcode Output} is made of. */
export interface OutputOptions {
  /** Writes all of a text; rejects when nobody reads any more. */
  readonly write: (text: string) => Promise<void>;
  /** Resolves after one turn of the event loop. */
  readonly breathe: () => Promise<void>;
  /** Resolves after some milliseconds, or when the signal aborts. */
  readonly sleep: (delayMs: number, signal: AbortSignal) => Promise<void>;
  /** The line that says how many were left out because nobody read. */
  readonly dropped: (count: number) => string;
  /** Characters that may wait for a reader. */
  readonly limit: number;
}

/** Lines, each with its line break, or promises of them. */
type Item = string | Promise<string>;

/** What a promised line is counted as. */
const PROMISED_SIZE = 500;

/** At the end of a run a reader that takes nothing for so long is given up. */
const STALLED_MS = 5000;

/** See the module. */
export class Output {
  readonly #options: OutputOptions;
  #queue: Item[] = [];
  #waiting = 0;
  #dropped = 0;
  #written = 0;
  #closed = false;
  #pump: Promise<void> | undefined;

  constructor(options: OutputOptions) {
    this.#options = options;
  }

  /** Adds text that ends with a line break. A promised one keeps its place; it must not reject. */
  add(item: Item): void {
    if (this.#closed) return;
    if (this.#waiting >= this.#options.limit) {
      this.#dropped++;
      return;
    }
    this.#queue.push(item);
    this.#waiting += sizeOf(item);
    this.#pump ??= this.#run();
  }

  /** Resolves when all is written, or nobody takes it any more. */
  async flush(): Promise<void> {
    while (this.#pump !== undefined && !this.#closed) {
      const before = this.#written;
      const stop = new AbortController();
      const stalled = this.#options.sleep(STALLED_MS, stop.signal).then(() => "stalled");
      const end = await Promise.race([this.#pump, stalled]);
      stop.abort();
      if (end === "stalled" && this.#written === before) return;
    }
  }

  async #run(): Promise<void> {
    // Who said it may be about to repair something: asking for the turn can wait until that is done.
    await undefined;
    await this.#options.breathe();
    try {
      while (this.#queue.length > 0) await this.#writeSome();
    } catch {
      this.#closed = true;
      this.#queue = [];
    }
    this.#pump = undefined;
  }

  async #writeSome(): Promise<void> {
    const queue = this.#queue;
    const promised = queue.findIndex((item) => typeof item !== "string");
    const count = promised === -1 ? queue.length : Math.max(1, promised);
    const items = queue.splice(0, count);
    const text = promised === 0 ? await items[0] ?? "" : items.join("");
    await this.#options.write(text);
    this.#written++;
    for (const item of items) this.#waiting -= sizeOf(item);
    if (this.#dropped > 0) {
      const line = this.#options.dropped(this.#dropped);
      this.#dropped = 0;
      this.#queue.push(line);
      this.#waiting += line.length;
    }
  }
}

function sizeOf(item: Item): number {
  return typeof item === "string" ? item.length : PROMISED_SIZE;
}
