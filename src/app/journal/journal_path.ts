import { join } from "node:path";

/** The journal of the runs with a prefix. */
export function journalPath(prefix: string): string {
  return join(prefix, "journal.db");
}
