/**
 * Lines for people as entries of the journal, each with its priority and with the resource that it is
 * about as fields: `journalctl -u mgmt MGMT_KIND=file`.
 *
 * @module
 */

import { type Level, type LineSink, PRIORITY } from "./line_sink.ts";
import { Output } from "./output.ts";
import { kindOf, label, nameOf } from "../base/words.ts";

/** What a {@linkcode JournalSink} is made of. */
export interface JournalSinkOptions {
  /** Gives the journal an entry; false: it takes none. Absent: it reads lines only. */
  readonly send?: (fields: Readonly<Record<string, string>>) => Promise<boolean>;
  /** Writes lines where the journal reads them. */
  readonly writeTalk: (text: string) => Promise<void>;
  readonly yieldTurn: () => Promise<void>;
  readonly sleep: (delayMs: number, signal: AbortSignal) => Promise<void>;
}

interface JournalEntry {
  readonly level: Level;
  /** One line or more. */
  readonly text: string;
  readonly key?: string | undefined;
}

/** Characters that may wait for the journal. */
const LIMIT = 4 * 1024 * 1024;
/** What one entry may have; the kernel takes about three times as much in one piece. */
const ENTRY_LENGTH = 32 * 1024;
const IDENTIFIER = "mgmt";

/** See the module. */
export class JournalSink implements LineSink {
  readonly #options: JournalSinkOptions;
  readonly #output: Output<JournalEntry>;

  constructor(options: JournalSinkOptions) {
    this.#options = options;
    this.#output = new Output<JournalEntry>({
      write: (entries) => this.#write(entries),
      yieldTurn: options.yieldTurn,
      sleep: options.sleep,
      dropped: (count) => ({ level: "warning", text: `${count} entries were left out` }),
      sizeOf: ({ text }) => text.length,
      limit: LIMIT,
    });
  }

  say(level: Level, text: string | Promise<string>, key?: string): void {
    const entry = (all: string): JournalEntry => ({ level, text: all, key });
    this.#output.add(typeof text === "string" ? entry(text) : text.then(entry));
  }

  difference(level: Level, lines: readonly string[], key: string): void {
    this.say(level, ["Difference:", ...lines].join("\n"), key);
  }

  excerpt(level: Level, text: string): void {
    this.say(level, text.trimEnd());
  }

  flush(): Promise<void> {
    return this.#output.flush();
  }

  async #write(entries: readonly JournalEntry[]): Promise<void> {
    const { send, writeTalk } = this.#options;
    for (const entry of entries) {
      const message = messageOf(entry);
      if (await send?.(fieldsOf(entry, message)) === true) continue;
      await writeTalk(prefixedLines(entry.level, message));
    }
  }
}

function messageOf({ key, text }: JournalEntry): string {
  const message = key === undefined ? text : `${label(key)}: ${text}`;
  return message.length <= ENTRY_LENGTH ? message : `${message.slice(0, ENTRY_LENGTH)}…`;
}

function fieldsOf({ key, level }: JournalEntry, message: string): Record<string, string> {
  const about = key === undefined ? {} : { MGMT_KIND: kindOf(key), MGMT_NAME: nameOf(key) };
  return {
    MESSAGE: message,
    PRIORITY: String(PRIORITY[level]),
    SYSLOG_IDENTIFIER: IDENTIFIER,
    ...about,
  };
}

/** What the journal reads from a stream: the number in front of each line is its priority. */
function prefixedLines(level: Level, text: string): string {
  const lines = text.replace(/\n+$/, "").split("\n");
  return lines.map((line) => `<${PRIORITY[level]}>${line}\n`).join("");
}
