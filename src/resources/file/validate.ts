/**
 * Asking a command whether a new file is good before it takes the place of the old one.
 *
 * @module
 */

import { failure } from "../../base/result.ts";
import type { Failure } from "../../base/result.ts";
import type { Context } from "../../kind/kind.ts";

/** Time the command may take. */
const TIMEOUT_MS = 60_000;

/** Runs the command with the temporary file in the place of `%s`. */
export async function runValidation(
  command: readonly string[],
  temporaryPath: string,
  context: Context,
): Promise<Failure | undefined> {
  const [program, ...args] = command.map((word) => word.replaceAll("%s", () => temporaryPath));
  const text = command.join(" ");
  const ended = await context.host.processes.run({
    argv: [program ?? "", ...args],
    timeoutMs: TIMEOUT_MS,
    signal: context.signal,
    line: (line, stream) => context.line(line, stream),
  });
  if (!ended.ok) return ended.failure;
  const { code, signal, ended: why } = ended.value;
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
    hint: "the old file is still in place; see the command's output",
  });
}
