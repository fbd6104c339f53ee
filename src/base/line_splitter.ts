import { printable } from "./printable.ts";

/** One line of bytes, without its end. */
export interface RawLine {
  readonly bytes: Uint8Array;
  /** Bytes of the line that were left out at its end. */
  readonly cutBytes: number;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const decoder = new TextDecoder();

/** Splits a stream of bytes into lines, and keeps no more than `limitBytes` of each. */
export class LineSplitter {
  readonly #limitBytes: number;
  readonly #emit: (line: RawLine) => void;
  /** The beginning of a line whose end has not come. */
  #begun: Uint8Array | undefined;
  #begunBytes = 0;

  constructor(limitBytes: number, emit: (line: RawLine) => void) {
    this.#limitBytes = limitBytes;
    this.#emit = emit;
  }

  /** Takes the next bytes. Lines given to `emit` may share memory with them. */
  push(chunk: Uint8Array): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end < 0) break;
      if (this.#begun === undefined) this.#line(chunk.subarray(start, end), end - start);
      else {
        this.#keep(chunk.subarray(start, end));
        this.end();
      }
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  /** Takes bytes that end with a line end, without giving out their lines; the result counts them. */
  skip(chunk: Uint8Array): number {
    let lines = 0;
    for (let at = 0; at < chunk.length; at++) if (chunk[at] === LINE_FEED) lines++;
    this.#begun = undefined;
    this.#begunBytes = 0;
    return lines;
  }

  /** The stream has ended; what came after the last line end is a line too. */
  end(): void {
    if (this.#begun === undefined) return;
    const bytes = this.#begun.subarray(0, Math.min(this.#begunBytes, this.#limitBytes));
    const allBytes = this.#begunBytes;
    this.#begun = undefined;
    this.#begunBytes = 0;
    this.#line(bytes, allBytes);
  }

  #keep(part: Uint8Array): void {
    const known = Math.min(this.#begunBytes, this.#limitBytes);
    const room = part.subarray(0, this.#limitBytes - known);
    this.#begunBytes += part.length;
    if (this.#begun !== undefined && room.length === 0) return;
    const begun = this.#begun;
    if (begun !== undefined && begun.length >= known + room.length) {
      begun.set(room, known);
      return;
    }
    // Grows by doubling, so that a line that comes byte by byte is not copied as often.
    const size = Math.min(this.#limitBytes, Math.max(64, 2 * (known + room.length)));
    const larger = new Uint8Array(size);
    if (begun !== undefined) larger.set(begun.subarray(0, known));
    larger.set(room, known);
    this.#begun = larger;
  }

  #line(bytes: Uint8Array, allBytes: number): void {
    const kept = bytes.subarray(0, this.#limitBytes);
    this.#emit({ bytes: kept, cutBytes: allBytes - kept.length });
  }
}

/** A line as text: invalid UTF-8 replaced, control characters made visible, a cut said. */
export function lineText({ bytes, cutBytes }: RawLine): string {
  if (cutBytes > 0) {
    const whole = withoutPartialCharacter(bytes);
    const left = cutBytes + bytes.length - whole.length;
    return `${printable(decoder.decode(whole))}… (${left} more bytes)`;
  }
  const end = bytes[bytes.length - 1] === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
  return printable(decoder.decode(bytes.subarray(0, end)));
}

/** Drops a UTF-8 sequence at the end whose last bytes are missing. */
function withoutPartialCharacter(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes;
    if (byte < 0xc0) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return needed > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
