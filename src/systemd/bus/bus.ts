/**
 * A message bus: named services that answer calls and send signals (D-Bus).
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import type { Watch } from "../../os/watch/watcher.ts";

/** One call of a method. */
export interface BusCall {
  /** The service's well-known name, for instance `org.freedesktop.systemd1`. */
  readonly service: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** The types of `body`, in D-Bus's notation; empty when absent. */
  readonly signature?: string;
  /** Plain values; a variant is made by {@linkcode variant}, 64-bit integers are `bigint`. */
  readonly body?: readonly unknown[];
  /** LIMITS.busCallMs when absent. */
  readonly timeoutMs?: number;
}

/**
 * The answer's values: variants are unwrapped, 64-bit integers are `bigint`. A failure's `code` is
 * the name of the D-Bus error, or `bus-unavailable`, `timeout` or `stopped`.
 */
export type BusAnswer = { readonly ok: true; readonly value: readonly unknown[] } | {
  readonly ok: false;
  readonly failure: Failure;
};

/** Which signals to hear. */
export interface SignalMatch {
  readonly service: string;
  readonly interface: string;
  readonly member?: string;
  /** The object itself; absent: any. */
  readonly path?: string;
  /** The first argument, if it is a text. */
  readonly argument?: string;
}

/** A signal that came. */
export interface BusSignal {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly body: readonly unknown[];
}

/** Who hears signals. */
export interface SignalListener {
  readonly match: SignalMatch;
  heard(signal: BusSignal): void;
  /**
   * Signals may have been missed: the subscription stands for the first time, the bus came back, or
   * the service has a new owner. Whoever listens must look again.
   */
  renewed(): void;
  /** The service or the bus went away; what was asked of it will not be answered. */
  lost?(): void;
}

/** One connection, made when first used and made again when it breaks. */
export interface Bus {
  call(call: BusCall, signal?: AbortSignal): Promise<BusAnswer>;
  listen(listener: SignalListener): Watch;
}

const VARIANT = Symbol("variant");

/** A value with its own type inside a body. */
export interface BusVariant {
  readonly [VARIANT]: true;
  readonly signature: string;
  readonly value: unknown;
}

/** Whether a value of a body is a variant. */
export function isVariant(value: unknown): value is BusVariant {
  return typeof value === "object" && value !== null && VARIANT in value;
}
