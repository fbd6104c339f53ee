/**
 * A stream of lines that never blocks and never throws: what is said in one turn of the event loop is
 * written at once, in order; a reader that stalls costs lines, not the agent.
 *
 * @module
 */

/** What an {@linkcode Output} is made of. `Line`: what is written, for instance text. */
export interface OutputOptions<Line> {
  /** Writes all of these; rejects when nobody reads any more. */
  readonly write: (lines: readonly Line[]) => Promise<void>;
  /** Resolves after one turn of the event loop. */
  readonly yieldTurn: () => Promise<void>;
  /** Resolves after some milliseconds, or when the signal aborts. */
  readonly sleep: (delayMs: number, signal: AbortSignal) => Promise<void>;
  /** The line that says how many were left out because nobody read. */
  readonly dropped: (count: number) => Line;
  readonly sizeOf: (line: Line) => number;
  /** How much may wait for a reader, by `sizeOf`. */
  readonly limit: number;
}

/** A line, or the promise of one. */
type QueuedLine<Line> = Line | Promise<Line>;

/** What a promised line is counted as. */
const PROMISED_SIZE = 500;

/** At the end of a run a reader that takes nothing for so long is given up. */
const STALLED_MS = 5000;

/** See the module. */
export class Output<Line> {
  readonly #options: OutputOptions<Line>;
  #queue: QueuedLine<Line>[] = [];
  #waiting = 0;
  #dropped = 0;
  #written = 0;
  #closed = false;
  #touched = false;
  #pump: Promise<void> | undefined;

  constructor(options: OutputOptions<Line>) {
    this.#options = options;
  }

  /** Adds a line. A promised one keeps its place; it must not reject. */
  add(item: QueuedLine<Line>): void {
    if (this.#closed) return;
    if (this.#waiting >= this.#options.limit) {
      this.#dropped++;
      return;
    }
    this.#queue.push(item);
    this.#waiting += this.#sizeOf(item);
    this.#pump ??= this.#run();
  }

  /** Has `write` called soon, if with no lines: what it adds to them by itself may be another. */
  touch(): void {
    if (this.#closed) return;
    this.#touched = true;
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
    await this.#options.yieldTurn();
    try {
      while (this.#queue.length > 0 || this.#touched) await this.#writeSome();
    } catch {
      this.#closed = true;
      this.#queue = [];
    }
    this.#pump = undefined;
  }

  async #writeSome(): Promise<void> {
    this.#touched = false;
    const queue = this.#queue;
    const promised = queue.findIndex((item) => item instanceof Promise);
    const items = queue.splice(0, promised === -1 ? queue.length : Math.max(1, promised));
    const lines: Line[] = [];
    // Either none of them is promised, or there is one.
    for (const item of items) lines.push(item instanceof Promise ? await item : item);
    await this.#options.write(lines);
    this.#written++;
    for (const item of items) this.#waiting -= this.#sizeOf(item);
    if (this.#dropped > 0) {
      const line = this.#options.dropped(this.#dropped);
      this.#dropped = 0;
      this.#queue.push(line);
      this.#waiting += this.#sizeOf(line);
    }
  }

  #sizeOf(item: QueuedLine<Line>): number {
    return item instanceof Promise ? PROMISED_SIZE : this.#options.sizeOf(item);
  }
}

/** An output of text; each line has its line break. */
export function textOutput(
  options: Omit<OutputOptions<string>, "write" | "sizeOf"> & {
    readonly write: (text: string) => Promise<void>;
  },
): Output<string> {
  return new Output<string>({
    ...options,
    write: (lines) => options.write(lines.join("")),
    sizeOf: (line) => line.length,
  });
}
