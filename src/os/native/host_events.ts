/**
 * What the kernel tells of the host itself: that it has another name, other addresses or other routes.
 * The runtime knows of neither; the name's file is marked by the kernel, the rest comes over netlink.
 *
 * @module
 */

import { openCLibrary } from "./c_library.ts";
import { cString } from "./c_string.ts";

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32", nonblocking: true },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const CLOEXEC = 0o2000000;
const NONBLOCK = 0o4000;
/** Addresses and routes of both families. */
const GROUPS = 0x10 | 0x40 | 0x100 | 0x400;
const POLLIN = 1;
const POLLPRI = 2;
/** Messages of one wake-up: what is left wakes once more. */
const READS_PER_WAKE = 64;

/** What happened. */
export type HostEvent = "name" | "network";

/** Watches; ends with `close`, which resolves when nothing of it runs any more. */
export interface HostEvents {
  /** What the kernel does not tell here, for instance in a container that may not open netlink. */
  readonly untold: readonly HostEvent[];
  close(): Promise<void>;
}

/** Begins to watch; undefined where the C library cannot be called. */
export function openHostEvents(happened: (event: HostEvent) => void): HostEvents | undefined {
  const libc = openCLibrary(SYMBOLS);
  if (libc === undefined) return undefined;
  const { symbols } = libc;
  const waker = symbols.eventfd(0, CLOEXEC | NONBLOCK);
  const name = symbols.open(cString("/proc/sys/kernel/hostname"), CLOEXEC);
  const network = openNetlink(symbols);
  const polled = new Int32Array([waker, POLLIN, name, POLLPRI, network, POLLIN]);
  const woken = (index: number) => ((polled[2 * index + 1] ?? 0) >>> 16) !== 0;
  let closed = false;
  const run = async (): Promise<void> => {
    while (!closed) {
      await symbols.poll(polled, 3n, -1);
      if (closed) break;
      if (name >= 0 && woken(1)) happened("name");
      if (network >= 0 && woken(2)) {
        drain(symbols, network);
        happened("network");
      }
    }
    for (const each of [waker, name, network]) if (each >= 0) symbols.close(each);
    libc.close();
  };
  const ended = run();
  return {
    untold: [...(name < 0 ? ["name"] as const : []), ...(network < 0 ? ["network"] as const : [])],
    close() {
      if (closed) return ended;
      closed = true;
      symbols.write(waker, new Uint8Array(new BigUint64Array([1n]).buffer), 8n);
      return ended;
    },
  };
}

type Symbols = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

function openNetlink(symbols: Symbols): number {
  const socket = symbols.socket(AF_NETLINK, SOCK_RAW | CLOEXEC | NONBLOCK, 0);
  if (socket < 0) return socket;
  const address = new DataView(new ArrayBuffer(12));
  address.setUint16(0, AF_NETLINK, true);
  address.setUint32(8, GROUPS, true);
  if (symbols.bind(socket, new Uint8Array(address.buffer), 12) >= 0) return socket;
  symbols.close(socket);
  return -1;
}

/** Also after an overflow, which is told by a failure of one read. */
function drain(symbols: Symbols, socket: number): void {
  const buffer = new Uint8Array(16 * 1024);
  let failures = 0;
  for (let reads = 0; reads < READS_PER_WAKE && failures < 2; reads++) {
    if (symbols.read(socket, buffer, BigInt(buffer.length)) <= 0n) failures++;
  }
}
