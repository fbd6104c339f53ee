/** What a command that only reads gives up. */
const GIVEN_UP = ["write", "run", "net", "ffi"] as const;

/** Gives up, for the rest of the program's life, all that a command which only reads does not need. */
export function restrictToReading(): void {
  for (const name of GIVEN_UP) Deno.permissions.revokeSync({ name });
}
