import { printable } from "../base/printable.ts";
import type { CommandIO } from "./command.ts";

/**
 * Says why a command line is not what a command takes, or why it could not be done; the result is the
 * exit code. What has a code is not about the command line, and its help says nothing of it.
 */
export async function refuse(
  command: string | undefined,
  { message, hint, code }: {
    readonly message: string;
    readonly hint?: string;
    readonly code?: string;
  },
  { complain }: Pick<CommandIO, "complain">,
): Promise<number> {
  const name = command === undefined ? "mgmt" : `mgmt ${command}`;
  const help = command === undefined ? "mgmt help" : helpOf(command.split(" ")[0]!);
  const advice = hint ?? (code === undefined ? `${help} says more` : undefined);
  const line = advice === undefined ? "" : `  hint: ${printable(advice)}\n`;
  await complain(`${name}: ${printable(message)}\n${line}`);
  return 1;
}

/** Of help itself there is an overview. */
function helpOf(command: string): string {
  return command === "help" ? "mgmt help" : `mgmt help ${command}`;
}
