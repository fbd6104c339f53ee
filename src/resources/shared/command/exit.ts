/**
 * How a command ended, in words.
 *
 * @module
 */

import { type Failure, failure } from "../../../base/result.ts";
import type { Exit } from "../../../os/process/processes.ts";

/** Lines of output that a failure repeats, and their length together. */
const SHOWN_LINES = 3;
const SHOWN_LENGTH = 300;

/** The failure of a command that did not exit with 0, or with one of the codes that are success. */
export function exitFailure(
  exit: Exit,
  timeoutSeconds: number,
  hint: string | undefined,
  successCodes: readonly number[] = [0],
): Failure | undefined {
  const { ended, code } = exit;
  if (ended === undefined && code !== undefined && successCodes.includes(code)) return undefined;
  const lines = exit.tail.filter((line) => line.trim() !== "").slice(-SHOWN_LINES);
  const text = lines.join(" / ");
  const shown = text.length > SHOWN_LENGTH ? `…${text.slice(-SHOWN_LENGTH)}` : text;
  const printed = shown === "" ? "" : `: ${shown}`;
  // That 0 is none of them is not what a reader expects.
  const others = code === 0 && ended === undefined
    ? ` (success_codes: ${successCodes.join(", ")})`
    : "";
  return failure(`${endOf(exit, timeoutSeconds)}${others}${printed}`, {
    code: exit.ended ?? "exit",
    ...(printed === "" ? {} : { printed }),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** How a command ended, as the rest of a sentence that begins with its name. */
export function endOf({ ended, code, signal, survivors }: Exit, timeoutSeconds: number): string {
  const left = survivors === 0
    ? ""
    : ` (${survivors} of its processes cannot be ended: they wait for a device or a mount)`;
  if (ended === "timeout") {
    return `did not end within ${timeoutSeconds} s (timeout) and was stopped${left}`;
  }
  if (ended === "stopped") return `was stopped${left}`;
  return code === undefined ? `was ended by ${signal ?? "a signal"}` : `exited with code ${code}`;
}
