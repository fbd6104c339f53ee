/** Real time. */

import { setImmediate } from "node:timers";
import type { Clock } from "./clock.ts";
import { createStandardClock } from "./standard_clock.ts";

/** The machine's clock and timers. */
export function createLocalClock(): Clock {
  return {
    ...createStandardClock(),
    yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
  };
}
