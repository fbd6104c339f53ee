/**
 * What the program tells the service manager that started it (sd_notify). Only imported where there
 * is one.
 *
 * @module
 */

import type { Clock, Timer } from "../os/clock.ts";
import { takeEnvironment } from "../os/environment.ts";
import { type Datagrams, openDatagrams } from "../os/native/datagram.ts";

/** The wire to the service manager. */
export interface ServiceNotify {
  /** It wants to hear `WATCHDOG=1` at least this often; undefined: not at all. */
  readonly watchdogMs: number | undefined;
  /** Tells it something, for instance `READY=1`, as one message; never waits. */
  tell(...assignments: readonly string[]): void;
  /** The clock by which it wants to know when a reload began. */
  monotonicMicroseconds(): bigint;
  close(): void;
}

/** While its queue is full, it is tried again so often. */
const FULL_PAUSE_MS = 50;
/** Messages that wait at most; then the oldest goes. */
const WAITING = 32;

/**
 * Opens the wire, and takes what names it out of the environment, so that no command takes itself
 * for a service. Undefined where the program was not started as one.
 */
export function openServiceNotify(clock: Clock, pid = Deno.pid): ServiceNotify | undefined {
  const target = takeEnvironment("NOTIFY_SOCKET");
  const watchdogMicroseconds = Number(takeEnvironment("WATCHDOG_USEC") ?? "");
  const watchdogPid = takeEnvironment("WATCHDOG_PID") ?? String(pid);
  if (target === undefined) return undefined;
  const datagrams = openDatagrams();
  if (datagrams === undefined) return undefined;
  const wanted = watchdogMicroseconds > 0 && watchdogPid === String(pid);
  return new Wire(clock, datagrams, target, wanted ? watchdogMicroseconds / 1000 : undefined);
}

class Wire implements ServiceNotify {
  readonly watchdogMs: number | undefined;
  readonly #clock: Clock;
  readonly #datagrams: Datagrams;
  readonly #target: string;
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #timer: Timer | undefined;

  constructor(clock: Clock, datagrams: Datagrams, target: string, watchdogMs: number | undefined) {
    this.#clock = clock;
    this.#datagrams = datagrams;
    this.#target = target;
    this.watchdogMs = watchdogMs;
  }

  tell(...assignments: readonly string[]): void {
    this.#waiting.push(new TextEncoder().encode(assignments.join("\n")));
    if (this.#waiting.length > WAITING) this.#waiting.shift();
    if (this.#timer === undefined) this.#send();
  }

  monotonicMicroseconds(): bigint {
    return this.#datagrams.monotonicMicroseconds();
  }

  close(): void {
    this.#send();
    this.#timer?.cancel();
    this.#datagrams.close();
  }

  /** In order; what a busy reader does not take stays for later. */
  #send(): void {
    this.#timer = undefined;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#datagrams.send(this.#target, next) === "full") {
        this.#timer = this.#clock.after(FULL_PAUSE_MS, () => this.#send());
        return;
      }
      this.#waiting.shift();
    }
  }
}
