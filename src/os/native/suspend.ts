/**
 * Stopping this program as ^Z does, although it hears that signal: by the C library, for the runtime
 * cannot stop hearing one.
 *
 * @module
 */

const SYMBOLS = {
  sigaction: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  raise: { parameters: ["i32"], result: "i32" },
} as const;

/** `SIGTSTP` on Linux, and more than a `struct sigaction` takes; only zeros are the default action. */
const SIGTSTP = 20;
const ACTION_BYTES = 256;

/**
 * Stops this program, and returns when it goes on; at once where nobody is there to let it go on (the
 * kernel knows), or where it cannot be done.
 */
export function suspend(): void {
  try {
    const { symbols: { sigaction, raise }, close } = Deno.dlopen("libc.so.6", SYMBOLS);
    const heard = new Uint8Array(ACTION_BYTES);
    if (sigaction(SIGTSTP, new Uint8Array(ACTION_BYTES), heard) === 0) {
      // To this very thread, so that it has been taken before the signal is heard again.
      raise(SIGTSTP);
      sigaction(SIGTSTP, heard, new Uint8Array(ACTION_BYTES));
    }
    close();
  } catch {
    // Without the C library ^Z has no effect.
  }
}
