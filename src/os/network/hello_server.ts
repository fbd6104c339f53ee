/**
 * A very small HTTP server that answers one question: who is this host? It stands at the address
 * where etcd will be, until etcd takes it.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import { listen, type ListenOptions, type OpenListener } from "./listen/listener.ts";
import { refuseCalls } from "./listen/grpc_refusal.ts";
import { type Asked, readRequest } from "./listen/request.ts";
import type { HttpConnection } from "./connection.ts";
import { Incoming } from "./incoming.ts";

/** Where the question is asked. */
export const HELLO_PATH = "/mgmt/hello";

/** The question's text comes in this parameter. */
export const HELLO_PARAMETER = "from";

/** Longest question that is read. */
const QUESTION_MAX = 64 * 1024;
/** It stands in the first line, written as %22 and the like. */
const LINE_BYTES_MAX = 3 * QUESTION_MAX + 1024;

/** Hosts ask each other one after the other, and are done in milliseconds. */
const CONNECTIONS_MAX = 64;
const CONNECTION_MS = 5000;

/**
 * What a client of etcd hears. It is asked for 9 (failed precondition), because etcd's own client tries
 * again a hundred times after 14 (unavailable).
 */
const NO_ETCD = { code: 9, message: "no etcd runs on this host" };

/** Clients of etcd speak the second only, and are told that there is no etcd. */
const PROTOCOLS = ["http/1.1", "h2"];

/** An open server. */
export type HelloServer = OpenListener;

/** Listens at an address; `answer` gets the question's text. */
export function serveHello(
  place: Pick<ListenOptions, "address" | "shown">,
  answer: (question: string) => string,
): Result<HelloServer> {
  const limits = { connectionsMax: CONNECTIONS_MAX, connectionMs: CONNECTION_MS };
  return listen(
    { ...place, ...limits, protocols: PROTOCOLS },
    (connection) => serve(connection, answer),
  );
}

async function serve(
  connection: HttpConnection,
  answer: (question: string) => string,
): Promise<void> {
  const incoming = new Incoming(connection);
  const asked = await readRequest(incoming, LINE_BYTES_MAX);
  if (asked === "nothing") return;
  if (asked === "http2") return await refuseCalls(connection, incoming, NO_ETCD);
  const { status, body } = respond(asked, answer);
  const bytes = new TextEncoder().encode(body);
  const head = [
    `HTTP/1.1 ${status}`,
    "content-type: application/json",
    `content-length: ${bytes.length}`,
    "connection: close",
  ];
  const text = new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n`);
  await connection.write(text);
  await connection.write(bytes);
}

function respond(
  asked: Exclude<Asked, "nothing" | "http2">,
  answer: (question: string) => string,
): { status: string; body: string } {
  if (asked === "bad") return { status: "400 Bad Request", body: "" };
  const { method, url } = asked === "too long" ? { method: "GET", url: undefined } : asked;
  const question = url?.searchParams.get(HELLO_PARAMETER) ?? "";
  if (url === undefined || question.length > QUESTION_MAX) {
    return { status: "414 URI Too Long", body: "" };
  }
  if (method !== "GET" || url.pathname !== HELLO_PATH) return { status: "404 Not Found", body: "" };
  return { status: "200 OK", body: answer(question) };
}
