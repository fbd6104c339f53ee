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

/** A byte sequence that is hidden, and for each of its beginnings how much of its end begins it anew. */
interface HiddenBytes {
  readonly bytes: Buffer;
  readonly borders: Uint32Array;
}

/** Hides these byte sequences. */
export class Hider {
  readonly #patterns: readonly HiddenBytes[];

  constructor(patterns: readonly Uint8Array[]) {
    this.#patterns = patterns.map((pattern) => {
      const bytes = Buffer.from(pattern);
      return { bytes, borders: bordersOf(bytes) };
    });
  }

  /** A text without them. */
  text(text: string): string {
    if (this.#patterns.length === 0) return text;
    const bytes = Buffer.from(text);
    const filter = this.filter();
    const hidden = Buffer.concat([filter.push(bytes), filter.end()]);
    return hidden.equals(bytes) ? text : hidden.toString("utf8");
  }

  /** For one stream of bytes. */
  filter(): OutputFilter {
    return new HidingFilter(this.#patterns);
  }
}

class HidingFilter implements OutputFilter {
  readonly #patterns: readonly HiddenBytes[];
  /** What may be the beginning of something hidden, and which bytes of it are hidden in any case. */
  #held = Buffer.alloc(0);
  #hidden = new Uint8Array();
  #wasHidden = false;

  constructor(patterns: readonly HiddenBytes[]) {
    this.#patterns = patterns;
  }

  push(bytes: Uint8Array): Uint8Array {
    const all = Buffer.concat([this.#held, bytes]);
    const hidden = new Uint8Array(all.length);
    hidden.set(this.#hidden);
    let held = 0;
    for (const pattern of this.#patterns) {
      mark(all, pattern.bytes, hidden);
      held = Math.max(held, begun(all, pattern));
    }
    const cut = all.length - held;
    this.#held = all.subarray(cut);
    this.#hidden = hidden.subarray(cut);
    return this.#shown(all.subarray(0, cut), hidden);
  }

  end(): Uint8Array {
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

function mark(all: Buffer, bytes: Buffer, hidden: Uint8Array): void {
  for (let at = all.indexOf(bytes); at >= 0; at = all.indexOf(bytes, at + 1)) {
    hidden.fill(1, at, at + bytes.length);
  }
}

/** How many of the last bytes begin a pattern that has not come to its end. */
function begun(all: Buffer, { bytes, borders }: HiddenBytes): number {
  let length = 0;
  for (let at = Math.max(0, all.length - bytes.length + 1); at < all.length; at++) {
    while (length > 0 && all[at] !== bytes[length]) length = borders[length - 1] ?? 0;
    if (all[at] === bytes[length]) length++;
  }
  return length;
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
