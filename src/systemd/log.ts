/**
 * The log of the machine: systemd's journal, or the syslog where there is none.
 *
 * @module
 */

import type { Result } from "../base/result.ts";

/** One entry. */
export interface LogEntry {
  readonly message: string;
  /** As syslog has them: 0 is an emergency, 7 for debugging. */
  readonly priority: number;
  /** Further fields, as the journal has them: `MESSAGE_ID`, or names of one's own. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Where an entry went. `nowhere`: the machine keeps no log. */
export type LogPlace = "journal" | "syslog" | "nowhere";

/** The machine's log. */
export interface Log {
  /** Writes an entry; a failure only where the log is there, but takes nothing. */
  write(entry: LogEntry, signal: AbortSignal): Promise<Result<LogPlace>>;
}
