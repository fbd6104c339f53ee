/**
 * One connection to a message bus, until it breaks.
 *
 * @module
 */

import { fail, failure, ok, reasonOf, type Result } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import { type BusAnswer, type BusCall, type BusSignal, isVariant } from "./bus.ts";
import { limitMessages, type ReadableSide } from "./message_limit.ts";
import { Message, MessageType, sessionBus, Variant } from "./dbus_next.ts";

/** A signal with its sender's unique name. */
export interface ReceivedSignal extends BusSignal {
  readonly sender: string;
}

export interface ConnectionOptions {
  readonly socket: string;
  readonly clock: Clock;
  readonly heard: (signal: ReceivedSignal) => void;
  /** It broke, or was ended by the other side. Called once, not after `close`. */
  readonly broke: (reason: string) => void;
}

export interface BusConnection {
  /** Sends a call; calls without an answer fail when the connection breaks. */
  call(call: BusCall): Promise<BusAnswer>;
  close(): void;
}

/** Time for a bus to let us in. */
const CONNECT_MS = 5000;

type DBusMessage = InstanceType<typeof Message>;
type MessageBus = ReturnType<typeof sessionBus>;

/** What is used of the library's stream beyond its declared types. */
interface Internals {
  readonly _connection: {
    on(event: "connect", run: () => void): void;
    readonly stream: ReadableSide & {
      destroy(): void;
      on(event: "close", run: () => void): void;
    };
  };
}

/** Connects and says hello. */
export async function connect(options: ConnectionOptions): Promise<Result<BusConnection>> {
  const { socket, clock } = options;
  let bus: MessageBus;
  try {
    bus = sessionBus({ busAddress: `unix:socket=${socket}` });
  } catch (thrown) {
    return unreachable(socket, reasonOf(thrown));
  }
  connectionOf(bus).on("connect", () => limit(bus));
  const connected = Promise.withResolvers<string | undefined>();
  bus.on("error", (error: unknown) => connected.resolve(reasonOf(error)));
  streamOf(bus).on("close", () => connected.resolve("it closed the connection"));
  bus.once("connect", () => connected.resolve(undefined));
  const timer = clock.after(CONNECT_MS, () => {
    connected.resolve(`no answer within ${CONNECT_MS / 1000} s`);
  });
  const problem = await connected.promise;
  timer.cancel();
  if (problem === undefined) return ok(new OpenConnection(bus, options));
  streamOf(bus).destroy();
  return unreachable(socket, problem);
}

function unreachable(socket: string, reason: string): Result<never> {
  return fail(`cannot reach the message bus at ${socket}: ${reason}`, {
    code: "bus-unavailable",
    hint: "is dbus installed and running on this host?",
  });
}

function connectionOf(bus: MessageBus): Internals["_connection"] {
  return (bus as unknown as Internals)._connection;
}

function streamOf(bus: MessageBus): Internals["_connection"]["stream"] {
  return connectionOf(bus).stream;
}

/** From the first message on; what is said before those is said by lines. */
function limit(bus: MessageBus): void {
  limitMessages(streamOf(bus), (bytes) => {
    bus.emit("error", new Error(`an answer of ${bytes} bytes is longer than is read`));
  });
}

class OpenConnection implements BusConnection {
  readonly #bus: MessageBus;
  readonly #options: ConnectionOptions;
  /** Ends each call that still waits. */
  readonly #waiting = new Set<(answer: BusAnswer) => void>();
  #open = true;

  constructor(bus: MessageBus, options: ConnectionOptions) {
    this.#bus = bus;
    this.#options = options;
    bus.on("error", (error: unknown) => this.#end(reasonOf(error)));
    streamOf(bus).on("close", () => this.#end("it closed the connection"));
    bus.on("message", (message: DBusMessage) => {
      if (message.type === MessageType.SIGNAL) this.#options.heard(signalOf(message));
    });
  }

  call(call: BusCall): Promise<BusAnswer> {
    if (!this.#open) return Promise.resolve(broken("it is closed"));
    const { promise, resolve } = Promise.withResolvers<BusAnswer>();
    this.#waiting.add(resolve);
    void this.#answer(call).then(resolve);
    return promise.finally(() => this.#waiting.delete(resolve));
  }

  async #answer(call: BusCall): Promise<BusAnswer> {
    try {
      const reply = await this.#bus.call(messageOf(call));
      return { ok: true, value: (reply?.body ?? []).map(plain) };
    } catch (thrown) {
      const { type } = thrown as { type?: string };
      return { ok: false, failure: failure(reasonOf(thrown), { code: type ?? "bus-error" }) };
    }
  }

  close(): void {
    this.#open = false;
    streamOf(this.#bus).destroy();
    this.#failAll("it was closed");
  }

  #end(reason: string): void {
    if (!this.#open) return;
    this.close();
    this.#options.broke(reason);
  }

  #failAll(reason: string): void {
    for (const resolve of this.#waiting) resolve(broken(reason));
  }
}

function broken(reason: string): BusAnswer {
  return {
    ok: false,
    failure: failure(`the connection to the message bus is lost: ${reason}`, {
      code: "bus-unavailable",
      hint: "it is connected again as soon as the bus is back",
    }),
  };
}

function messageOf(call: BusCall): DBusMessage {
  return new Message({
    destination: call.service,
    path: call.path,
    interface: call.interface,
    member: call.member,
    signature: call.signature ?? "",
    body: (call.body ?? []).map(packed),
  });
}

function signalOf({ sender, path, interface: name, member, body }: DBusMessage): ReceivedSignal {
  return {
    sender: sender ?? "",
    path: path ?? "",
    interface: name ?? "",
    member: member ?? "",
    body: (body ?? []).map(plain),
  };
}

/** Our variants as the library's, at any depth. */
function packed(value: unknown): unknown {
  if (isVariant(value)) return new Variant(value.signature, packed(value.value));
  if (Array.isArray(value)) return value.map(packed);
  return value;
}

/** Without the library's variants, at any depth. */
function plain(value: unknown): unknown {
  if (value instanceof Variant) return plain(value.value);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}
