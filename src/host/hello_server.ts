/**
 * A very small HTTP server that answers one question: who is this host? It stands at the address
 * where etcd will be, until etcd takes it.
 *
 * @module
 */

import { fail, ok, reasonOf, type Result } from "../base/result.ts";

/** Where the question is asked. */
export const HELLO_PATH = "/mgmt/hello";

/** The question's text comes in this parameter. */
export const HELLO_PARAMETER = "from";

/** Longest question that is read. */
const QUESTION_MAX = 64 * 1024;

/** An open server. */
export interface HelloServer {
  /** Resolves when the address is free again. */
  close(): Promise<void>;
}

/** Listens at an address (`http://host:port`); `answer` gets the question's text. */
export function serveHello(
  url: string,
  answer: (question: string) => string,
): Result<HelloServer> {
  const { hostname, port } = new URL(url);
  const closing = new AbortController();
  try {
    const server = Deno.serve({
      hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
      port: Number(port === "" ? 80 : port),
      signal: closing.signal,
      onListen: () => {},
      onError: () => new Response(null, { status: 500 }),
    }, (request) => respond(request, answer));
    return ok({
      close: async () => {
        closing.abort();
        await server.finished.catch(() => {});
      },
    });
  } catch (thrown) {
    return whyNot(url, thrown);
  }
}

function whyNot(url: string, thrown: unknown): Result<never> {
  if (thrown instanceof Deno.errors.AddrInUse) {
    return fail(`${url} is taken by something else`, { code: "address-taken" });
  }
  if (thrown instanceof Deno.errors.AddrNotAvailable) {
    const hint = "see which it has: ip address; the own one is named by --client-urls";
    return fail(`${url} is no address of this host`, { code: "address-absent", hint });
  }
  return fail(`cannot listen at ${url}: ${reasonOf(thrown)}`, { code: "address" });
}

/** What a client of etcd hears, in gRPC's words (14: unavailable), so that it asks elsewhere. */
const NO_ETCD = {
  "content-type": "application/grpc",
  "grpc-status": "14",
  "grpc-message": "no etcd runs on this host",
};

function respond(request: Request, answer: (question: string) => string): Response {
  if (request.headers.get("content-type")?.startsWith("application/grpc") === true) {
    return new Response(null, { headers: NO_ETCD });
  }
  const { pathname, searchParams } = new URL(request.url);
  if (request.method !== "GET" || pathname !== HELLO_PATH) {
    return new Response(null, { status: 404 });
  }
  const question = searchParams.get(HELLO_PARAMETER) ?? "";
  if (question.length > QUESTION_MAX) return new Response(null, { status: 414 });
  return new Response(answer(question), {
    headers: { "content-type": "application/json", "connection": "close" },
  });
}
