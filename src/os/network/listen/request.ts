/**
 * The request line and the headers of HTTP/1.1 (RFC 9112), as far as questions with a body of known length need them.
 *
 * @module
 */

import { LIMITS } from "../../../base/limits.ts";
import type { Incoming } from "../incoming.ts";

/** What is asked. */
export interface HttpRequest {
  readonly method: string;
  /** On a host without a name: only path and search are its client's. */
  readonly url: URL;
  /** The host that is asked for, as it was written; may be empty. */
  readonly host: string;
  /** What is asked for, as it was written. */
  readonly target: string;
  /** What was said to show who asks. */
  readonly authorization?: string;
  /** Those of the headers that were asked for, by their names in small letters; each was there once. */
  readonly headers: ReadonlyMap<string, string>;
  /** The length of what follows; undefined: it is said in a way that is not understood here. */
  readonly bodyBytes: number | undefined;
}

/** What came: a question, HTTP/2 without asking first, nonsense, or nothing more. */
export type Asked = HttpRequest | "http2" | "bad" | "too long" | "nothing";

/** How HTTP/2 begins (RFC 9113, 3.4). */
const HTTP2_FIRST_LINE = "PRI * HTTP/2.0";

const REQUEST_LINE = /^([A-Z]{1,20}) (\S+) HTTP\/1\.([01])$/;

/** What RFC 9110 lets stand in Host: a name or an address, and perhaps a port. */
const HOST = /^(?:[A-Za-z0-9._~%!$&'()*+,;=-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?$/;

/**
 * Reads a request up to the empty line; at most `limit` bytes of its first line. `wanted`: names of headers in small
 * letters, none of which may be there twice.
 */
export async function readRequest(
  incoming: Incoming,
  limit: number,
  wanted: readonly string[] = [],
): Promise<Asked> {
  const first = await incoming.line(limit);
  if (first === undefined) return incoming.isEmpty ? "nothing" : "too long";
  if (first === HTTP2_FIRST_LINE) return "http2";
  const [, method, target, minor] = REQUEST_LINE.exec(first) ?? [];
  const hosts: string[] = [];
  let bodyBytes: number | undefined = 0;
  let authorization: string | undefined;
  const headers = new Map<string, string>();
  for (let left = LIMITS.httpHeadBytes;;) {
    const line = await incoming.line(left);
    if (line === undefined) return "bad";
    if (line === "") break;
    left -= line.length + 2;
    const [, name, value] = /^([^\s:]+):\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) return "bad";
    const field = name.toLowerCase();
    if (field === "host") hosts.push(value ?? "");
    if (field === "authorization") authorization = value;
    if (field === "content-length") bodyBytes = lengthOf(value ?? "", bodyBytes);
    if (field === "transfer-encoding") bodyBytes = undefined;
    if (!wanted.includes(field)) continue;
    if (headers.has(field)) return "bad";
    headers.set(field, value ?? "");
  }
  if (method === undefined || target === undefined) return "bad";
  if (hosts.length > 1 || (hosts.length === 0 && minor === "1")) return "bad";
  if (!hosts.every((host) => HOST.test(host))) return "bad";
  // In the absolute form the host stands once more (RFC 9112, 3.2.2).
  const url = /^https?:\/\//i.test(target) ? target : `http://host${target}`;
  if (!URL.canParse(url)) return "bad";
  const said = authorization === undefined ? {} : { authorization };
  return { method, url: new URL(url), host: hosts[0] ?? "", target, headers, bodyBytes, ...said };
}

/** The length that a header says, after what another said before; two that differ are none. */
function lengthOf(text: string, before: number | undefined): number | undefined {
  const length = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  return before === 0 || before === length ? length : undefined;
}
