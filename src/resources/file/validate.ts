/**
 * Asking a command whether a new file is good before it takes the place of the old one.
 *
 * @module
 */

import { failure } from "../../base/result.ts";
import type { Failure } from "../../base/result.ts";
import type { Sight } from "../../host/files/files.ts";
import type { Context } from "../../kind/kind.ts";

/** Time the command may take. */
const TIMEOUT_MS = 60_000;

/** What is asked of whom. */
export interface Validation {
  /** Program and arguments with `%s`. */
  readonly command: readonly string[];
  /** What the new file is to replace. */
  readonly seen: Sight;
  /** The command may print the content, so nothing of what it prints is shown. */
  readonly sensitive: boolean;
}

/** Runs the command with the temporary file in the place of `%s`. */
export async function runValidation(
  { command, seen, sensitive }: Validation,
  temporaryPath: string,
  context: Context,
): Promise<Failure | undefined> {
  const [program, ...args] = command.map((word) => word.replaceAll("%s", () => temporaryPath));
  const text = command.join(" ");
  const ended = await context.host.processes.run({
    argv: [program ?? "", ...args],
    inherit: [],
    timeoutMs: TIMEOUT_MS,
    signal: context.signal,
    ...(sensitive ? {} : { line: (line, stream) => context.line(line, stream) }),
  });
  if (!ended.ok) return ended.failure;
  const { code, signal, ended: why, lines } = ended.value;
  if (sensitive && lines > 0) context.note(`the output of ${text} is not shown: it is sensitive`);
  if (code === 0) return undefined;
  const how = why === "timeout"
    ? `did not end within ${TIMEOUT_MS / 1000} s`
    : why === "stopped"
    ? "was stopped"
    : code === undefined
    ? `was ended by ${signal ?? "a signal"}`
    : `exited with ${code}`;
  return failure(`the new content was refused: ${text} ${how}`, {
    code: "validate",
    hint: `${seen.type === "absent" ? "nothing was made" : "the old file is still in place"}; ${
      sensitive
        ? "the command's output is not shown, as the content is sensitive"
        : "see the command's output"
    }`,
  });
}
