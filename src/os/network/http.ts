/**
 * One page over one connection, in HTTP/1.1. By hand, because the runtimes' own clients take
 * proxies from the environment, refuse some ports, and one of the two does not say what is wrong
 * with a certificate.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { HttpAnswer, PageRequest } from "./network.ts";
import type { HttpConnection } from "./connection.ts";
import { proofHeader, readChallenge } from "./hello_proof.ts";
import { Incoming } from "./incoming.ts";
import { freshTexts } from "./tls/fresh.ts";

/** Answers before the answer (100 to 199) that are passed over. */
const PRELIMINARY_MAX = 10;

/** What a message quotes of an answer in another language. */
const SAYS_MAX = 60;

/** Asks for a page and reads it; `what` begins all messages. Who asks for a proof of our certificate gets one. */
export async function getPage(
  connection: HttpConnection,
  request: PageRequest,
  what: string,
): Promise<Result<HttpAnswer>> {
  const incoming = new Incoming(connection);
  const { url, credentials } = request;
  if (credentials === undefined || credentials === "none") {
    await send(connection, url, ["Connection: close"]);
    return pageOf(await readAnswer(incoming, request, what));
  }
  await send(connection, url, []);
  const first = await readAnswer(incoming, request, what);
  const nonce = first.ok && first.value.status === 401
    ? readChallenge(first.value.challenge)
    : undefined;
  if (nonce === undefined || credentials.cert.text === "") return pageOf(first);
  const question = { host: url.host, target: targetOf(url), nonce };
  const authorization = proofHeader(question, freshTexts(credentials));
  await send(connection, url, [`Authorization: ${authorization}`, "Connection: close"]);
  return pageOf(await readAnswer(incoming, request, what));
}

/** What is asked for on that host. */
function targetOf({ pathname, search }: URL): string {
  return `${pathname}${search}`;
}

async function send(connection: HttpConnection, url: URL, more: readonly string[]): Promise<void> {
  const request = [
    `GET ${targetOf(url)} HTTP/1.1`,
    `Host: ${url.host}`,
    "User-Agent: mgmt",
    "Accept: */*",
    ...more,
  ];
  await connection.write(new TextEncoder().encode(`${request.join("\r\n")}\r\n\r\n`));
}

/** An answer, and whether it asks for a proof of who asks. */
interface WholeAnswer extends HttpAnswer {
  readonly challenge: string | undefined;
}

function pageOf(answer: Result<WholeAnswer>): Result<HttpAnswer> {
  if (!answer.ok) return answer;
  const { challenge: _, ...page } = answer.value;
  return ok(page);
}

async function readAnswer(
  incoming: Incoming,
  { bodyBytes }: PageRequest,
  what: string,
): Promise<Result<WholeAnswer>> {
  for (let count = 0; count < PRELIMINARY_MAX; count++) {
    const head = await readHead(incoming);
    if (head === undefined) return notHttp(what);
    if ("says" in head) return head.says === "" ? hungUp(what) : notHttp(what, head.says);
    if (head.status < 200 && head.status !== 101) continue;
    const body = await readBody(incoming, head, bodyBytes);
    if (body === undefined) return notHttp(what);
    const named = ["location", "server", "date"].flatMap((name) => {
      const value = head.headers.get(name);
      return value === undefined ? [] : [[name, value]];
    });
    return ok({
      status: head.status,
      reason: head.reason,
      ...Object.fromEntries(named) as Pick<HttpAnswer, "location" | "server" | "date">,
      ...body,
      challenge: head.headers.get("www-authenticate"),
    });
  }
  return notHttp(what);
}

/** Who is about to end, or to begin, does that, too. */
function hungUp(what: string): Result<never> {
  return fail(`${what}: the connection was closed without an answer`, { code: "hung-up" });
}

function notHttp(what: string, says = ""): Result<never> {
  const line = /^[\x20-\x7e]+$/.test(says) ? `: ${JSON.stringify(says.slice(0, SAYS_MAX))}` : "";
  return fail(`${what}: what answers there does not speak HTTP${line}`, {
    code: "not-http",
    hint: "is it https:, or another port?",
  });
}

/** The beginning of an answer. */
export interface HttpHead {
  readonly status: number;
  readonly reason: string;
  /** By name in small letters. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Reads that beginning; what else came as its first line; undefined: headers that are none. */
export async function readHead(
  incoming: Incoming,
): Promise<HttpHead | { says: string } | undefined> {
  let room: number = LIMITS.httpHeadBytes;
  const nextLine = async (): Promise<string | undefined> => {
    const line = await incoming.line(room);
    room -= (line?.length ?? 0) + 2;
    return line;
  };
  const first = await nextLine() ?? "";
  const match = /^HTTP\/1\.[01] ([1-9][0-9]{2})(?: (.*))?$/.exec(first);
  if (match === null) return { says: first };
  const headers = new Map<string, string>();
  for (;;) {
    const line = await nextLine();
    if (line === undefined) return undefined;
    if (line === "") return { status: Number(match[1]), reason: match[2] ?? "", headers };
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
}

/** The body up to a limit; undefined: it is not put together as HTTP wants it. */
async function readBody(
  incoming: Incoming,
  { status, headers }: HttpHead,
  limit: number,
): Promise<Pick<HttpAnswer, "body" | "cut"> | undefined> {
  if (limit === 0 || status === 204 || status === 304) return { body: "", cut: false };
  const chunked = /(^|[\s,])chunked$/i.test(headers.get("transfer-encoding") ?? "");
  const length = Number(headers.get("content-length") ?? Infinity);
  const bytes = chunked
    ? await readChunks(incoming, limit + 1)
    : await incoming.bytes(Math.min(length, limit + 1));
  if (bytes === undefined || Number.isNaN(length)) return undefined;
  const text = new TextDecoder().decode(bytes.subarray(0, limit));
  return { body: text, cut: bytes.length > limit };
}

async function readChunks(incoming: Incoming, limit: number): Promise<Uint8Array | undefined> {
  const all = new Uint8Array(limit);
  let length = 0;
  while (length < limit) {
    const size = /^([0-9a-f]{1,8})\s*(;.*)?$/i.exec(await incoming.line(1024) ?? "")?.[1];
    if (size === undefined) return undefined;
    const wanted = parseInt(size, 16);
    if (wanted === 0) break;
    const chunk = await incoming.bytes(Math.min(wanted, limit - length));
    all.set(chunk, length);
    length += chunk.length;
    if (chunk.length < wanted) break;
    await incoming.line(2);
  }
  return all.subarray(0, length);
}
