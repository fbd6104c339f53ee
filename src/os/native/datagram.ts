/**
 * Datagrams to the sockets of the service manager and of its journal, through the C library.
 *
 * `Deno.listenDatagram` reaches no abstract socket, needs a socket file of its own to send from, and
 * is unstable.
 *
 * @module
 */

import { openCLibrary } from "./c_library.ts";

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  sendto: {
    parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"],
    result: "isize",
  },
  close: { parameters: ["i32"], result: "i32" },
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
} as const;

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const CLOCK_MONOTONIC = 1;
const EINTR = 4;
const EAGAIN = 11;
const EMSGSIZE = 90;
const ENOBUFS = 105;
/** `sun_path`, which needs no zero at its end. */
const ADDRESS_BYTES = 108;

/** What became of a datagram; `full`: the reader is behind, so it can be sent again in a moment. */
export type Sent = "sent" | "full" | "too-long" | "refused";

/** A socket that sends to others. */
export interface Datagrams {
  /** Sends to a path, or to an abstract name, written `@name`; never waits. */
  send(target: string, message: Uint8Array<ArrayBuffer>): Sent;
  /** The kernel's monotonic clock, which all programs share. */
  monotonicMicroseconds(): bigint;
  close(): void;
}

/** Opens a socket to send from; undefined where the C library cannot be called. */
export function openDatagrams(): Datagrams | undefined {
  const libc = openCLibrary(SYMBOLS);
  if (libc === undefined) return undefined;
  const { symbols } = libc;
  const socket = symbols.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) {
    libc.close();
    return undefined;
  }
  const errno = () => {
    const place = symbols.__errno_location();
    return place === null ? 0 : new Deno.UnsafePointerView(place).getInt32();
  };
  const addresses = new Map<string, Uint8Array<ArrayBuffer> | undefined>();
  const addressOf = (target: string) => {
    if (!addresses.has(target)) addresses.set(target, socketAddress(target));
    return addresses.get(target);
  };
  return {
    send(target, message) {
      const address = addressOf(target);
      if (address === undefined) return "refused";
      const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
      const length = BigInt(message.length);
      for (;;) {
        if (symbols.sendto(socket, message, length, flags, address, address.length) >= 0n) {
          return "sent";
        }
        const code = errno();
        if (code !== EINTR) return outcome(code);
      }
    },
    monotonicMicroseconds() {
      const time = new BigInt64Array(2);
      symbols.clock_gettime(CLOCK_MONOTONIC, new Uint8Array(time.buffer));
      return (time[0] ?? 0n) * 1_000_000n + (time[1] ?? 0n) / 1000n;
    },
    close() {
      symbols.close(socket);
      libc.close();
    },
  };
}

function outcome(code: number): Sent {
  if (code === EAGAIN || code === ENOBUFS) return "full";
  return code === EMSGSIZE ? "too-long" : "refused";
}

/** `struct sockaddr_un`; undefined for what is no name of a socket. */
function socketAddress(target: string): Uint8Array<ArrayBuffer> | undefined {
  const name = new TextEncoder().encode(target);
  const known = target.startsWith("/") || (target.startsWith("@") && name.length > 1);
  if (!known || name.length > ADDRESS_BYTES || name.includes(0)) return undefined;
  const address = new Uint8Array(2 + name.length);
  address[0] = AF_UNIX;
  address.set(name, 2);
  // An abstract name begins with a zero byte.
  if (target.startsWith("@")) address[2] = 0;
  return address;
}
