/**
 * The journal of the service manager, for a program whose standard error leads there. Only imported
 * where that may be so.
 *
 * @module
 */

import type { Clock } from "../os/clock.ts";
import { takeEnvironment } from "../os/environment.ts";
import { openDatagrams } from "../os/native/datagram.ts";

/** The way into the journal. */
export interface Journal {
  /**
   * Gives it an entry, and waits while it is behind; false: it took none. Absent where it only reads
   * lines.
   */
  readonly send?: (fields: Readonly<Record<string, string>>) => Promise<boolean>;
  close(): void;
}

/** Where it takes entries with fields. */
const SOCKET = "/run/systemd/journal/socket";
/** While its queue is full, it is tried again so often. */
const FULL_PAUSE_MS = 10;

/** Where to look, other than on a real system. */
export interface JournalPlaces {
  readonly socket?: string;
  readonly stderr?: string;
}

/** Opens the journal, if the standard error leads there. */
export function openJournal(clock: Clock, places: JournalPlaces = {}): Journal | undefined {
  const { socket = SOCKET, stderr = "/proc/self/fd/2" } = places;
  const identity = identityOf(stderr);
  if (identity === undefined || Deno.env.get("JOURNAL_STREAM") !== identity) return undefined;
  // The output of commands goes elsewhere.
  takeEnvironment("JOURNAL_STREAM");
  const datagrams = identityOf(socket) === undefined ? undefined : openDatagrams();
  if (datagrams === undefined) return { close: () => {} };
  return {
    close: () => datagrams.close(),
    send: async (fields) => {
      const message = encodeEntry(fields);
      for (;;) {
        const sent = datagrams.send(socket, message);
        if (sent !== "full") return sent === "sent";
        await clock.sleep(FULL_PAUSE_MS);
      }
    },
  };
}

/** Device and inode, as the service manager writes them into the variable. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = Deno.statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

const encoder = new TextEncoder();

/** An entry in the journal's native format: a line for each field, or its length where it has several. */
export function encodeEntry(fields: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const parts = Object.entries(fields).map(([name, value]) =>
    value.includes("\n") ? longField(name, value) : encoder.encode(`${name}=${value}\n`)
  );
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function longField(name: string, value: string): Uint8Array {
  const head = encoder.encode(`${name}\n`);
  const text = encoder.encode(value);
  const bytes = new Uint8Array(head.length + 8 + text.length + 1);
  bytes.set(head);
  new DataView(bytes.buffer).setBigUint64(head.length, BigInt(text.length), true);
  bytes.set(text, head.length + 8);
  bytes[bytes.length - 1] = 0x0a;
  return bytes;
}
