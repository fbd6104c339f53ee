/**
 * A TLS connection on which both sides show a certificate, to read from and to write to.
 *
 * @module
 */

import type { TLSSocket } from "node:tls";
import type { TlsCredentials } from "../../../base/credentials.ts";
import { onAbort } from "../../../base/either.ts";
import { addressesOf, UnknownHost } from "../addresses.ts";
import type { HttpConnection } from "../connection.ts";
import type { Endpoint } from "../network.ts";
import { openTlsSocket } from "./socket.ts";

/**
 * Makes a connection to one of the addresses of a host; what goes wrong is thrown, as the library says it,
 * for `whyBroken`.
 */
export async function dialTls(
  { host, port }: Pick<Endpoint, "host" | "port">,
  credentials: TlsCredentials,
  signal: AbortSignal,
): Promise<HttpConnection> {
  let last: unknown = new UnknownHost("it has no address");
  for (const address of await addressesOf(host, signal)) {
    const socket = openTlsSocket({ host: address, port, name: host }, credentials);
    const connection = new TlsConnection(socket, signal);
    try {
      await connection.secured();
      return connection;
    } catch (thrown) {
      connection[Symbol.dispose]();
      last = thrown;
      if (signal.aborted) break;
    }
  }
  throw last;
}

/** Reads what a socket hears when it is asked for, so that nothing piles up. */
class TlsConnection implements HttpConnection {
  readonly #socket: TLSSocket;
  readonly #letGo: () => void;
  #broken: Error | undefined;
  #isSecure = false;
  #isOver = false;
  /** Whoever waits for something to happen. */
  #wake: () => void = () => {};

  constructor(socket: TLSSocket, signal: AbortSignal) {
    this.#socket = socket;
    socket.on("error", (error) => {
      this.#broken ??= error;
      this.#wake();
    });
    socket.on("secureConnect", () => {
      this.#isSecure = true;
      this.#wake();
    });
    for (const event of ["readable", "drain"]) socket.on(event, () => this.#wake());
    for (const event of ["end", "close"]) {
      socket.on(event, () => {
        this.#isOver = true;
        this.#wake();
      });
    }
    this.#letGo = onAbort(signal, () => this.#end());
  }

  /** Waits for the handshake. */
  async secured(): Promise<void> {
    await this.#until(() => this.#isSecure || this.#isOver);
    if (!this.#isSecure) throw new Error("unexpected end of file");
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    let piece: Uint8Array | null = null;
    await this.#until(() => (piece = this.#take(buffer.length)) !== null || this.#isOver);
    const got: Uint8Array | null = piece ?? this.#take(buffer.length);
    if (got === null) return null;
    buffer.set(got);
    return got.length;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken;
    let isDrained = this.#socket.write(bytes);
    if (isDrained) return;
    this.#socket.once("drain", () => isDrained = true);
    await this.#until(() => isDrained || this.#isOver);
  }

  [Symbol.dispose](): void {
    this.#end();
  }

  /** Some of what has come, at most so many bytes. */
  #take(count: number): Uint8Array | null {
    const { readableLength } = this.#socket;
    if (readableLength === 0) {
      this.#socket.read(0);
      return null;
    }
    return this.#socket.read(Math.min(count, readableLength)) as Uint8Array | null;
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.#broken !== undefined) throw this.#broken;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  #end(): void {
    this.#letGo?.();
    this.#isOver = true;
    this.#socket.destroy();
    this.#wake();
  }
}
