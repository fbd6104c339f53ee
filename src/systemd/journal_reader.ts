/** What a unit wrote to the journal. */

import type { BusScope } from "./bus/address.ts";
import type { Processes } from "../os/process/processes.ts";

/** Time for journalctl, which may have to read a large journal. */
const READ_MS = 5000;

/** One run of a unit. */
export interface UnitRun {
  readonly unit: string;
  readonly invocation: Uint8Array;
  /** When it began, microseconds since 1970; 0: that is not known. */
  readonly sinceMicros: number;
}

/** Which lines are wanted, and of whom. */
export interface JournalQuestion {
  readonly processes: Processes;
  readonly scope: BusScope;
  readonly run: UnitRun;
  readonly lines: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * The last lines of one run of a unit; empty where there is no journal. They are known by the invocation's id,
 * which the journal does not learn of a unit that has ended before it looks: then by its name, since it began.
 */
export async function readJournal(question: JournalQuestion): Promise<readonly string[]> {
  const { scope, run: { unit, invocation, sinceMicros } } = question;
  const id = [...invocation].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const found = await ask(question, [`_SYSTEMD_INVOCATION_ID=${id}`]);
  if (found.length > 0 || sinceMicros === 0) return found;
  const field = scope === "session" ? "_SYSTEMD_USER_UNIT" : "_SYSTEMD_UNIT";
  return await ask(question, [`--since=@${(sinceMicros / 1e6).toFixed(6)}`, `${field}=${unit}`]);
}

async function ask(
  { processes, scope, lines, signal }: JournalQuestion,
  which: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = [];
  await processes.run({
    argv: [
      "journalctl",
      ...(scope === "session" ? ["--user"] : []),
      "--no-pager",
      "--quiet",
      "--output=cat",
      `--lines=${lines}`,
      ...which,
    ],
    timeoutMs: READ_MS,
    ...(signal === undefined ? {} : { signal }),
    lineLimit: lines,
    line: (line, stream) => {
      if (stream === "stdout") found.push(line);
    },
  });
  return found;
}
