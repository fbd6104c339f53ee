/**
 * Entries for the log of this machine, as datagrams to its sockets. Only imported where there is
 * something to write.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";
import type { Clock } from "../os/clock.ts";
import { encodeEntry } from "./journal_socket.ts";
import type { Log, LogEntry, LogPlace } from "./log.ts";
import { type Datagrams, openDatagrams } from "../os/native/datagram.ts";

/** Where the logs listen; for tests. */
export interface LogSockets {
  readonly journal: string;
  readonly syslog: string;
}

const SOCKETS: LogSockets = { journal: "/run/systemd/journal/socket", syslog: "/dev/log" };
/** A log that is busy is tried again so often, and so long. */
const FULL_PAUSE_MS = 50;
const FULL_TRIES = 100;
/** What any syslog takes. */
const SYSLOG_BYTES = 8 * 1024;
const IDENTIFIER = "mgmt";
/** The facility `user`. */
const FACILITY = 1;

/** Opens the way to the machine's log. */
export function createLocalLog(clock: Clock, sockets: LogSockets = SOCKETS): Log {
  return {
    async write(entry, signal): Promise<Result<LogPlace>> {
      const datagrams = openDatagrams();
      if (datagrams === undefined) return ok("nowhere");
      try {
        const tries = [
          ["journal", sockets.journal, () => journalEntry(entry)],
          ["syslog", sockets.syslog, () => syslogEntry(entry)],
        ] as const;
        for (const [place, target, make] of tries) {
          const sent = await send(datagrams, target, make(), clock, signal);
          if (!sent.ok) return sent;
          if (sent.value) return ok(place);
        }
        return ok("nowhere");
      } finally {
        datagrams.close();
      }
    },
  };
}

/** Whether anybody takes it there. */
async function send(
  datagrams: Datagrams,
  target: string,
  message: Uint8Array<ArrayBuffer>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Result<boolean>> {
  for (let count = 0; count < FULL_TRIES; count++) {
    const sent = datagrams.send(target, message);
    if (sent === "sent") return ok(true);
    if (sent === "refused") return ok(false);
    if (sent === "too-long") {
      return fail(`${target} takes no entry of ${message.length} bytes`, { code: "too-long" });
    }
    await clock.sleep(FULL_PAUSE_MS, signal);
    if (signal.aborted) return fail("was stopped", { code: "stopped" });
  }
  return fail(`the log (${target}) has taken nothing for ${FULL_PAUSE_MS * FULL_TRIES / 1000} s`, {
    code: "busy",
    hint: "is it stopped? look at it with: systemctl status systemd-journald",
  });
}

/** An entry as the journal gets it. */
export function journalEntry({ message, priority, fields }: LogEntry): Uint8Array<ArrayBuffer> {
  return encodeEntry({
    SYSLOG_IDENTIFIER: IDENTIFIER,
    ...fields,
    PRIORITY: `${priority}`,
    MESSAGE: message,
  });
}

/** An entry for a syslog: one line, cut where it is long. */
export function syslogEntry({ message, priority }: LogEntry): Uint8Array<ArrayBuffer> {
  const text = message.trim().replace(/\s*\n\s*/g, " / ");
  const line = new TextEncoder().encode(`<${FACILITY * 8 + priority}>${IDENTIFIER}: ${text}`);
  return line.subarray(0, SYSLOG_BYTES);
}
