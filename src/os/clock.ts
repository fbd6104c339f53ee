/** A running timer. */
export interface Timer {
  /** Stops it; harmless when it has fired or was stopped before. */
  cancel(): void;
}

/** Time, for all who need it. */
export interface Clock {
  /** Monotonic milliseconds since some moment, with fractions. */
  nowMs(): number;
  /** The time of day. */
  wall(): Date;
  /** Runs `run` once after `delayMs` milliseconds. A pending timer keeps the program alive. */
  after(delayMs: number, run: () => void): Timer;
  /** Resolves after `delayMs` milliseconds, or at once when `signal` aborts. Never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Lets timers, signals and input have one turn of the event loop. */
  yieldTurn(): Promise<void>;
}
