/**
 * The answer to every call of gRPC: that there is nothing to call here. Just enough of HTTP/2 (RFC 9113)
 * to say so in its words; `Deno.serve` speaks it, but knows no limit of connections.
 *
 * @module
 */

import type { HttpConnection } from "../connection.ts";
import type { Incoming } from "../incoming.ts";

const HEADERS = 1, SETTINGS = 4, PING = 6, GOAWAY = 7, CONTINUATION = 9;
const ACK = 0x1, END_STREAM = 0x1, END_HEADERS = 0x4;

/** The largest frame that may be sent to whoever has asked for no larger ones. */
const FRAME_BYTES_MAX = 16 * 1024;
/** Nobody calls more often on one connection than this. */
const FRAMES_MAX = 1000;
/** What stands after the first line of the beginning of HTTP/2. */
const PREFACE_REST_BYTES = "\r\nSM\r\n\r\n".length;

/** What every call is answered with. */
export interface GrpcStatus {
  /** One of gRPC's status codes, less than 100. */
  readonly code: number;
  /** Plain ASCII without %, less than 127 bytes. */
  readonly message: string;
}

/** Answers calls until the other side ends, or has called often enough. Its first line has been read. */
export async function refuseCalls(
  connection: HttpConnection,
  incoming: Incoming,
  status: GrpcStatus,
): Promise<void> {
  await incoming.bytes(PREFACE_REST_BYTES);
  await connection.write(frame(SETTINGS, 0, 0));
  for (let count = 0; count < FRAMES_MAX; count++) {
    const head = await incoming.bytes(9);
    if (head.length < 9) return;
    const view = new DataView(head.buffer, head.byteOffset, 9);
    const length = view.getUint32(0) >>> 8;
    const [type, flags, stream] = [view.getUint8(3), view.getUint8(4), view.getUint32(5)];
    if (length > FRAME_BYTES_MAX) return;
    const payload = await incoming.bytes(length);
    if (payload.length < length || type === GOAWAY) return;
    const answer = answerTo(type, flags, stream & 0x7fffffff, payload, status);
    if (answer !== undefined) await connection.write(answer);
  }
}

function answerTo(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array,
  status: GrpcStatus,
): Uint8Array | undefined {
  if (type === SETTINGS && (flags & ACK) === 0) return frame(SETTINGS, ACK, 0);
  if (type === PING && (flags & ACK) === 0) return frame(PING, ACK, 0, payload);
  const opens = (type === HEADERS || type === CONTINUATION) && (flags & END_HEADERS) !== 0;
  if (!opens) return undefined;
  return frame(HEADERS, END_STREAM | END_HEADERS, stream, trailers(status));
}

/** The headers of an answer that has nothing else (HPACK, RFC 7541: 6.1 and 6.2.2, without Huffman codes). */
function trailers({ code, message }: GrpcStatus): Uint8Array {
  const STATUS_200 = 0x88;
  return new Uint8Array([
    STATUS_200,
    ...field("content-type", "application/grpc"),
    ...field("grpc-status", String(code)),
    ...field("grpc-message", message),
  ]);
}

function field(name: string, value: string): number[] {
  return [0, ...word(name), ...word(value)];
}

function word(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  return [bytes.length, ...bytes];
}

function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const bytes = new Uint8Array(9 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, payload.length << 8);
  view.setUint8(3, type);
  view.setUint8(4, flags);
  view.setUint32(5, stream);
  bytes.set(payload, 9);
  return bytes;
}
