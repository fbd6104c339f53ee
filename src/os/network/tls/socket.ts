/**
 * TLS connections in which both sides show a certificate. By Node's sockets: those of Deno show none, or
 * ask for the name that they connect to.
 *
 * @module
 */

import net from "node:net";
import tls from "node:tls";
import type { TlsCredentials } from "../../../base/credentials.ts";
import { LIMITS } from "../../../base/limits.ts";
import { type ConnectionPorts, shutDownConnection } from "../../native/shut_down.ts";
import { freshTexts } from "./fresh.ts";

/** Where a connection goes. */
interface TlsEndpoint {
  readonly host: string;
  readonly port: number;
  /** The name that this is the address of, and that its certificate is for; absent: there is none. */
  readonly name?: string | undefined;
}

/** Begins a connection; it is a TLS socket that connects, and `error` says why it does not. */
export function openTlsSocket(
  { host, port, name = host }: TlsEndpoint,
  credentials: TlsCredentials,
  /** What is to be spoken in it, in the words of ALPN; absent: nothing is said of that. */
  protocol?: "h2",
): tls.TLSSocket {
  const { ca, cert, key } = freshTexts(credentials);
  const { serverName = name } = credentials;
  return begun(tls.connect({
    ...{ host, port, ca },
    ...(cert === "" ? {} : { cert, key }),
    // An address is no name for TLS.
    ...(net.isIP(serverName) === 0 ? { servername: serverName } : {}),
    ...(protocol === undefined ? {} : { ALPNProtocols: [protocol] }),
  }));
}

/** The same to whomever is there, showing nothing: only to learn what that shows. */
export function openUncheckedSocket(
  { host, port }: Pick<TlsEndpoint, "host" | "port">,
): tls.TLSSocket {
  return begun(tls.connect({ host, port, rejectUnauthorized: false, ALPNProtocols: ["h2"] }));
}

function begun(socket: tls.TLSSocket): tls.TLSSocket {
  if (handsOver(socket)) endHandshakeWith(socket);
  limitHandshake(socket);
  // Before TLS begins. On one runtime what is set to the same again is passed over.
  return socket.prependListener("connect", () => socket.setNoDelay(false).setNoDelay(true));
}

/**
 * A host that loses its power during a handshake never says so, and whoever waits for it would not see it come
 * back.
 */
function limitHandshake(socket: tls.TLSSocket): void {
  const timer = setTimeout(
    () => socket.destroy(new Error("the handshake does not come to an end")),
    LIMITS.handshakeMs,
  );
  Deno.unrefTimer(timer);
  const end = () => clearTimeout(timer);
  socket.on("secureConnect", end).on("close", end);
}

/**
 * On one runtime a socket that is ended during its handshake leaves the connection behind: for as long as the
 * other side says nothing, which may be for ever, and afterwards, too.
 */
function endHandshakeWith(socket: tls.TLSSocket): void {
  const handle: unknown = Reflect.get(socket, "_handle");
  let ports: ConnectionPorts | undefined;
  socket.prependListener("connect", () => {
    ports = { own: socket.localPort ?? 0, other: socket.remotePort ?? 0 };
  });
  socket.on("secure", () => {
    ports = undefined;
    if (socket.destroyed) closeQuietly(connectionIn(handle));
  });
  socket.on("close", () => {
    if (ports !== undefined) shutDownConnection(ports);
  });
}

function closeQuietly(connection: RuntimeConnection | undefined): void {
  try {
    connection?.close();
  } catch {
    // It is closed already.
  }
}

/** What has a session of HTTP/2 take connections of ours, as options of TLS. */
export function http2Options(credentials: TlsCredentials): tls.ConnectionOptions {
  const open = (_: URL, { host = "", port = 0, servername }: tls.ConnectionOptions) =>
    openHttp2Socket({ host, port, name: servername }, credentials);
  // That there is a context says that it is TLS; it is of no use where the connection is given.
  const options = { secureContext: tls.createSecureContext({}), createConnection: open };
  return options;
}

function openHttp2Socket(
  endpoint: TlsEndpoint,
  credentials: TlsCredentials,
): tls.TLSSocket {
  const socket = openTlsSocket(endpoint, credentials, "h2");
  return handsOver(socket) ? secureBeforeConnect(socket) : socket;
}

/** What one runtime keeps in a socket's handle. */
interface RuntimeConnection {
  handshake(): Promise<unknown>;
  close(): void;
}

/** The runtime's connection of a socket, where its handle keeps it under a name of its own. */
function connectionIn(handle: unknown): RuntimeConnection | undefined {
  if (typeof handle !== "object" || handle === null) return undefined;
  const symbol = Object.getOwnPropertySymbols(handle)
    .find(({ description }) => description === "kStreamBaseField");
  return symbol === undefined ? undefined : Reflect.get(handle, symbol) as RuntimeConnection;
}

/** Whether HTTP/2 takes the connection out of the socket. */
function handsOver(socket: tls.TLSSocket): boolean {
  const handle: unknown = Reflect.get(socket, "_handle");
  return Object.getOwnPropertySymbols(handle ?? {})
    .some(({ description }) => description === "kStreamBaseField");
}

/**
 * That HTTP/2 waits for the moment when a socket is connected, and takes its connection: with TLS that is when
 * the handshake is done. The runtime says so also where it failed, and says why to whoever asks once more.
 */
function secureBeforeConnect(socket: tls.TLSSocket): tls.TLSSocket {
  const once = socket.once;
  const wait = (event: string | symbol, heard: (...given: unknown[]) => void): tls.TLSSocket => {
    if (event !== "connect") return Reflect.apply(once, socket, [event, heard]) as tls.TLSSocket;
    const secured = () => {
      const connection = connectionIn(Reflect.get(socket, "_handle"));
      connection?.handshake().then(() => heard(), (thrown: Error) => socket.destroy(thrown));
    };
    return Reflect.apply(once, socket, ["secureConnect", secured]) as tls.TLSSocket;
  };
  socket.once = wait as typeof socket.once;
  return socket;
}
