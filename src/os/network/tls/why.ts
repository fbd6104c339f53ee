/**
 * Why a connection between hosts does not come about, where the runtime that was asked for it does not say:
 * one of them knows only that no certificate was accepted, and of a plain connection that meets TLS both
 * know only that it ended.
 *
 * @module
 */

import type { Credentials, TlsCredentials } from "../../../base/credentials.ts";
import { onAbort } from "../../../base/either.ts";
import { type Failure, failure, reasonOf } from "../../../base/result.ts";
import { connect, connectionOf } from "../connection.ts";
import { Incoming } from "../incoming.ts";
import type { Endpoint } from "../network.ts";
import { freshTexts } from "./fresh.ts";
import { explainHandshake, spokenPlainly } from "./reason.ts";
import { openTlsSocket } from "./socket.ts";

/** Where it was tried. */
type TriedPlace = Pick<Endpoint, "host" | "port">;

/** Tries it once more to learn what is in the way; undefined: nothing of TLS, as far as can be told in time. */
export async function whyNotSpoken(
  what: string,
  place: TriedPlace,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  if (credentials === "none") {
    return await speaksTls(place, signal) ? spokenOnlyInTls(what) : undefined;
  }
  const seen = await whatIsSeen(place, credentials, signal);
  const explained = explainHandshake(what, seen ?? "", credentials);
  if (explained !== undefined) return explained;
  if (seen !== undefined) {
    return await speaksPlain(place, signal) ? spokenPlainly(what, credentials) : undefined;
  }
  const said = await whatIsSaid(place, credentials, signal);
  if (said === SILENT) return takenByNobody(what);
  return explainHandshake(what, said ?? "", credentials);
}

/** The other side took the handshake, and ended the connection without a word. */
const SILENT = Symbol("silent");

/** So etcd does it with whom its list of certificates names that count no more. */
function takenByNobody(what: string): Failure {
  return failure(`${what}: it takes no connection with this host's certificate`, {
    code: "revoked",
    hint:
      "was this host cast out of the cluster (mgmt evict)? Then a new token lets it in again: mgmt " +
      "token create > FILE, on a host that runs etcd, and mgmt run --token-file FILE here",
  });
}

/** What a host without certificates is told of a place that speaks TLS. */
function spokenOnlyInTls(what: string): Failure {
  return failure(`${what}: what answers there speaks TLS, and this host has no certificates`, {
    code: "speaks-tls",
    hint:
      "it joins that cluster with a token (mgmt token create, on a host of it that runs etcd); an etcd " +
      "that others run is reached with --cacert",
  });
}

/** Whether whoever listens there answers a question in plain text, as etcd does that says nothing to TLS. */
async function speaksPlain({ host, port }: TriedPlace, signal: AbortSignal): Promise<boolean> {
  const begins = "HTTP/";
  try {
    using connection = connectionOf(await connect(host, port, signal), signal);
    const question = `GET /version HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    await connection.write(new TextEncoder().encode(question));
    const answer = await new Incoming(connection).bytes(begins.length);
    return new TextDecoder().decode(answer) === begins;
  } catch {
    return false;
  }
}

/** Whether whoever listens there answers as TLS does. */
async function speaksTls(place: TriedPlace, signal: AbortSignal): Promise<boolean> {
  const reason = await handshake(place, { hostname: place.host, caCerts: [] }, signal);
  return reason === "" || /certificate|alert/i.test(reason ?? "");
}

/** What is wrong with the certificate that is shown here. */
async function whatIsSeen(
  place: TriedPlace,
  credentials: TlsCredentials,
  signal: AbortSignal,
): Promise<string | undefined> {
  const hostname = credentials.serverName ?? place.host;
  const { ca } = freshTexts(credentials);
  return await handshake(place, { hostname, caCerts: [ca] }, signal) || undefined;
}

/** How a handshake ends, without a certificate of ours: with this reason, or none; undefined: nobody is there. */
async function handshake(
  { host, port }: TriedPlace,
  options: Deno.StartTlsOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  let plain: Deno.TcpConn;
  try {
    plain = await connect(host, port, signal);
  } catch {
    return undefined;
  }
  let open: Deno.Conn = plain;
  const letGo = onAbort(signal, () => closeQuietly(open));
  try {
    const secured = await Deno.startTls(plain, { ...options, alpnProtocols: ["h2"] });
    open = secured;
    await secured.handshake();
    return "";
  } catch (thrown) {
    return signal.aborted ? undefined : reasonOf(thrown);
  } finally {
    letGo();
    closeQuietly(open);
  }
}

function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It belongs to another one, or has ended.
  }
}

/** What is said there of the certificate that is shown to it: with TLS 1.3 that comes after the handshake. */
function whatIsSaid(
  place: TriedPlace,
  credentials: TlsCredentials,
  signal: AbortSignal,
): Promise<string | typeof SILENT | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const socket = openTlsSocket(place, credentials, "h2");
    let isSecure = false;
    const end = (reason?: string | typeof SILENT) => {
      letGo();
      socket.destroy();
      resolve(reason);
    };
    const letGo = onAbort(signal, () => end());
    socket.on("error", (error) => end(error.message));
    // Who accepts it speaks first.
    socket.on("data", () => end());
    socket.on("secureConnect", () => isSecure = true);
    socket.on("end", () => end(isSecure ? SILENT : undefined));
    socket.on("close", () => end());
  });
}
