/** The state of a run by its events, for tests that name no resources: what these count is believed. */

import type { EventSink, ReportEvent } from "../../src/report/event.ts";
import { type ResourceSnapshot, RunState, type Snapshot } from "../../src/report/state.ts";

const RESOURCE: ResourceSnapshot = {
  state: "ok",
  sinceMs: 0,
  reason: undefined,
  blockedBy: undefined,
  failure: undefined,
  failedAtMs: undefined,
  retryAtMs: undefined,
  changedAtMs: undefined,
  change: undefined,
  progress: undefined,
};

/** See the file. */
export class ToldState implements EventSink {
  readonly #state = new RunState(() => 0);
  #told: Partial<Snapshot> = {};

  get snapshot(): Snapshot {
    return { ...this.#state.snapshot, ...this.#told };
  }

  event(event: ReportEvent): void {
    this.#state.event(event);
    if ("recap" in event) this.#told = { ...this.#told, recap: event.recap };
    if (event.type !== "stop") return;
    const resources = (["failed", "contested", "blocked"] as const).flatMap((state) =>
      event[state].map((key) => [key, { ...RESOURCE, state }] as const)
    );
    this.#told = { ...this.#told, resources: new Map(resources) };
  }
}
