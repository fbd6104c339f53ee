/** What a unit wrote to the journal. */

import type { BusScope } from "./bus/address.ts";
import type { Processes } from "../os/process/processes.ts";

/** Time for journalctl, which may have to read a large journal. */
const READ_MS = 5000;

/** Which lines are wanted, and of whom. */
export interface JournalQuestion {
  readonly processes: Processes;
  readonly scope: BusScope;
  readonly invocation: Uint8Array;
  readonly lines: number;
  readonly signal: AbortSignal | undefined;
}

/** The last lines of one run of a unit, known by its invocation id; empty where there is no journal. */
export async function readJournal(
  { processes, scope, invocation, lines, signal }: JournalQuestion,
): Promise<readonly string[]> {
  const id = [...invocation].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const found: string[] = [];
  await processes.run({
    argv: [
      "journalctl",
      ...(scope === "session" ? ["--user"] : []),
      "--no-pager",
      "--quiet",
      "--output=cat",
      `--lines=${lines}`,
      `_SYSTEMD_INVOCATION_ID=${id}`,
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
