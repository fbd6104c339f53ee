/**
 * The agent as a service: what the service manager is told of it, and when.
 *
 * @module
 */

import type { Engine } from "../../engine/engine.ts";
import type { Clock, Timer } from "../../os/clock.ts";
import type { ServiceNotify } from "../../systemd/service_notify.ts";
import type { ReportEvent } from "../../report/event.ts";
import type { Snapshot } from "../../report/state.ts";
import { statusLine } from "../../report/status.ts";

/** The status line changes at most this often. */
const STATUS_MS = 1000;
/**
 * While the agent waits for what it must not interrupt, it asks for so much time at once, and again
 * before that is over.
 */
const EXTENSION_MS = 30_000;
const EXTENSION_EVERY_MS = 10_000;
/** Commands that still run so long after the agent was asked to stop are aborted. */
const STOP_LIMIT_MS = 30 * 60_000;
/** Microseconds in a millisecond. */
const US = 1000;

/** What is done later. */
type Task = "status" | "watchdog" | "extension" | "limit";

/** What is asked of the engine. */
export type WatchedEngine = Pick<Engine, "working" | "stuck">;

/** What a {@linkcode ServiceManager} is made of. */
export interface ServiceManagerOptions {
  readonly notify: ServiceNotify;
  readonly clock: Clock;
  /** The graph file as the user named it. */
  readonly file: string;
  /** How the run is; it has taken up an event before the manager hears of it. */
  readonly state: { readonly snapshot: Snapshot };
  /** Says why the watchdog will end the agent. */
  readonly warn: (text: string) => void;
}

/** The service manager that started the agent. */
export class ServiceManager {
  readonly #options: ServiceManagerOptions;
  readonly #timers = new Map<Task, Timer>();
  #engine: WatchedEngine | undefined;
  #told = "";
  #reloads = 0;
  #ready = false;
  #warned = false;

  constructor(options: ServiceManagerOptions) {
    this.#options = options;
    this.#tellStatus();
    this.#feedWatchdog();
  }

  /** Whom to ask how things are. */
  follow(engine: WatchedEngine): void {
    this.#engine = engine;
  }

  /** Something was said of the agent, so that its status line may be another. */
  event(event: ReportEvent): void {
    if (event.type === "stopping") this.#tellStatus();
    else if (event.type !== "output" && event.type !== "progress") this.#tellStatusSoon();
  }

  /** The graph is loaded and its first pass has begun: the service is up. */
  ready(): void {
    this.#ready = true;
    this.#tell("READY=1");
  }

  /** Reads the graph again, and tells that it does. */
  async reloading(reload: () => Promise<void>): Promise<void> {
    this.#reloads++;
    const beganUs = this.#options.notify.monotonicMicroseconds();
    this.#tell("RELOADING=1", `MONOTONIC_USEC=${beganUs}`);
    try {
      await reload();
    } finally {
      this.#reloads--;
      if (this.#reloads === 0 && this.#ready) this.#tell("READY=1");
    }
  }

  /** The agent ends, as soon as what runs has ended; `abort` is called when that takes too long. */
  stopping(abort: () => void): void {
    this.#tell("STOPPING=1");
    this.#later("limit", STOP_LIMIT_MS, abort);
    this.#extend();
  }

  /** Tells nothing more. */
  close(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#options.notify.close();
  }

  #tell(...assignments: readonly string[]): void {
    this.#options.notify.tell(...assignments);
  }

  #later(what: Task, delayMs: number, run: () => void): void {
    this.#timers.get(what)?.cancel();
    const timer = this.#options.clock.after(delayMs, () => {
      this.#timers.delete(what);
      run();
    });
    this.#timers.set(what, timer);
  }

  #tellStatusSoon(): void {
    if (!this.#timers.has("status")) this.#later("status", STATUS_MS, () => this.#tellStatus());
  }

  #tellStatus(): void {
    const { file, state: { snapshot } } = this.#options;
    const engine = this.#engine;
    const work = engine && { working: engine.working(), waiting: engine.working(true) };
    const text = statusLine({ file, snapshot, ...work });
    if (text === this.#told) return;
    this.#told = text;
    this.#tell(`STATUS=${text}`);
  }

  /** That this runs at all shows that the event loop turns. */
  #feedWatchdog(): void {
    const { watchdogMs } = this.#options.notify;
    if (watchdogMs === undefined) return;
    const problem = this.#engine?.stuck();
    if (problem === undefined) this.#tell("WATCHDOG=1");
    else if (!this.#warned) this.#options.warn(`the watchdog will end this agent: ${problem}`);
    this.#warned = problem !== undefined;
    this.#later("watchdog", watchdogMs / 2, () => this.#feedWatchdog());
  }

  /** Only the agent knows how long its commands take; so as long as one runs it asks for time. */
  #extend(): void {
    if (this.#engine?.stuck() !== undefined) return;
    this.#tell(`EXTEND_TIMEOUT_USEC=${EXTENSION_MS * US}`);
    this.#later("extension", EXTENSION_EVERY_MS, () => this.#extend());
  }
}
