/**
 * A bus with a service manager behind it that answers as a test says.
 *
 * @module
 */

import { failure } from "../../src/base/result.ts";
import type { Bus, BusAnswer, BusCall, SignalListener } from "../../src/systemd/bus/bus.ts";
import type { Watcher } from "../../src/os/watch/watcher.ts";
import type { Processes } from "../../src/os/process/processes.ts";
import { createLocalServices } from "../../src/systemd/local_services.ts";
import { ManualClock } from "./manual_clock.ts";

type Reply = (call: BusCall) => BusAnswer | Promise<BusAnswer>;

/** The answer with these values. */
export function answers(...value: unknown[]): BusAnswer {
  return { ok: true, value };
}

/** The answer that is an error of this name. */
export function errs(code: string): BusAnswer {
  return { ok: false, failure: failure(code, { code }) };
}

/** A bus whose calls are remembered; what nothing is said of is answered by nothing. */
export class FakeManager implements Bus {
  readonly clock = new ManualClock();
  readonly calls: string[] = [];
  readonly replies = new Map<string, Reply>();
  readonly #listeners = new Set<SignalListener>();

  /** The services behind it, as the program has them. */
  services() {
    const watcher = { watch: () => ({ close: () => {} }) } as unknown as Watcher;
    const processes = {} as Processes;
    return createLocalServices({
      bus: this,
      clock: this.clock,
      watcher,
      processes,
      scope: "system",
      readsOnly: false,
    });
  }

  async call(call: BusCall, signal?: AbortSignal): Promise<BusAnswer> {
    if (signal?.aborted) return errs("stopped");
    this.calls.push(call.member);
    return await (this.replies.get(call.member)?.(call) ?? answers());
  }

  listen(listener: SignalListener) {
    this.#listeners.add(listener);
    return { close: () => void this.#listeners.delete(listener) };
  }

  /** The manager is there, for the first time or again. */
  appears(): void {
    for (const listener of this.#listeners) listener.renewed();
  }

  /** The manager or the bus goes away. */
  goes(): void {
    for (const listener of this.#listeners) listener.lost?.();
  }

  /** The manager says that a job has ended. */
  ends(path: string, result: string): void {
    const signal = {
      path: "/org/freedesktop/systemd1",
      interface: "org.freedesktop.systemd1.Manager",
      member: "JobRemoved",
      body: [0, path, "a.service", result],
    };
    for (const listener of this.#listeners) {
      if (listener.match.member === undefined) listener.heard(signal);
    }
  }
}
