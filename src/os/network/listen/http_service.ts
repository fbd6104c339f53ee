/**
 * Questions and commands in HTTP/1.1 over a listener: one on each connection, with a small body, and an
 * answer that is whole or comes in lines.
 *
 * @module
 */

import type { Awaitable } from "../../../base/result.ts";
import { Incoming } from "../incoming.ts";
import type { ServedConnection } from "./listener.ts";
import { readRequest } from "./request.ts";

/** What is asked. */
export interface ServiceRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  /** Aborts when whoever asked is gone. */
  readonly signal: AbortSignal;
}

/** What is answered: JSON as a whole, or one JSON text a line as long as there are more, perhaps several lines at once. */
export interface ServiceAnswer {
  readonly status: number;
  readonly body: string | AsyncIterable<string>;
  /** What a whole body is, where it is no JSON. */
  readonly type?: string;
  /** The methods that are taken there, where another was refused for being another. */
  readonly allow?: readonly string[];
}

/** What answers. */
export interface Answering {
  answer(request: ServiceRequest): Awaitable<ServiceAnswer>;
  /** What to say to what is no question, or one that is too long. */
  refuse(status: 400 | 413): ServiceAnswer;
  /** How long the answer to a question may take that has been read. */
  times(method: string, path: string): AnswerTimes;
}

/** How long an answer may take. */
export interface AnswerTimes {
  /** All of it; absent: no longer than the question. */
  readonly limitMs?: number;
  /** Given: for ever, unless whoever asked takes nothing of it for so long. */
  readonly stallMs?: number;
}

/** The first line, which has the path. */
const LINE_BYTES_MAX = 16 * 1024;
const BODY_BYTES_MAX = 64 * 1024;

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** What comes after a refusal is read for so long: who ends with something unread breaks the answer off. */
const REST_MS = 1000;
const REST_BYTES = 1024 * 1024;

/** Reads the question on a connection and answers it. */
export async function serveRequest(
  connection: ServedConnection,
  { answer, refuse, times }: Answering,
): Promise<void> {
  const incoming = new Incoming(connection);
  const asked = await readRequest(incoming, LINE_BYTES_MAX);
  if (asked === "nothing") return;
  const request = typeof asked === "string" ? undefined : asked;
  const { bodyBytes } = request ?? {};
  const isLarge = asked === "too long" || (bodyBytes ?? 0) > BODY_BYTES_MAX;
  if (isLarge || request === undefined || bodyBytes === undefined) {
    await send(connection, refuse(isLarge ? 413 : 400), { method: request?.method });
    connection.mayLast(REST_MS);
    return void await incoming.bytes(REST_BYTES);
  }
  const { method, url } = request;
  const body = await incoming.bytes(bodyBytes);
  if (body.length < bodyBytes) return;
  const gone = new AbortController();
  void incoming.bytes(1).catch(() => {}).then(() => gone.abort());
  const { limitMs, stallMs } = times(method, url.pathname);
  if (limitMs !== undefined) connection.mayLast(limitMs);
  const text = new TextDecoder().decode(body);
  try {
    const asking = { method, path: url.pathname, body: text, signal: gone.signal };
    await send(connection, await answer(asking), { method, stallMs });
  } finally {
    gone.abort();
  }
}

/** How an answer is sent. */
interface Sending {
  /** What was asked with; undefined: that could not be read. */
  readonly method: string | undefined;
  readonly stallMs?: number | undefined;
}

async function send(
  connection: ServedConnection,
  { status, body, type = "application/json", allow }: ServiceAnswer,
  { method, stallMs }: Sending,
): Promise<void> {
  const encoder = new TextEncoder();
  const whole = typeof body === "string" ? encoder.encode(`${body}\n`) : undefined;
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? "Other"}`,
    `content-type: ${whole === undefined ? "application/x-ndjson" : type}`,
    ...(whole === undefined ? [] : [`content-length: ${whole.length}`]),
    ...(allow === undefined ? [] : [`allow: ${allow.join(", ")}`]),
    "connection: close",
  ];
  await connection.write(encoder.encode(`${head.join("\r\n")}\r\n\r\n`));
  // Whoever asks so takes no body, whatever the status (RFC 9110, 9.3.2).
  if (method === "HEAD") return;
  if (whole !== undefined) return await connection.write(whole);
  if (stallMs !== undefined) connection.mayLast("for ever");
  for await (const line of body as AsyncIterable<string>) {
    if (stallMs !== undefined) connection.mayLast(stallMs);
    await connection.write(encoder.encode(`${line}\n`));
    if (stallMs !== undefined) connection.mayLast("for ever");
  }
}
