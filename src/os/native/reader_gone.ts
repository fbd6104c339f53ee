/**
 * Whether somebody still reads the standard output, also while nothing is written there: the runtime
 * says so only of a write, and who has nothing to say would stay for ever.
 *
 * @module
 */

import { openCLibrary } from "./c_library.ts";

const SYMBOLS = {
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32", nonblocking: true },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

const CLOEXEC = 0o2000000;
const NONBLOCK = 0o4000;
const STANDARD_OUTPUT = 1;
/** Nothing is asked for: that the other end has gone is told in any case (poll(2)). */
const ONLY_ITS_END = 0;
const POLLIN = 1;

/** Watches until `close`, which resolves when nothing of it runs any more. */
export interface ReaderWatch {
  close(): Promise<void>;
}

/**
 * Calls `gone` once when nobody can read what is written to the standard output any more; never of a
 * file. Undefined where the C library cannot be called: then a write says so.
 */
export function watchReader(gone: () => void): ReaderWatch | undefined {
  const libc = openCLibrary(SYMBOLS);
  if (libc === undefined) return undefined;
  const { symbols } = libc;
  const waker = symbols.eventfd(0, CLOEXEC | NONBLOCK);
  const polled = new Int32Array([STANDARD_OUTPUT, ONLY_ITS_END, waker, POLLIN]);
  const isMarked = (index: number) => ((polled[2 * index + 1] ?? 0) >>> 16) !== 0;
  async function run(): Promise<void> {
    // A signal may wake it, too.
    while (waker >= 0 && !isMarked(0) && !isMarked(1)) await symbols.poll(polled, 2n, -1);
    if (isMarked(0)) gone();
  }
  const ended = run();
  let closed: Promise<void> | undefined;
  return {
    close: () =>
      closed ??= (async () => {
        symbols.write(waker, new Uint8Array(new BigUint64Array([1n]).buffer), 8n);
        await ended;
        symbols.close(waker);
        libc.close();
      })(),
  };
}
