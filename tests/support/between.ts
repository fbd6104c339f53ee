/**
 * Somebody between a host and its cluster.
 *
 * @module
 */

import type { CertifiedKey } from "../../src/trust/pem.ts";

/** Listens at an address of its own, and hears what is sent there. */
export class Between implements AsyncDisposable {
  /** Every byte that came from the host, as far as it could be read. */
  heard = "";
  /** Whether a bit of each piece is turned on its way. */
  changes = false;
  readonly #listener: Deno.Listener;
  readonly #target: { readonly hostname: string; readonly port: number } | undefined;
  readonly #sent: Uint8Array<ArrayBuffer>[] = [];
  readonly #open = new Set<Deno.Conn>();
  readonly #accepting: Promise<void>;

  private constructor(listener: Deno.Listener, target?: string) {
    this.#listener = listener;
    const url = target === undefined ? undefined : new URL(`tcp://${target}`);
    this.#target = url && { hostname: url.hostname, port: Number(url.port) };
    this.#accepting = this.#accept().catch(() => {});
  }

  /** One who ends TLS itself, with that certificate. */
  static ending({ cert, key }: CertifiedKey): Between {
    const place = { hostname: "127.0.0.1", port: 0, alpnProtocols: ["h2"] };
    return new Between(Deno.listenTls({ ...place, cert, key }));
  }

  /** One who passes all on to that address. */
  static passing(target: string): Between {
    return new Between(Deno.listen({ hostname: "127.0.0.1", port: 0 }), target);
  }

  /** Where it listens. */
  get url(): string {
    return `https://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
  }

  /** Sends all that came from the first connection once more, until the other side ends that. */
  async again(): Promise<void> {
    if (this.#target === undefined || this.#sent.length === 0) throw new Error("nothing was sent");
    const target = await Deno.connect(this.#target);
    this.#open.add(target);
    const writer = target.writable.getWriter();
    for (const piece of this.#sent) await writer.write(piece).catch(() => {});
    const hearing = target.readable.pipeTo(new WritableStream()).catch(() => {});
    await Promise.race([hearing, new Promise((resolve) => setTimeout(resolve, 10_000))]);
  }

  async #accept(): Promise<void> {
    let isFirst = true;
    for await (const from of this.#listener) {
      this.#open.add(from);
      void this.#serve(from, isFirst).catch(() => {});
      isFirst = false;
    }
  }

  async #serve(from: Deno.Conn, isFirst: boolean): Promise<void> {
    const to = this.#target === undefined ? undefined : await Deno.connect(this.#target);
    if (to !== undefined) {
      this.#open.add(to);
      void to.readable.pipeTo(from.writable).catch(() => {});
    }
    const writer = to?.writable.getWriter();
    let pieces = 0;
    for await (const piece of from.readable) {
      this.heard += new TextDecoder("latin1").decode(piece);
      if (isFirst) this.#sent.push(piece.slice());
      // After the handshake, so that it is what was said that is changed.
      if (this.changes && pieces++ > 1) piece[piece.length - 1]! ^= 1;
      await writer?.write(piece);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    for (const connection of this.#open) {
      try {
        connection.close();
      } catch {
        // It has ended.
      }
    }
  }
}
