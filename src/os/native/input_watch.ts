/**
 * Waits until something can be read at the standard input, without reading: the system stops a program that reads
 * its terminal in the background, and one that began to read before it went there, too.
 *
 * @module
 */

import { openCLibrary } from "./c_library.ts";

const SYMBOLS = {
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32", nonblocking: true },
} as const;

const STANDARD_INPUT = 0;
const POLLIN = 1;

/** Resolves as soon as something can be read: `something`, or that nothing more comes. */
export type InputWatch = () => Promise<"something" | "end">;

/** Undefined where the C library cannot be called. It stays open as long as the program runs. */
export function watchInput(): InputWatch | undefined {
  const libc = openCLibrary(SYMBOLS);
  if (libc === undefined) return undefined;
  return async () => {
    const polled = new Int32Array([STANDARD_INPUT, POLLIN]);
    const found = () => (polled[1] ?? 0) >>> 16;
    // A signal may wake it, too.
    while (found() === 0) await libc.symbols.poll(polled, 1n, -1);
    return (found() & POLLIN) === 0 ? "end" : "something";
  };
}
