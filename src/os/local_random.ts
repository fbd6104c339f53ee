/** Real randomness. */

import { assert } from "../base/assert.ts";
import type { Random } from "./random.ts";

/** The machine's random source. */
export function createLocalRandom(): Random {
  return { hex, below };
}

function hex(byteCount: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(byteCount));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function below(limit: number): number {
  assert(Number.isSafeInteger(limit) && limit > 0 && limit <= 2 ** 32, "a limit within 32 bits");
  const word = new Uint32Array(1);
  // Numbers in the last, incomplete stretch would make small results likelier.
  const usable = 2 ** 32 - (2 ** 32 % limit);
  do crypto.getRandomValues(word); while ((word[0] ?? 0) >= usable);
  return (word[0] ?? 0) % limit;
}
