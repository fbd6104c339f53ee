/**
 * What a hook has not been told yet: events, folded where they repeat each other, up to a limit.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import type { ReportEvent } from "../../report/event.ts";

/** An event, when it happened, and how often the same was said of the same resource since the last run. */
export interface UntoldEvent {
  readonly event: ReportEvent;
  readonly at: Date;
  readonly times: number;
}

/** What one run of a hook is told, and how many events are left out of it. */
export interface Untold {
  readonly events: readonly UntoldEvent[];
  readonly omitted: number;
}

/** See the module. */
export class UntoldEvents {
  #events = new Map<string, UntoldEvent>();
  #omitted = 0;

  get isEmpty(): boolean {
    return this.#events.size === 0;
  }

  /** Of one resource the last event of a type is kept, at its place in time. */
  add(event: ReportEvent, at: Date): void {
    const about = `${event.type} ${"key" in event ? event.key : ""}`;
    const times = (this.#events.get(about)?.times ?? 0) + 1;
    if (times === 1 && this.#events.size >= LIMITS.hookEvents) {
      this.#omitted++;
      return;
    }
    this.#events.delete(about);
    this.#events.set(about, { event, at, times });
  }

  /** All of it, after which nothing is untold. */
  take(): Untold {
    const untold = { events: [...this.#events.values()], omitted: this.#omitted };
    this.#events = new Map();
    this.#omitted = 0;
    return untold;
  }
}
