/**
 * One connection, over TLS where that is wanted, and what broke it in words.
 *
 * @module
 */

import type { Credentials } from "../../base/credentials.ts";
import { type Failure, failure, reasonOf } from "../../base/result.ts";
import type { Endpoint } from "./network.ts";
import { addressesOf, UnknownHost } from "./addresses.ts";
import { explainTls } from "./tls_reason.ts";
import { explainHandshake } from "./tls/reason.ts";
import { machineCertificates } from "./trust.ts";

/** What is sent and received; disposing ends it. */
export interface HttpConnection extends Disposable {
  /** Reads some bytes; null: the other side has ended it. */
  read(buffer: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<void>;
}

export interface DialOptions {
  /** To whom the machine trusts. */
  readonly tls: boolean;
  /** Ends the connection, and whatever waits for it. */
  readonly signal: AbortSignal;
}

/** The handshake went wrong. */
class TlsError extends Error {}

/** Makes a connection. What goes wrong is thrown, for {@linkcode whyBroken}. */
export async function dial(
  { host, port }: Pick<Endpoint, "host" | "port">,
  { tls, signal }: DialOptions,
): Promise<HttpConnection> {
  const plain = await connect(host, port, signal);
  if (!tls) return connectionOf(plain, signal);
  const caCerts = await machineCertificates();
  const secured = await secure(plain, host, caCerts);
  const connection = connectionOf(secured, signal);
  try {
    await secured.handshake();
    return connection;
  } catch (thrown) {
    connection[Symbol.dispose]();
    throw new TlsError(reasonOf(thrown));
  }
}

/**
 * Tries the addresses of a name one after the other. (The runtimes would look the name up
 * themselves, but one of them then keeps a handle for ever when that fails.)
 */
export async function connect(
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  let last: unknown = new UnknownHost("it has no address");
  for (const hostname of await addressesOf(host, signal)) {
    try {
      return await Deno.connect({ hostname, port, signal });
    } catch (thrown) {
      last = thrown;
      if (signal.aborted) break;
    }
  }
  throw last;
}

/** Begins TLS; the plain connection belongs to it from then on. */
async function secure(plain: Deno.TcpConn, hostname: string, caCerts: string[]) {
  try {
    return await Deno.startTls(plain, { hostname, caCerts });
  } catch (thrown) {
    plain.close();
    throw new TlsError(reasonOf(thrown));
  }
}

/** A connection that ends with a signal, too. */
export function connectionOf(conn: Deno.Conn, signal: AbortSignal): HttpConnection {
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    signal.removeEventListener("abort", close);
    conn.close();
  };
  signal.addEventListener("abort", close, { once: true });
  if (signal.aborted) close();
  return {
    read: (buffer) => conn.read(buffer),
    write: async (bytes) => {
      while (bytes.length > 0) bytes = bytes.subarray(await conn.write(bytes));
    },
    [Symbol.dispose]: close,
  };
}

/** What went wrong with a connection; `what` begins the message. */
export function whyBroken(
  what: string,
  thrown: unknown,
  credentials: Credentials = "none",
): Failure {
  const reason = reasonOf(thrown).replace(/ \(os error \d+\)$/, "");
  if (thrown instanceof TlsError) return explainTls(what, reason);
  const shown = credentials === "none" ? undefined : credentials;
  const explained = explainHandshake(what, reason, shown);
  if (explained !== undefined) return explained;
  if (thrown instanceof Deno.errors.ConnectionRefused || /ECONNREFUSED/.test(reason)) {
    return failure(`${what}: refused`, {
      code: "refused",
      hint: "nothing listens there, or a firewall says so",
    });
  }
  if (thrown instanceof UnknownHost) {
    return failure(`${what}: the name cannot be looked up: ${reason}`, {
      code: "unknown-host",
      hint: "try: getent hosts NAME",
    });
  }
  if (/unreachable|no route|EHOSTUNREACH|ENETUNREACH/i.test(reason)) {
    return failure(`${what}: ${reason}`, {
      code: "unreachable",
      hint: "try: ip route get ADDRESS",
    });
  }
  if (/reset|broken pipe|aborted|eof|EPIPE|end of file|disconnected before/i.test(reason)) {
    return failure(`${what}: the other side broke the connection off`, { code: "closed" });
  }
  return failure(`${what}: ${reason}`, { code: "network" });
}
