/**
 * One question in HTTP/1.1 over a Unix socket.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { fail, ok, reasonOf, type Result } from "../../base/result.ts";
import { connectionOf } from "./connection.ts";
import { readHead } from "./http.ts";
import { Incoming } from "./incoming.ts";
import { socketPath } from "./listen/socket_file.ts";

/** What is asked of whoever listens at a socket. */
export interface SocketRequest {
  /** The name of the socket, or of a link to it. */
  readonly socket: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: string;
  /** Ends the connection. */
  readonly signal: AbortSignal;
}

/** The lines of an answer as they come; an answer that is whole has one. */
export interface SocketAnswer extends Disposable {
  readonly status: number;
  /** Undefined: there are no more, or the other side has ended. */
  line(): Promise<string | undefined>;
}

/** Asks; the failure's code is `nobody` where nobody listens, else `forbidden`, `unsafe` or `closed`. */
export async function askSocket(request: SocketRequest): Promise<Result<SocketAnswer>> {
  const { socket, method, path, body = "", signal } = request;
  let plain: Deno.Conn;
  try {
    const place = socketPath(socket);
    if (!place.ok) return place;
    plain = await Deno.connect({ transport: "unix", path: place.value });
  } catch (thrown) {
    const isForbidden = thrown instanceof Deno.errors.PermissionDenied;
    return isForbidden ? forbidden(socket) : nobody(socket);
  }
  const connection = connectionOf(plain, signal);
  try {
    const bytes = new TextEncoder().encode(body);
    const head = [
      `${method} ${path} HTTP/1.1`,
      "host: mgmt",
      `content-length: ${bytes.length}`,
      "connection: close",
    ];
    await connection.write(new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n`));
    await connection.write(bytes);
    const incoming = new Incoming(connection);
    const begun = await readHead(incoming);
    if (begun === undefined || "says" in begun) {
      connection[Symbol.dispose]();
      return unanswered(socket);
    }
    return ok({
      status: begun.status,
      line: () => incoming.line(LIMITS.socketLineBytes).catch(() => undefined),
      [Symbol.dispose]: () => connection[Symbol.dispose](),
    });
  } catch (thrown) {
    connection[Symbol.dispose]();
    // Whoever ends with a question unread resets the connection.
    const hasEnded = thrown instanceof Deno.errors.ConnectionReset ||
      thrown instanceof Deno.errors.BrokenPipe;
    return hasEnded ? unanswered(socket) : broken(socket, reasonOf(thrown));
  }
}

function nobody(socket: string): Result<never> {
  return fail(`nobody listens at ${socket}`, { code: "nobody" });
}

function forbidden(socket: string): Result<never> {
  return fail(`cannot connect to ${socket}: permission denied`, {
    code: "forbidden",
    hint: "it belongs to another user: do this as that user, for instance with sudo",
  });
}

function unanswered(socket: string): Result<never> {
  return broken(socket, "the connection was closed without an answer");
}

function broken(socket: string, why: string): Result<never> {
  return fail(`${socket}: ${why}`, { code: "closed" });
}
