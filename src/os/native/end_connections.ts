/**
 * Ends TCP connections of other programs, as `ss -K` does: through the kernel's socket diagnosis. It takes
 * the right to administer the network, and a kernel that was built with it.
 *
 * @module
 */

import type { Address } from "../../base/address.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { openCLibrary } from "./c_library.ts";
import { ownPorts } from "./shut_down.ts";

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const CLOEXEC = 0o2000000;
const NETLINK_SOCK_DIAG = 4;
const DONT_WAIT = 0x40;
const FAMILIES = [2, 10];
const TCP = 6;
/** Of `TCP_ESTABLISHED`. */
const ESTABLISHED = 1 << 1;

/** Kinds of messages, and what is asked with them. */
const BY_FAMILY = 20;
const DESTROY = 21;
const ERROR = 2;
const DUMP = 0x301;
const WITH_ANSWER = 0x5;

const HEAD_BYTES = 16;
const REQUEST_BYTES = HEAD_BYTES + 56;
/** Where a request says which socket is meant, and an answer which one it is about. */
const ASKED_AT = HEAD_BYTES + 8;
const TOLD_AT = HEAD_BYTES + 4;
const SOCKET_BYTES = 48;
/** In that: the own port, the other's, and both addresses. */
const ADDRESS_AT = 4;
const ADDRESS_BYTES = 16;

/** One is gone already. */
const GONE = 2;
const NOT_PERMITTED = 1;
const NOT_BUILT = 95;

type Native = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/**
 * Ends all connections that other programs have to a server at these addresses; the result is how many. This
 * process keeps its own.
 */
export function endConnections(addresses: readonly Address[]): Result<number> {
  const libc = openCLibrary(SYMBOLS);
  if (libc === undefined) return fail("the C library cannot be called");
  const { symbols: native } = libc;
  const socket = native.socket(AF_NETLINK, SOCK_RAW | CLOEXEC, NETLINK_SOCK_DIAG);
  try {
    if (socket < 0) return fail("the kernel opens no socket diagnosis");
    let ended = 0;
    for (const address of addresses) {
      for (
        const found of FAMILIES.flatMap((each) => connectionsAt(native, socket, each, address))
      ) {
        const code = destroy(native, socket, found);
        if (code === 0) ended++;
        else if (code !== GONE) return fail(whyNot(code));
      }
    }
    return ok(ended);
  } finally {
    if (socket >= 0) native.close(socket);
    libc.close();
  }
}

/** One connection, as the kernel names it. */
interface FoundConnection {
  readonly family: number;
  readonly socket: Uint8Array;
}

function connectionsAt(
  native: Native,
  netlink: number,
  family: number,
  { host, port }: Address,
): readonly FoundConnection[] {
  const request = requestOf(BY_FAMILY, DUMP, family);
  request.setUint32(HEAD_BYTES + 4, ESTABLISHED, true);
  request.setUint16(ASKED_AT, port);
  const found: FoundConnection[] = [];
  const [own, ports] = [ownBytes(host), ownPorts()];
  for (const message of exchange(native, netlink, request)) {
    if (message.getUint16(4, true) !== BY_FAMILY) continue;
    const socket = bytesOf(message, TOLD_AT, SOCKET_BYTES);
    const isThere = message.getUint16(TOLD_AT) === port && !isOurs(socket, ports);
    if (isThere && (own === undefined || isAt(own, socket, family))) found.push({ family, socket });
  }
  return found;
}

/** Ends it; the result is 0 or the number of an error. */
function destroy(native: Native, netlink: number, { family, socket }: FoundConnection): number {
  const request = requestOf(DESTROY, WITH_ANSWER, family);
  new Uint8Array(request.buffer).set(socket, ASKED_AT);
  for (const message of exchange(native, netlink, request)) {
    if (message.getUint16(4, true) === ERROR) return -message.getInt32(HEAD_BYTES, true);
  }
  return NOT_BUILT;
}

function requestOf(type: number, flags: number, family: number): DataView<ArrayBuffer> {
  const request = new DataView(new ArrayBuffer(REQUEST_BYTES));
  request.setUint32(0, REQUEST_BYTES, true);
  request.setUint16(4, type, true);
  request.setUint16(6, flags, true);
  request.setUint8(HEAD_BYTES, family);
  request.setUint8(HEAD_BYTES + 1, TCP);
  return request;
}

/** All messages that answer; the kernel has them ready. */
function exchange(
  native: Native,
  netlink: number,
  request: DataView<ArrayBuffer>,
): readonly DataView[] {
  const messages: DataView[] = [];
  native.send(netlink, new Uint8Array(request.buffer), BigInt(REQUEST_BYTES), 0);
  const buffer = new Uint8Array(64 * 1024);
  for (;;) {
    const length = Number(native.recv(netlink, buffer, BigInt(buffer.length), DONT_WAIT));
    if (length <= 0) return messages;
    const piece = buffer.slice(0, length);
    for (let at = 0; at + HEAD_BYTES <= length;) {
      const size = new DataView(piece.buffer, at).getUint32(0, true);
      if (size < HEAD_BYTES || at + size > length) break;
      messages.push(new DataView(piece.buffer, at, size));
      at += (size + 3) & ~3;
    }
  }
}

function bytesOf(message: DataView, at: number, count: number): Uint8Array {
  return new Uint8Array(message.buffer, message.byteOffset + at, count).slice();
}

/** Whether the other end is one of this process: a port that is ours, at the same address. */
function isOurs(socket: Uint8Array, ports: ReadonlySet<number>): boolean {
  const other = new DataView(socket.buffer, socket.byteOffset).getUint16(2);
  const address = (at: number) => socket.subarray(at, at + ADDRESS_BYTES).join();
  return ports.has(other) && address(ADDRESS_AT) === address(ADDRESS_AT + ADDRESS_BYTES);
}

/** The bytes of an address of IPv4; undefined: any will do. */
function ownBytes(host: string): readonly number[] | undefined {
  const isOne = /^\d+\.\d+\.\d+\.\d+$/.test(host) && host !== "0.0.0.0";
  return isOne ? host.split(".").map(Number) : undefined;
}

/** In IPv6 it stands at the end. */
function isAt(own: readonly number[], socket: Uint8Array, family: number): boolean {
  const at = ADDRESS_AT + (family === FAMILIES[0] ? 0 : 12);
  return own.every((byte, index) => socket[at + index] === byte);
}

function whyNot(code: number): string {
  if (code === NOT_PERMITTED) return "this user may not end connections of other programs";
  return code === NOT_BUILT
    ? "this kernel ends no connections of other programs"
    : `the kernel refuses to end a connection (error ${code})`;
}
