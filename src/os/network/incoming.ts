import type { HttpConnection } from "./connection.ts";

const PIECE_BYTES = 16 * 1024;
const LINE_END = 10;

/** What comes over a connection, as lines and as bytes. */
export class Incoming {
  readonly #connection: HttpConnection;
  #waiting = new Uint8Array(0);
  #ended = false;

  constructor(connection: HttpConnection) {
    this.#connection = connection;
  }

  /** Whether nothing is left of what came. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** A line without its end; undefined: there is none within `limit` bytes. */
  async line(limit: number): Promise<string | undefined> {
    let end: number;
    while ((end = this.#waiting.indexOf(LINE_END)) < 0) {
      if (this.#waiting.length > limit || !await this.#more()) return undefined;
    }
    if (end > limit) return undefined;
    const line = new TextDecoder().decode(this.#waiting.subarray(0, end));
    this.#waiting = this.#waiting.subarray(end + 1);
    return line.replace(/\r$/, "");
  }

  /** So many bytes, or those until the end. */
  async bytes(count: number): Promise<Uint8Array> {
    const taken: Uint8Array[] = [];
    let length = 0;
    while (length < count) {
      if (this.#waiting.length === 0 && !await this.#more()) break;
      const piece = this.#waiting.subarray(0, count - length);
      this.#waiting = this.#waiting.subarray(piece.length);
      taken.push(piece);
      length += piece.length;
    }
    const all = new Uint8Array(length);
    let at = 0;
    for (const piece of taken) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    const buffer = new Uint8Array(PIECE_BYTES);
    const count = await this.#read(buffer);
    if (count === null) {
      this.#ended = true;
      return false;
    }
    const all = new Uint8Array(this.#waiting.length + count);
    all.set(this.#waiting);
    all.set(buffer.subarray(0, count), this.#waiting.length);
    this.#waiting = all;
    return true;
  }

  /** Many servers end a TLS connection without saying so first; after an answer that is an end. */
  async #read(buffer: Uint8Array): Promise<number | null> {
    try {
      return await this.#connection.read(buffer);
    } catch (thrown) {
      if (thrown instanceof Deno.errors.UnexpectedEof) return null;
      throw thrown;
    }
  }
}
