import { printable } from "../base/printable.ts";
import type { Surface } from "./command.ts";

/** Says why a command line is not what a command takes; the result is the exit code. */
export async function refuse(
  command: string | undefined,
  { message, hint }: { readonly message: string; readonly hint?: string },
  { complain }: Pick<Surface, "complain">,
): Promise<number> {
  const name = command === undefined ? "mgmt" : `mgmt ${command}`;
  const advice = hint ??
    `${command === undefined ? "mgmt help" : `mgmt help ${command}`} says more`;
  await complain(`${name}: ${printable(message)}\n  hint: ${printable(advice)}\n`);
  return 1;
}
