/** Time by what every host of JavaScript has, a browser too. */

import { onAbort } from "../base/either.ts";
import type { Clock, Timer } from "./clock.ts";

/** `setTimeout` takes no more; longer delays are made of several. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** A clock without turns of the event loop, which not every host can give. */
export type StandardClock = Omit<Clock, "yieldTurn">;

/** The clock and the timers of this host. */
export function createStandardClock(): StandardClock {
  return { nowMs: () => performance.now(), wall: () => new Date(), after, sleep };
}

function after(delayMs: number, run: () => void): Timer {
  let left = delayMs;
  let id: ReturnType<typeof setTimeout> | undefined;
  function arm(): void {
    const step = Math.min(left, LONGEST_DELAY_MS);
    left -= step;
    id = setTimeout(left > 0 ? arm : run, step);
  }
  arm();
  return { cancel: () => clearTimeout(id) };
}

function sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = after(delayMs, end);
    const letGo = onAbort(signal, end);
    function end(): void {
      timer.cancel();
      letGo();
      resolve();
    }
  });
}
