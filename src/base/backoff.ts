/** Delays between tries that all fail: the first is short, each further one is twice as long. */
export interface Backoff {
  /** The delay before the next try, in milliseconds. */
  next(): number;
  /** Starts over, after a success. */
  reset(): void;
}

/** Where delays begin and end, and by what they grow. */
export interface BackoffOptions {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly factor: number;
}

/** From one second, doubling, to five minutes. */
const RETRY_BACKOFF: BackoffOptions = { firstMs: 1000, lastMs: 300_000, factor: 2 };

/** The delay that follows `delayMs`; undefined: nothing was tried yet. */
export function nextDelayMs(
  delayMs: number | undefined,
  options: BackoffOptions = RETRY_BACKOFF,
): number {
  if (delayMs === undefined) return Math.min(options.firstMs, options.lastMs);
  return Math.min(Math.max(delayMs * options.factor, options.firstMs), options.lastMs);
}

/** A fresh {@linkcode Backoff}. */
export function createBackoff(options: BackoffOptions = RETRY_BACKOFF): Backoff {
  let delayMs: number | undefined;
  return {
    next() {
      delayMs = nextDelayMs(delayMs, options);
      return delayMs;
    },
    reset() {
      delayMs = undefined;
    },
  };
}
