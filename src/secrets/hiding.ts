/**
 * Takes values out of what is printed or said, whole and in their usual forms, also where they come in
 * pieces.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { OutputFilter } from "../os/process/processes.ts";

/** What stands in the place of a value. */
export const HIDDEN = "(secret)";
const MARK = Buffer.from(HIDDEN);

/** Of what begins a value where a stream ends, so many bytes are no chance any more. */
const BEGUN_BYTES = 4;
/** Bytes of a beginning that are looked for at once: few, so that a bad text costs no more than a good one. */
const JUMP_BYTES = 4;

/** A byte sequence that is hidden, and for each of its beginnings how much of its end begins it anew. */
interface HiddenBytes {
  readonly bytes: Buffer;
  readonly beginning: Buffer;
  readonly borders: Uint32Array;
}

/** How far a stream has come with one of them. */
interface PatternProgress {
  /** So many of the last bytes begin it. */
  length: number;
  /** The place in the stream up to which it was marked. */
  markedTo: number;
}

/** Hides these byte sequences. */
export class Hider {
  readonly #patterns: readonly HiddenBytes[];

  constructor(patterns: readonly Uint8Array[]) {
    this.#patterns = patterns.map((pattern) => {
      const bytes = Buffer.from(pattern);
      return { bytes, beginning: bytes.subarray(0, JUMP_BYTES), borders: bordersOf(bytes) };
    });
  }

  /** A text without them. */
  text(text: string): string {
    if (this.#patterns.length === 0) return text;
    const bytes = Buffer.from(text);
    const filter = new HidingFilter(this.#patterns);
    const hidden = Buffer.concat([filter.push(bytes), filter.end()]);
    return hidden.equals(bytes) ? text : hidden.toString("utf8");
  }

  /** For one stream of bytes, which may end anywhere: also in the middle of a value. */
  filter(): OutputFilter {
    return new HidingFilter(this.#patterns, true);
  }
}

/** What it costs grows with the bytes that come, whatever they and the patterns are. */
class HidingFilter implements OutputFilter {
  readonly #patterns: readonly HiddenBytes[];
  readonly #progress: readonly PatternProgress[];
  readonly #hidesBegun: boolean;
  /** What may be the beginning of something hidden, and which bytes of it are hidden in any case. */
  #held = Buffer.alloc(0);
  #hidden = new Uint8Array();
  /** The place in the stream where that begins. */
  #start = 0;
  #wasHidden = false;

  constructor(patterns: readonly HiddenBytes[], hidesBegun = false) {
    this.#patterns = patterns;
    this.#progress = patterns.map(() => ({ length: 0, markedTo: 0 }));
    this.#hidesBegun = hidesBegun;
  }

  push(bytes: Uint8Array): Uint8Array {
    const all = Buffer.concat([this.#held, bytes]);
    const hidden = new Uint8Array(all.length);
    hidden.set(this.#hidden);
    const start = this.#start;
    const chunk = all.subarray(this.#held.length);
    let held = 0;
    for (const [index, pattern] of this.#patterns.entries()) {
      const progress = this.#progress[index]!;
      follow(chunk, pattern, progress, (end) => {
        const to = end + this.#held.length;
        const from = Math.max(to - pattern.bytes.length, progress.markedTo - start);
        hidden.fill(1, from, to);
        progress.markedTo = start + to;
      });
      held = Math.max(held, progress.length);
    }
    const cut = all.length - held;
    this.#held = all.subarray(cut);
    this.#hidden = hidden.subarray(cut);
    this.#start += cut;
    return this.#shown(all.subarray(0, cut), hidden);
  }

  end(): Uint8Array {
    if (this.#hidesBegun && this.#held.length >= BEGUN_BYTES) this.#hidden.fill(1);
    const rest = this.#shown(this.#held, this.#hidden);
    this.#held = Buffer.alloc(0);
    this.#hidden = new Uint8Array();
    return rest;
  }

  #shown(bytes: Buffer, hidden: Uint8Array): Uint8Array {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const isHidden = hidden[at] === 1;
      let end = isHidden ? hidden.indexOf(0, at) : hidden.indexOf(1, at);
      if (end < 0 || end > bytes.length) end = bytes.length;
      if (!isHidden) pieces.push(bytes.subarray(at, end));
      else if (!this.#wasHidden) pieces.push(MARK);
      this.#wasHidden = isHidden;
      at = end;
    }
    return pieces.length === 1 ? pieces[0] ?? MARK : Buffer.concat(pieces);
  }
}

/** Looks for a pattern in what comes next of a stream; `found` hears where in it each one ends. */
function follow(
  chunk: Buffer,
  { bytes, beginning, borders }: HiddenBytes,
  progress: PatternProgress,
  found: (end: number) => void,
): void {
  let { length } = progress;
  for (let at = 0; at < chunk.length; at++) {
    if (length === 0) {
      const next = chunk.indexOf(beginning, at);
      at = next >= 0 ? next : Math.max(at, chunk.length - beginning.length + 1);
      if (at >= chunk.length) break;
    }
    const byte = chunk[at];
    while (length > 0 && byte !== bytes[length]) length = borders[length - 1] ?? 0;
    if (byte === bytes[length]) length++;
    if (length < bytes.length) continue;
    found(at + 1);
    length = borders[length - 1] ?? 0;
  }
  progress.length = length;
}

/** By the number of bytes of a beginning, less one: how many of its last bytes begin the whole, too. */
function bordersOf(bytes: Buffer): Uint32Array {
  const borders = new Uint32Array(bytes.length);
  let length = 0;
  for (let at = 1; at < bytes.length; at++) {
    while (length > 0 && bytes[at] !== bytes[length]) length = borders[length - 1] ?? 0;
    if (bytes[at] === bytes[length]) length++;
    borders[at] = length;
  }
  return borders;
}
