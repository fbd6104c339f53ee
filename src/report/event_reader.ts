/** Time for readers. */
export interface ReadingClock {
  nowMs(): number;
  /** The time of day. */
  wall(): Date;
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Lets the agent have one turn of the event loop. */
  yieldTurn(): Promise<void>;
}

/** Time and words of a reader. */
export interface EventReaderOptions {
  readonly clock: ReadingClock;
  /** The line that says how many were left out. */
  readonly dropped: (count: number) => string;
}

/** Characters that may wait for one reader. */
const WAITING_MAX = 256 * 1024;
/** What is handed over at once, so that a slow reader is seen to take something. */
const PIECE = 64 * 1024;
/** What a promised line is counted as. */
const PROMISED_SIZE = 500;
/** A reader is written to this often at most: many of them must not have the agent write all day. */
const PACE_MS = 50;

/** Lines that wait for one reader. What comes while too many wait is left out, and counted. */
export class EventReader {
  readonly #options: EventReaderOptions;
  readonly #queue: (string | Promise<string>)[] = [];
  #waiting = 0;
  #missing = 0;
  #closed = false;
  #wake = () => {};

  constructor(options: EventReaderOptions) {
    this.#options = options;
  }

  /** Adds a line (without its end), which must not reject; false: it was left out. */
  add(line: string | Promise<string>): boolean {
    if (this.#waiting >= WAITING_MAX) {
      this.#missing++;
      return false;
    }
    this.#push(line);
    return true;
  }

  /** Nothing more comes: what waits is the last. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** Lines as they come, some at once, until the reader is closed or the signal aborts. */
  async *texts(signal: AbortSignal): AsyncGenerator<string> {
    const { clock } = this.#options;
    const wake = () => this.#wake();
    signal.addEventListener("abort", wake);
    try {
      let writtenMs = -Infinity;
      while (await this.#hasSome(signal)) {
        // Whoever said it may be about to put something right.
        await clock.yieldTurn();
        const pauseMs = this.#closed ? 0 : writtenMs + PACE_MS - clock.nowMs();
        if (pauseMs > 0) await clock.sleep(pauseMs, signal);
        writtenMs = clock.nowMs();
        yield await this.#take();
      }
    } finally {
      signal.removeEventListener("abort", wake);
    }
  }

  async #hasSome(signal: AbortSignal): Promise<boolean> {
    while (this.#queue.length === 0 && !this.#closed && !signal.aborted) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#queue.length > 0 && !signal.aborted;
  }

  async #take(): Promise<string> {
    const first = this.#queue[0]!;
    if (typeof first !== "string") {
      this.#taken(1);
      return await first;
    }
    let [count, size] = [0, 0];
    for (const line of this.#queue) {
      if (typeof line !== "string" || size > PIECE) break;
      size += line.length;
      count++;
    }
    return this.#taken(count).join("\n");
  }

  /** Where some were left out it is said behind those before them. */
  #taken(count: number): readonly (string | Promise<string>)[] {
    const lines = this.#queue.splice(0, count);
    for (const line of lines) this.#waiting -= sizeOf(line);
    if (this.#missing > 0) {
      this.#push(this.#options.dropped(this.#missing));
      this.#missing = 0;
    }
    return lines;
  }

  #push(line: string | Promise<string>): void {
    this.#queue.push(line);
    this.#waiting += sizeOf(line);
    this.#wake();
  }
}

function sizeOf(line: string | Promise<string>): number {
  return typeof line === "string" ? line.length : PROMISED_SIZE;
}
