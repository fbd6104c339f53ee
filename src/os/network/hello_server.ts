/**
 * A very small HTTP server that answers one question: who is this host? It stands at the address
 * where etcd will be, until etcd takes it. Over TLS only who proves to be a host of the cluster is told.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import type { Random } from "../random.ts";
import { listen, type ListenOptions, type OpenListener } from "./listen/listener.ts";
import { refuseCalls } from "./listen/grpc_refusal.ts";
import { type Asked, type HttpRequest, readRequest } from "./listen/request.ts";
import type { HttpConnection } from "./connection.ts";
import { challengeHeader, provenBy } from "./hello_proof.ts";
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

/** Who is told anything over TLS. */
export interface HelloGuard {
  readonly random: Random;
  /** Whether that is an address of this host, as somebody asks for it. */
  isHere(host: string): boolean;
  /** Whether the holder of that certificate (PEM) is to be answered, and why not. */
  mayAsk(cert: string): Promise<Result<unknown>>;
}

/** Where it stands; whoever shows a certificate to those who ask has a guard. */
export interface HelloListen extends Pick<ListenOptions, "address" | "shown"> {
  readonly guard?: HelloGuard;
}

/** An answer in the words of HTTP. */
interface HelloAnswer {
  readonly status: string;
  readonly body: string;
  /** It asks for the question once more, with a proof over this number. */
  readonly nonce?: string;
}

/** Listens at an address; `answer` gets the question's text. */
export function serveHello(
  { guard, ...place }: HelloListen,
  answer: (question: string) => string,
): Result<HelloServer> {
  const limits = { connectionsMax: CONNECTIONS_MAX, connectionMs: CONNECTION_MS };
  return listen(
    { ...place, ...limits, protocols: PROTOCOLS },
    (connection) => serve(connection, answer, guard),
  );
}

async function serve(
  connection: HttpConnection,
  answer: (question: string) => string,
  guard: HelloGuard | undefined,
): Promise<void> {
  const incoming = new Incoming(connection);
  let nonce: string | undefined;
  // A question, and where it is to be proven the same once more.
  for (let count = 0; count < 2; count++) {
    const asked = await readRequest(incoming, LINE_BYTES_MAX);
    if (asked === "nothing") return;
    if (asked === "http2") return await refuseCalls(connection, incoming, NO_ETCD);
    const refusal = guard === undefined ? undefined : await whyNot(guard, asked, nonce);
    const said = refusal ?? respond(asked, answer);
    nonce = said.nonce;
    await send(connection, said);
    if (nonce === undefined) return;
  }
}

/** What is said in place of an answer. */
async function whyNot(
  guard: HelloGuard,
  asked: Exclude<Asked, "nothing" | "http2">,
  nonce: string | undefined,
): Promise<HelloAnswer | undefined> {
  if (typeof asked === "string") return undefined;
  if (nonce === undefined) {
    return { status: "401 Unauthorized", body: "", nonce: guard.random.hex(16) };
  }
  const { host, target, authorization } = asked;
  const cert = provenBy({ host, target, nonce }, authorization);
  if (cert === undefined) return forbidden("no proof of a certificate");
  if (!guard.isHere(host)) return forbidden("another address was asked");
  const may = await guard.mayAsk(cert);
  return may.ok ? undefined : forbidden(may.failure.message);
}

function forbidden(body: string): HelloAnswer {
  return { status: "403 Forbidden", body };
}

async function send(
  connection: HttpConnection,
  { status, body, nonce }: HelloAnswer,
): Promise<void> {
  const bytes = new TextEncoder().encode(body);
  const head = [
    `HTTP/1.1 ${status}`,
    "content-type: application/json",
    `content-length: ${bytes.length}`,
    ...(nonce === undefined
      ? ["connection: close"]
      : [`www-authenticate: ${challengeHeader(nonce)}`]),
  ];
  const text = new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n`);
  await connection.write(text);
  await connection.write(bytes);
}

function respond(
  asked: HttpRequest | "bad" | "too long",
  answer: (question: string) => string,
): HelloAnswer {
  if (asked === "bad") return { status: "400 Bad Request", body: "" };
  const { method, url } = asked === "too long" ? { method: "GET", url: undefined } : asked;
  const question = url?.searchParams.get(HELLO_PARAMETER) ?? "";
  if (url === undefined || question.length > QUESTION_MAX) {
    return { status: "414 URI Too Long", body: "" };
  }
  if (method !== "GET" || url.pathname !== HELLO_PATH) return { status: "404 Not Found", body: "" };
  return { status: "200 OK", body: answer(question) };
}
