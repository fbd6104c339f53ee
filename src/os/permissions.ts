import { rememberMachine } from "./machine_files.ts";

/** What a command that only reads gives up; whoever writes also runs what copies attributes. */
const GIVEN_UP = ["net", "ffi", "write", "run"] as const;
const OF_WRITERS = 2;

/**
 * Gives up, for the rest of the program's life, all that a command does not need which only reads, or
 * reads and writes one file, or starts this program once more to have a graph evaluated.
 */
export function restrictToReading({ andWriting = false, andStarting = false } = {}): void {
  rememberMachine();
  for (const name of andWriting ? GIVEN_UP.slice(0, OF_WRITERS) : GIVEN_UP) {
    if (name !== "run" || !andStarting) Deno.permissions.revokeSync({ name });
  }
}
