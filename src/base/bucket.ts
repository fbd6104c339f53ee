import { assert } from "./assert.ts";

/** A token bucket: as many takes as it holds at once, and then as many as flow in. */
export interface Bucket {
  /**
   * Takes one token, or so many (never more than it holds). 0: taken. More: nothing was taken, and so
   * many milliseconds must pass until they are there (Infinity: never, as nothing flows in).
   */
  take(nowMs: number, count?: number): number;
  /** Tokens in it now, with fractions. */
  level(nowMs: number): number;
}

/** What a bucket holds, and what flows in. It starts full. */
export interface BucketOptions {
  readonly capacity: number;
  readonly perSecond: number;
}

/** A fresh, full {@linkcode Bucket}. Time is given by the caller and must not run backwards. */
export function createBucket({ capacity, perSecond }: BucketOptions): Bucket {
  assert(capacity >= 1 && perSecond >= 0, "a bucket holds a token and does not leak");
  let tokens = capacity;
  let filledAtMs: number | undefined;

  function fill(nowMs: number): void {
    // A clock that stands still or steps back adds nothing and takes nothing.
    const passedMs = Math.max(0, nowMs - (filledAtMs ?? nowMs));
    tokens = Math.min(capacity, tokens + (passedMs * perSecond) / 1000);
    filledAtMs = Math.max(nowMs, filledAtMs ?? nowMs);
  }

  return {
    take(nowMs, count = 1) {
      const wanted = Math.min(count, capacity);
      fill(nowMs);
      // Sums of fractions come out a hair below the whole token that was waited for.
      if (tokens >= wanted - 1e-9) {
        tokens = Math.max(0, tokens - wanted);
        return 0;
      }
      return ((wanted - tokens) * 1000) / perSecond;
    },
    level(nowMs) {
      fill(nowMs);
      return tokens;
    },
  };
}
