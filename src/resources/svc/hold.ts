/**
 * Whether what was started held. A unit that ends soon after each start is started again after growing
 * pauses, however well each start went.
 *
 * @module
 */

import { nextDelayMs } from "../../base/backoff.ts";

/** What is remembered of the starts of a unit. */
export interface Starts {
  /** When it was started here, until it has been seen down. */
  startedMs?: number | undefined;
  /** How often in a row it did not hold. */
  falls: number;
  pauseMs?: number | undefined;
  notBeforeMs: number;
}

/** One that is up for so long has held. */
const HELD_MS = 10_000;
/** Somebody may stop it a few times; only then it is the unit's own. */
const FREE_FALLS = 3;

/** A unit that should run is seen down: milliseconds until it may be started; 0: now. */
export function pauseBeforeStart(starts: Starts, nowMs: number): number {
  if (starts.startedMs !== undefined) {
    const held = nowMs - starts.startedMs >= HELD_MS;
    starts.startedMs = undefined;
    starts.falls = held ? 0 : starts.falls + 1;
    if (starts.falls <= FREE_FALLS) starts.pauseMs = undefined;
    else {
      starts.pauseMs = nextDelayMs(starts.pauseMs);
      starts.notBeforeMs = nowMs + starts.pauseMs;
    }
  }
  return Math.max(0, starts.notBeforeMs - nowMs);
}
