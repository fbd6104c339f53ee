/**
 * A listening socket that strangers may knock at: so many connections at once, each for so long, and
 * nothing that they do ends it.
 *
 * @module
 */

import { type Address, addressText } from "../../../base/address.ts";
import { type CertifiedFiles, schemeRefused } from "../../../base/credentials.ts";
import { fail, ok, reasonOf, type Result } from "../../../base/result.ts";
import type { HttpConnection } from "../connection.ts";
import { freshPair } from "../tls/fresh.ts";

/** What is borne. */
export interface ListenLimits {
  /** At most so many connections at once; one more ends the one that is open longest. */
  readonly connectionsMax: number;
  /** A connection ends after so long, whatever it is about. */
  readonly connectionMs: number;
}

/** Where to listen, and what is borne. */
export interface ListenOptions extends ListenLimits {
  readonly address: Address;
  /** What is shown to whoever connects, over TLS, as its files are by then; absent, `none`: nothing. */
  readonly shown?: CertifiedFiles | "none";
  /** What may be spoken over TLS, in the words of ALPN, the first that both know. */
  readonly protocols?: readonly string[];
}

/** A connection that was taken. */
export interface ServedConnection extends HttpConnection {
  /** It may take so long from now on. */
  mayLast(limitMs: number | "for ever"): void;
  /** Whoever it is may be here: it does not end for strangers, only for as many others who may. */
  admit(): void;
}

/** Attends to one connection; it ends by itself or when the connection does. */
export type Serve = (connection: ServedConnection) => Promise<void>;

/** An open listener. */
export interface OpenListener {
  /** Ends all connections; resolves when the address is free again. */
  close(): Promise<void>;
}

/** Pause after an accept that failed (no descriptor is left, say), and before listening again. */
const PAUSE_MS = 100;
/** Pause while connections are ended for new ones, so that who knocks all the time gets no more of a core. */
const CROWDED_PAUSE_MS = 1;

/** Listens at an address, and hands every connection to `serve`. */
export function listen(options: ListenOptions, serve: Serve): Result<OpenListener> {
  const { address, shown = "none" } = options;
  const url = addressText(address);
  const need = { credentials: shown, addresses: [address] };
  const refused = schemeRefused(`cannot listen at ${url}`, need);
  if (refused !== undefined) return { ok: false, failure: refused };
  try {
    return ok(new Acceptor(socketsOf(options), options, serve));
  } catch (thrown) {
    return whyNot(url, thrown);
  }
}

/** The same for a socket that `open` makes, again where it was lost; what `open` throws goes on. */
export function acceptFrom(
  open: () => Deno.Listener,
  limits: ListenLimits,
  serve: Serve,
): OpenListener {
  return new Acceptor({ open, isOld: () => false }, limits, serve);
}

/** Opens sockets, one after the other. */
interface Sockets {
  open(): Deno.Listener;
  /** Another one would be other than the last. */
  isOld(): boolean;
}

class Acceptor implements OpenListener {
  readonly #sockets: Sockets;
  readonly #limits: ListenLimits;
  readonly #serve: Serve;
  /** Oldest first; who was admitted is among the others. */
  readonly #open = new Set<TakenConnection>();
  readonly #admitted = new Set<TakenConnection>();
  readonly #over: Promise<void>;
  #socket: Deno.Listener;
  #closed = false;
  #endPause: (() => void) | undefined;

  constructor(sockets: Sockets, limits: ListenLimits, serve: Serve) {
    this.#sockets = sockets;
    this.#limits = limits;
    this.#serve = serve;
    this.#socket = sockets.open();
    this.#over = this.#acceptAll();
  }

