/**
 * From a command line to an exit code.
 *
 * @module
 */

import { printable } from "../base/printable.ts";
import type { Failure } from "../base/result.ts";
import { readFlags } from "../app/flags.ts";
import { parse, suggestion } from "./args.ts";
import type { CommandIO } from "./command.ts";
import { allCommands, commandNamed } from "./commands/on_demand.ts";
import { refuse } from "./refuse.ts";
import { oddVariables } from "./variables.ts";

/** Words that stand for a command. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  "--help": "help",
  "-h": "help",
  "--version": "version",
  "-v": "version",
  "-V": "version",
};

/** Runs the command that `argv` names; the result is the exit code. Never rejects. */
export async function dispatch(argv: readonly string[], on: CommandIO): Promise<number> {
  try {
    return await runCommand(argv, on);
  } catch (thrown) {
    const text = thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown);
    await on.complain(`mgmt: internal error; please report it with this text:\n${text}\n`);
    return 1;
  }
}

async function runCommand([word, ...args]: readonly string[], on: CommandIO): Promise<number> {
  if (word === undefined) {
    const { overview } = await import("./help.ts");
    await on.complain(overview(await allCommands()));
    return 1;
  }
  const wanted = OTHER_NAMES[word] ?? word;
  const command = await commandNamed(wanted);
  if (command === undefined) {
    const names = (await allCommands()).map(({ name }) => name);
    return await refuse(undefined, noSuchCommand(word, args, names), on);
  }
  const parsed = parse(command, args);
  const refused = async (why: Failure): Promise<number> => {
    const exitCode = await refuse(command.name, why, on);
    return command.wrongUse?.(args) ?? exitCode;
  };
  if (!parsed.ok) return await refused(parsed.failure);
  if (parsed.value.type === "help") {
    const { commandHelp } = await import("./help.ts");
    await on.print(commandHelp(command));
    return 0;
  }
  for (const text of oddVariables(command, on)) await on.complain(`mgmt: warning: ${text}\n`);
  const { given } = parsed.value;
  const values = readFlags(command.flags, { flags: given.flags, environment: on.environment });
  if (!values.ok) return await refused(values.failure);
  return await command.run({ ...given, values: values.value }, on);
}

function noSuchCommand(
  word: string,
  args: readonly string[],
  names: readonly string[],
): { message: string; hint?: string } {
  if (word.startsWith("-")) {
    const command = args.find((argument) => names.includes(argument)) ?? "run";
    return {
      message: `${word} comes after the command`,
      hint: `for instance: mgmt ${command} ${printable(word)} …`,
    };
  }
  if (/\.ya?ml$/.test(word)) {
    return { message: `${word} is no command`, hint: `did you mean mgmt run ${word}?` };
  }
  return { message: `unknown command "${word}"${suggestion(word, names)}` };
}
