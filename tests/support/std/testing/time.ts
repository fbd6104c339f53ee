/**
 * What the tests use of `@std/testing/time`, with its names and signatures.
 *
 * @module
 */

/** A mistake in the use of faked time. */
export class TimeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "TimeError";
  }
}

/** What is replaced while time is faked. */
const REAL = {
  Date: globalThis.Date,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
};
/** Not called as a method: some versions of Deno refuse that. */
const realTimeout = REAL.setTimeout;

interface FakeTimer {
  readonly id: number;
  dueMs: number;
  /** Set where it comes again. */
  readonly everyMs?: number;
  readonly run: () => void;
}

type Callback = (...args: unknown[]) => void;

let current: FakeTime | undefined;

/**
 * Replaces `Date` and the timers by ones that stand still until the test moves time on. Ends with `restore`, or
 * with the block that it is declared in by `using`.
 */
export class FakeTime {
  readonly #timers = new Map<number, FakeTimer>();
  readonly #startMs: number;
  #nowMs: number;
  #lastId = 0;

  /** `start`: what time it is at first; by default what time it is. */
  constructor(start?: number | string | Date | null) {
    if (current !== undefined) {
      throw new TimeError("Cannot construct FakeTime: time is already faked");
    }
    const startMs = start === undefined || start === null
      ? REAL.Date.now()
      : new REAL.Date(start).getTime();
    if (Number.isNaN(startMs)) throw new TimeError(`Cannot construct FakeTime: invalid ${start}`);
    this.#startMs = this.#nowMs = startMs;
    current = this;
    Object.assign(globalThis, {
      Date: fakeDate(() => this.#nowMs),
      setTimeout: (run: Callback, delayMs = 0, ...args: unknown[]) =>
        this.#add(() => run(...args), delayMs),
      setInterval: (run: Callback, everyMs = 0, ...args: unknown[]) =>
        this.#add(() => run(...args), everyMs, everyMs),
      clearTimeout: (id?: number) => this.#timers.delete(Number(id)),
      clearInterval: (id?: number) => this.#timers.delete(Number(id)),
    });
  }

  /** Real time again. */
  static restore(): void {
    if (current === undefined) throw new TimeError("Cannot restore time: time is not faked");
    current.restore();
  }

  /** When faked time began, in milliseconds since 1970. */
  get start(): number {
    return this.#startMs;
  }

  /** What time it is. When it is set, all timers run that are due until then, in their order. */
  get now(): number {
    return this.#nowMs;
  }

  set now(value: number) {
    if (value < this.#nowMs) throw new TimeError("Cannot set time in the past");
    for (let due = this.#due(value); due !== undefined; due = this.#due(value)) this.#run(due);
    this.#nowMs = value;
  }

  /** Moves time on. */
  tick(ms = 0): void {
    this.now += ms;
  }

  /** Lets promises go on, then moves time on. */
  async tickAsync(ms = 0): Promise<void> {
    await this.runMicrotasks();
    this.now += ms;
  }

  /** Moves time on to the next timer; whether there was one. */
  next(): boolean {
    const due = this.#due(Infinity);
    if (due !== undefined) this.#run(due);
    return due !== undefined;
  }

  /** Lets all promises go on that can. */
  runMicrotasks(): Promise<void> {
    return new Promise((resolve) => realTimeout(resolve, 0));
  }

  /** Real time again. */
  restore(): void {
    if (current !== this) throw new TimeError("Cannot restore time: time is already restored");
    current = undefined;
    this.#timers.clear();
    Object.assign(globalThis, REAL);
  }

  [Symbol.dispose](): void {
    if (current === this) this.restore();
  }

  #add(run: () => void, delayMs: number, everyMs?: number): number {
    const id = ++this.#lastId;
    const dueMs = this.#nowMs + Math.max(0, delayMs);
    this.#timers.set(id, { id, dueMs, run, ...everyMs === undefined ? {} : { everyMs } });
    return id;
  }

  /** The first timer that is due until then. */
  #due(limitMs: number): FakeTimer | undefined {
    let first: FakeTimer | undefined;
    for (const timer of this.#timers.values()) {
      if (timer.dueMs <= limitMs && (first === undefined || timer.dueMs < first.dueMs)) {
        first = timer;
      }
    }
    return first;
  }

  #run(timer: FakeTimer): void {
    this.#nowMs = timer.dueMs;
    // What comes again waits behind what is due at the same time.
    this.#timers.delete(timer.id);
    if (timer.everyMs !== undefined) {
      timer.dueMs += Math.max(1, timer.everyMs);
      this.#timers.set(timer.id, timer);
    }
    timer.run();
  }
}

/** A `Date` for which it is as late as `nowMs` says. */
function fakeDate(nowMs: () => number): DateConstructor {
  return new Proxy(REAL.Date, {
    apply: () => new REAL.Date(nowMs()).toString(),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [nowMs()] : args, newTarget),
    get: (target, key) => key === "now" ? nowMs : Reflect.get(target, key),
  });
}
