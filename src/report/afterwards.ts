/**
 * Words after deeds: what is reported in one go is passed on when that is over. A small file is checked
 * and put right in one go, and the words for it take as long as a tenth of that; as nothing is written
 * before the next turn of the event loop anyway, nobody sees them later, nor loses more in a crash.
 *
 * @module
 */

import type { Reporter, ReportEvent } from "./event.ts";

/** Passes events on in their order, each in the turn of the event loop in which it came. */
export function afterwards(reporter: Reporter): Reporter {
  let waiting: ReportEvent[] = [];

  function passOn(): void {
    const events = waiting;
    waiting = [];
    for (const event of events) reporter.event(event);
  }

  return {
    event(event) {
      if (waiting.push(event) === 1) queueMicrotask(passOn);
    },
    flush() {
      passOn();
      return reporter.flush();
    },
  };
}
