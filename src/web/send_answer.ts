import type { ServedConnection } from "../os/network/listen/listener.ts";
import { SESSION_MS } from "./admission.ts";
import { ALL_HEADERS, type WebAnswer } from "./web_answer.ts";

/** How long a browser may take nothing of what it is sent. */
const WRITE_MS = 30_000;

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  303: "See Other",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  421: "Misdirected Request",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/**
 * Sends an answer; lines one after the other, the next when the one before is taken. `method`: what was
 * asked with, where that could be read.
 */
export async function sendAnswer(
  connection: ServedConnection,
  { status, type, body, headers = {} }: WebAnswer,
  method: string | undefined,
): Promise<void> {
  const encoder = new TextEncoder();
  const isLines = typeof body === "object" && Symbol.asyncIterator in body;
  const whole = isLines ? undefined : typeof body === "string" ? encoder.encode(body) : body;
  const head = Object.entries({
    "content-type": type,
    ...(whole === undefined ? {} : { "content-length": String(whole.length) }),
    ...ALL_HEADERS,
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const first = `HTTP/1.1 ${status} ${REASONS[status] ?? "Other"}\r\n${head}\r\n`;
  connection.mayLast(WRITE_MS);
  await connection.write(encoder.encode(first));
  if (method === "HEAD") return;
  if (whole !== undefined) return await connection.write(whole);
  // Until there is a line, nothing is expected of the browser but that it is there.
  connection.mayLast(SESSION_MS);
  for await (const line of body as AsyncIterable<string>) {
    connection.mayLast(WRITE_MS);
    await connection.write(encoder.encode(`${line}\n`));
    connection.mayLast(SESSION_MS);
  }
}
