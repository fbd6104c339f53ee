/**
 * What the runtimes' own HTTP/2 lacks.
 *
 * On one of them a connection that breaks while an answer is read tells nobody whose it was: it is a
 * rejection that nobody can handle, and would end the program. Here it becomes a call to all who have
 * such connections, so that they look whether theirs still lives. It also sends small requests late
 * (by 40 ms): each frame waits until the one before it is acknowledged. And a connection keeps all
 * streams it ever had, 13 KB each. Where it looks up a name by promise it prints a warning about
 * itself. On the other a session that has broken may still say that it is connected.
 *
 * @module
 */

import dns from "node:dns";
import http2 from "node:http2";
import net from "node:net";
import { promisify } from "node:util";

const listeners = new Set<() => void>();
let isPrepared = false;

/** Calls `listener` when some connection over HTTP/2 broke; the result ends that. */
export function onHttp2Break(listener: () => void): () => void {
  // Once and for all: what breaks when the last has gone must not end the program, either.
  if (!isPrepared) prepare();
  isPrepared = true;
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function prepare(): void {
  addEventListener("unhandledrejection", heard);
  const connectSocket = net.connect;
  const atOnce = (...given: unknown[]) => {
    const socket = Reflect.apply(connectSocket, net, given) as net.Socket;
    // Before it is connected this is forgotten there, but counts as done.
    return socket.once("connect", () => socket.setNoDelay(false).setNoDelay(true));
  };
  net.connect = atOnce as typeof connectSocket;
  const connectSession = http2.connect;
  const forgetful = (authority: unknown, ...rest: unknown[]) => {
    const given = [withBrackets(authority), ...rest];
    const session = Reflect.apply(connectSession, http2, given) as http2.ClientHttp2Session;
    return connectedWhileOpen(forgetStreams(session));
  };
  http2.connect = forgetful as typeof connectSession;
  dns.promises.lookup = promisify(dns.lookup) as typeof dns.promises.lookup;
}

/**
 * The runtime takes the brackets off an IPv6 address and then makes a URL of it, which fails; it does
 * not where it finds no `hostname` but a `host`.
 */
function withBrackets(authority: unknown): unknown {
  if (typeof authority !== "string" && !(authority instanceof URL)) return authority;
  const { protocol, port, hostname } = new URL(authority);
  return hostname.startsWith("[") ? { protocol, port, hostname: "", host: hostname } : authority;
}

/**
 * A session says that it is connected a moment later, also where it has broken by then (over TLS: the other side
 * did not accept the certificate). Who then asks for its socket gets none, and gRPC would end the program.
 */
function connectedWhileOpen(session: http2.ClientHttp2Session): http2.ClientHttp2Session {
  const { emit } = session;
  session.emit = (...given: unknown[]) => {
    const isLate = given[0] === "connect" && session.destroyed;
    return !isLate && Reflect.apply(emit, session, given) as boolean;
  };
  return session;
}

/** A session's list of its streams, which the runtime keeps under a name of its own. */
interface StreamList {
  readonly streams?: Map<number | undefined, unknown>;
}

/** Makes a session let go of each stream that is over. */
function forgetStreams(session: http2.ClientHttp2Session): http2.ClientHttp2Session {
  const { request } = session;
  session.request = (...given) => {
    const stream = Reflect.apply(request, session, given) as http2.ClientHttp2Stream;
    const forget = () => streamsOf(session)?.delete(stream.id);
    return stream.once("end", forget).once("close", forget);
  };
  return session;
}

function streamsOf(session: http2.ClientHttp2Session): StreamList["streams"] {
  const symbol = Object.getOwnPropertySymbols(session).find((each) => each.description === "state");
  const list = symbol === undefined ? undefined : Reflect.get(session, symbol) as StreamList;
  return list?.streams instanceof Map ? list.streams : undefined;
}

function heard(event: PromiseRejectionEvent): void {
  if (!isFromHttp2(event.reason)) return;
  event.preventDefault();
  for (const listener of [...listeners]) listener();
}

/** Whether the runtime's own HTTP/2 threw it, with nothing of ours on the way. */
function isFromHttp2(reason: unknown): boolean {
  if (!(reason instanceof Error)) return false;
  const places = (reason.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return places.length > 0 && places.every((line) => /\b(node|ext):/.test(line)) &&
    places.some((line) => /node:http2\b/.test(line));
}
