/**
 * Ends a TCP connection of this process that the runtime gives nobody a hold of, through the C library.
 *
 * @module
 */

import { readdirSync } from "node:fs";

const SYMBOLS = {
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
} as const;

/** `AF_INET` and `AF_INET6`, which have the port at the same place. */
const FAMILIES = new Set([2, 10]);
/** `struct sockaddr_in6`. */
const ADDRESS_BYTES = 28;
/** `SHUT_RDWR`. */
const BOTH_WAYS = 2;

/** The ports of a connection, which tell it from all others of this process that go to the same port. */
export interface ConnectionPorts {
  readonly own: number;
  readonly other: number;
}

let libc: Deno.DynamicLibrary<typeof SYMBOLS> | undefined;

/** Ends that connection, so that whoever waits for something of it goes on; false: it was not found. */
export function shutDownConnection({ own, other }: ConnectionPorts): boolean {
  const { symbols: native } = libc ??= Deno.dlopen("libc.so.6", SYMBOLS);
  for (const name of readdirSync("/proc/self/fd")) {
    const descriptor = Number(name);
    if (portOf(native.getsockname, descriptor) !== own) continue;
    if (portOf(native.getpeername, descriptor) !== other) continue;
    return native.shutdown(descriptor, BOTH_WAYS) === 0;
  }
  return false;
}

/** The ports of all TCP connections of this process, at its own end. */
export function ownPorts(): ReadonlySet<number> {
  const { symbols: native } = libc ??= Deno.dlopen("libc.so.6", SYMBOLS);
  return new Set(
    readdirSync("/proc/self/fd").flatMap((name) => portOf(native.getsockname, Number(name)) ?? []),
  );
}

/** The port of one end; undefined: that descriptor is none of a TCP connection. */
function portOf(
  ask: (descriptor: number, address: BufferSource, length: BufferSource) => number,
  descriptor: number,
): number | undefined {
  const address = new DataView(new ArrayBuffer(ADDRESS_BYTES));
  const length = new Uint32Array([ADDRESS_BYTES]);
  if (ask(descriptor, address, length) !== 0) return undefined;
  return FAMILIES.has(address.getUint16(0, true)) ? address.getUint16(2) : undefined;
}
