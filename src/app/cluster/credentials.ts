import type { Credentials } from "../../base/credentials.ts";

/** What this host shows of itself, read once by a run or a command: no flag names any so far. */
export function ownCredentials(): Credentials {
  return "none";
}
