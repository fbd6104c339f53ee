/**
 * A message bus of this machine: one connection, made when it is first needed and made again when
 * it breaks.
 *
 * @module
 */

import { createBackoff } from "../../base/backoff.ts";
import { onAbort, unlessAborted } from "../../base/either.ts";
import { LIMITS } from "../../base/limits.ts";
import { failure, type Result } from "../../base/result.ts";
import type { Clock, Timer } from "../../os/clock.ts";
import type { Watch } from "../../os/watch/watcher.ts";
import { Slots } from "../../base/slots.ts";
import { type BusScope, busSocket } from "./address.ts";
import type { Bus, BusAnswer, BusCall, SignalListener } from "./bus.ts";
import type { BusConnection, ReceivedSignal } from "./connection.ts";
import { SignalSubscriptions } from "./subscriptions.ts";

const RECONNECT = { firstMs: 50, lastMs: 2000, factor: 2 };

const ASK_AGAIN = { firstMs: 1000, lastMs: 60_000, factor: 2 };

/** Calls that may go unanswered in a row before the connection is given up. */
const UNANSWERED = 3;

export interface LocalBusOptions {
  readonly scope: BusScope;
  readonly clock: Clock;
  /** Says what should be known: that nothing is heard of services for now. */
  readonly warn: (text: string) => void;
  /** Opens a connection; given only by tests. */
  readonly open?: typeof openConnection;
}

/** A {@linkcode Bus} that can be closed. */
export interface LocalBus extends Bus {
  close(): void;
}

/** Makes the one connection to a bus, lazily. */
export function createLocalBus(options: LocalBusOptions): LocalBus {
  return new ReconnectingBus(options);
}

async function openConnection(
  scope: BusScope,
  clock: Clock,
  heard: (signal: ReceivedSignal) => void,
  broke: (reason: string) => void,
): Promise<Result<BusConnection>> {
  const socket = busSocket(scope);
  if (!socket.ok) return socket;
  const { connect } = await import("./connection.ts");
  return await connect({ socket: socket.value, clock, heard, broke });
}

class ReconnectingBus implements LocalBus {
  readonly #options: LocalBusOptions;
  readonly #subscriptions = new SignalSubscriptions(() => this.#askAgain());
  readonly #backoff = createBackoff(RECONNECT);
  /** Pauses between tries to be told of all that is listened to. */
  readonly #patience = createBackoff(ASK_AGAIN);
  #connection: Promise<Result<BusConnection>> | undefined;
  #current: BusConnection | undefined;
  #retry: Timer | undefined;
  #closed = false;
  #unanswered = 0;
  readonly #slots = new Slots(LIMITS.busCalls);

  constructor(options: LocalBusOptions) {
    this.#options = options;
  }

  async call(call: BusCall, signal?: AbortSignal): Promise<BusAnswer> {
    if (signal?.aborted || this.#closed) return stopped();
    if (!await this.#slots.take(signal)) return stopped();
    try {
      const connection = await unlessAborted(this.#connect(), signal);
      if (connection === undefined || signal?.aborted) return stopped();
      if (!connection.ok) return connection;
      return await this.#timed(connection.value, call, signal);
    } finally {
      this.#slots.release();
    }
  }

  listen(listener: SignalListener): Watch {
    this.#subscriptions.add(listener);
    void this.#connect();
    return { close: () => this.#subscriptions.remove(listener) };
  }

  close(): void {
    this.#closed = true;
    this.#retry?.cancel();
    this.#current?.close();
    this.#current = undefined;
  }

  #connect(): Promise<Result<BusConnection>> {
    this.#connection ??= this.#open();
    return this.#connection;
  }

  async #open(): Promise<Result<BusConnection>> {
    this.#retry?.cancel();
    this.#retry = undefined;
    const { scope, clock, open = openConnection } = this.#options;
    const heard = (signal: ReceivedSignal) => this.#subscriptions.heard(signal);
    const opened = await open(scope, clock, heard, () => this.#broke());
    if (!opened.ok) {
      this.#again();
      return opened;
    }
    const connection = opened.value;
    if (this.#closed) connection.close();
    else {
      this.#backoff.reset();
      this.#unanswered = 0;
      this.#patience.reset();
      this.#current = connection;
      this.#subscribe(connection);
    }
    return opened;
  }

  #subscribe(connection: BusConnection): void {
    void this.#subscriptions.connected((call) => this.#timed(connection, call));
  }

  /** The bus does not tell of all that is listened to: it had no time, or its limits are reached. */
  #askAgain(): void {
    const connection = this.#current;
    if (connection === undefined || this.#retry !== undefined) return;
    const { scope, warn, clock } = this.#options;
    const pauseMs = this.#patience.next();
    warn(
      `the ${scope} bus does not tell of all that it was asked to; asked again in ${
        pauseMs / 1000
      } s`,
    );
    this.#retry = clock.after(pauseMs, () => {
      this.#retry = undefined;
      if (this.#current === connection) this.#subscribe(connection);
    });
  }

  #broke(): void {
    this.#current = undefined;
    if (!this.#closed && !this.#subscriptions.empty) {
      const { scope, warn } = this.#options;
      warn(`the ${scope} bus is gone: what it tells of is not seen until it is back`);
    }
    this.#subscriptions.disconnected();
    this.#again();
  }

  /** The next call tries at once; whoever only listens waits for the timer. */
  #again(): void {
    this.#connection = undefined;
    if (this.#closed || this.#subscriptions.empty) return;
    this.#retry?.cancel();
    this.#retry = this.#options.clock.after(this.#backoff.next(), () => void this.#connect());
  }

  #timed(connection: BusConnection, call: BusCall, signal?: AbortSignal): Promise<BusAnswer> {
    const { promise, resolve } = Promise.withResolvers<BusAnswer>();
    const limitMs = call.timeoutMs ?? LIMITS.busCallMs;
    const timer = this.#options.clock.after(limitMs, () => {
      resolve(unanswered(call, limitMs));
      this.#unanswered++;
      // The answers that never came would be remembered for ever.
      if (this.#unanswered >= UNANSWERED && this.#current === connection) {
        connection.close();
        this.#broke();
      }
    });
    const letGo = onAbort(signal, () => resolve(stopped()));
    void connection.call(call).then((answer) => {
      if (answer.ok) this.#unanswered = 0;
      resolve(answer);
    });
    return promise.finally(() => {
      timer.cancel();
      letGo();
    });
  }
}

function stopped(): BusAnswer {
  return { ok: false, failure: failure("stopped", { code: "stopped" }) };
}

function unanswered({ service, member }: BusCall, limitMs: number): BusAnswer {
  return {
    ok: false,
    failure: failure(`${service} did not answer ${member} within ${limitMs / 1000} s`, {
      code: "timeout",
      hint: "look at it with systemctl status and journalctl",
    }),
  };
}
