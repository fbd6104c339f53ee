const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** When something that goes on is said: soon, then less and less often. */
const MARKS_MS = [10 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE];

/**
 * When something that goes on is said for the next time, counted from its begin: after 10 s, 30 s,
 * 1, 5, 15 and 30 min, then every hour. `saidMs`: when it was said last; undefined: never.
 */
export function nextWordMs(saidMs: number | undefined): number {
  if (saidMs === undefined) return MARKS_MS[0]!;
  return MARKS_MS.find((mark) => mark > saidMs) ?? (Math.floor(saidMs / HOUR) + 1) * HOUR;
}