  async close(): Promise<void> {
    this.#closed = true;
    closeQuietly(this.#socket);
    for (const connection of [...this.#open, ...this.#admitted]) closeQuietly(connection);
    this.#endPause?.();
    await this.#over;
  }

  async #acceptAll(): Promise<void> {
    while (!this.#closed) {
      const connection = await this.#accept();
      if (connection === undefined) continue;
      // This one is shown what the socket was opened with, which still counts; the next is shown the new.
      if (!this.#closed && this.#sockets.isOld()) this.#reopen();
      if (this.#closed) closeQuietly(connection);
      else await this.#take(new TakenConnection(connection));
    }
  }

  /** The next connection; undefined, after a pause: there was none to be had. */
  async #accept(): Promise<Deno.Conn | undefined> {
    try {
      return await this.#socket.accept();
    } catch (thrown) {
      if (this.#closed) return undefined;
      await this.#pause(PAUSE_MS);
      if (thrown instanceof Deno.errors.BadResource) this.#reopen();
      return undefined;
    }
  }

  #reopen(): void {
    if (this.#closed) return;
    closeQuietly(this.#socket);
    try {
      this.#socket = this.#sockets.open();
    } catch {
      // The next accept fails at once, and is followed by another try.
    }
  }

  async #take(connection: TakenConnection): Promise<void> {
    const oldest = this.#open.size < this.#limits.connectionsMax ? undefined : [...this.#open][0];
    this.#open.add(connection);
    void this.#attend(connection);
    if (oldest === undefined) return;
    closeQuietly(oldest);
    this.#open.delete(oldest);
    await this.#pause(CROWDED_PAUSE_MS);
  }

  async #attend(connection: TakenConnection): Promise<void> {
    const end = () => closeQuietly(connection);
    let timer = setTimeout(end, this.#limits.connectionMs);
    const mayLast = (limitMs: number | "for ever") => {
      clearTimeout(timer);
      if (limitMs !== "for ever") timer = setTimeout(end, limitMs);
    };
    try {
      const admit = () => this.#admit(connection);
      await this.#serve({ ...connection.attended(), mayLast, admit });
    } catch {
      // Whoever it was is gone, or its time was over.
    } finally {
      clearTimeout(timer);
      closeQuietly(connection);
      this.#open.delete(connection);
      this.#admitted.delete(connection);
    }
  }

  #admit(connection: TakenConnection): void {
    if (!this.#open.delete(connection)) return;
    const [oldest] = this.#admitted;
    this.#admitted.add(connection);
    if (oldest === undefined || this.#admitted.size <= this.#limits.connectionsMax) return;
    closeQuietly(oldest);
    this.#admitted.delete(oldest);
  }

  /** Waits, but not when it is closed meanwhile. */
  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** The handshake is made with the first that is read, in the time that the connection has. */
function socketsOf({ address, shown = "none", protocols = [] }: ListenOptions): Sockets {
  const place = { hostname: address.host, port: address.port };
  if (shown === "none") return { open: () => Deno.listen(place), isOld: () => false };
  let texts = freshPair(shown);
  return {
    open: () => {
      texts = freshPair(shown);
      return Deno.listenTls({ ...place, ...texts, alpnProtocols: [...protocols] });
    },
    isOld: () => freshPair(shown) !== texts,
  };
}

/** A connection that ends when it is closed, also for who waits for somebody to take what is written. */
class TakenConnection {
  readonly #connection: Deno.Conn;
  /** Ends a write that is under way. */
  readonly #writing = new Set<() => void>();

  constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  attended(): HttpConnection {
    return {
      read: (buffer) => this.#connection.read(buffer),
      write: async (bytes) => {
        while (bytes.length > 0) bytes = bytes.subarray(await this.#write(bytes));
      },
      [Symbol.dispose]: () => closeQuietly(this),
    };
  }

  /** Throws where it is closed already. */
  close(): void {
    for (const end of this.#writing) end();
    this.#connection.close();
  }

  /** One runtime of ours leaves a write waiting for its reader when the connection is closed. */
  async #write(bytes: Uint8Array): Promise<number> {
    const closed = Promise.withResolvers<never>();
    const end = () => closed.reject(new Deno.errors.Interrupted("the connection was closed"));
    this.#writing.add(end);
    try {
      return await Promise.race([this.#connection.write(bytes), closed.promise]);
    } finally {
      this.#writing.delete(end);
    }
  }
}

function closeQuietly(resource: { close(): void }): void {
  try {
    resource.close();
  } catch {
    // It is closed already.
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
