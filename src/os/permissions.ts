/** What a command that only reads gives up; whoever writes also runs what copies attributes. */
const GIVEN_UP = ["net", "ffi", "write", "run"] as const;
const OF_WRITERS = 2;

/**
 * Gives up, for the rest of the program's life, all that a command does not need which only reads, or
 * reads and writes one file.
 */
export function restrictToReading({ andWriting = false } = {}): void {
  for (const name of andWriting ? GIVEN_UP.slice(0, OF_WRITERS) : GIVEN_UP) {
    Deno.permissions.revokeSync({ name });
  }
}
