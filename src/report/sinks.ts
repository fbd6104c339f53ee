/**
 * Who hears of events: a list, in which each has its turn for each event.
 *
 * @module
 */

import type { EventSink, Reporter } from "./event.ts";

/** All of them, one after the other: who reads what another makes of events stands behind it. */
export function sinkList(sinks: readonly (EventSink | Reporter)[]): Reporter {
  return {
    event(event) {
      for (const sink of sinks) sink.event(event);
    },
    async flush() {
      for (const sink of sinks) if ("flush" in sink) await sink.flush();
    },
  };
}
