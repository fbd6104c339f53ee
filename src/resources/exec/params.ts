/**
 * From the fields of an exec to what it runs.
 *
 * @module
 */

import { normalize } from "node:path";
import type { FieldIssue, ResolveContext } from "../../kind/kind.ts";
import type { ExecFields, ExecLimits } from "./fields.ts";
import { plainAccount } from "../shared/accounts/number.ts";
import { doubtCommand } from "../shared/command/shell_signs.ts";
import { type Argv, splitCommand } from "../shared/command/split.ts";

/** What an exec runs, when, and as whom. */
export interface ExecParams {
  readonly name: string;
  readonly argv: Argv;
  /** No shell reads the command, though one could have been meant to. */
  readonly bare: boolean;
  /** Neither the commands nor what they print may be shown. */
  readonly sensitive: boolean;
  readonly timeoutSeconds: number;
  readonly condition?: Argv;
  /** Its success says that there is nothing to do. */
  readonly unless?: Argv;
  readonly watch?: Argv;
  readonly pollSeconds: number;
  /** Exit codes that are success. */
  readonly successCodes: readonly number[];
  readonly limits?: ExecLimits;
  readonly creates?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What the command itself reads. */
  readonly stdin?: string;
  /** Variables of the agent that the commands have, too. */
  readonly inherit: readonly string[];
  /** Permissions that its new files do not have. */
  readonly umask?: number;
  readonly user?: string;
  readonly group?: string;
}

/** The commands, and what reads them. */
const COMMANDS = [["cmd", "shell"], ["ifcmd", "ifshell"], ["unless", "unless_shell"], [
  "watchcmd",
  "watchshell",
]] as const;

type TellMistake = (path: keyof ExecFields, message: string, hint?: string) => void;

/** Program and arguments as a list says them; undefined: none does. */
function argumentsOf({ args }: ExecFields): Argv | undefined {
  const [program, ...others] = args ?? [];
  return program === undefined ? undefined : [program, ...others];
}

/** What `args` cannot be, and what cannot be beside it. */
function issueArguments({ args, cmd, shell }: ExecFields, issue: TellMistake): void {
  if (args === undefined) return;
  if (args[0] === "") issue("args", "args begins with an empty text", "begin it with the program");
  if (cmd !== undefined) issue("args", "args and cmd both say what runs", "leave one of them out");
  if (shell !== undefined) {
    issue("shell", "no shell reads args", "leave it out, or write cmd in place of args");
  }
}

/** Makes parameters of fields; mistakes go to `context`. */
export function resolveExec(fields: ExecFields, context: ResolveContext): ExecParams {
  const issue: TellMistake = (path, message, hint) => {
    const what: FieldIssue = { path: [path], message };
    context.issue(hint === undefined ? what : { ...what, hint });
  };
  const argvOf = (name: (typeof COMMANDS)[number][0], shellName: keyof ExecFields): Argv => {
    const argv = splitCommand(fields[name] ?? "", fields[shellName] as string | undefined);
    if (argv !== undefined) return argv;
    if (fields[name] === undefined) issue(name, `${name} is missing (text), and args too`);
    else issue(name, `${name} says nothing to run`);
    return [""];
  };
  const pathOf = (name: "cwd" | "creates"): string | undefined => {
    const path = fields[name];
    if (path === undefined) return undefined;
    if (!path.startsWith("/")) issue(name, `${name} is not an absolute path`, "begin it with /");
    const plain = normalize(path);
    return plain === "/" ? plain : plain.replace(/\/$/, "");
  };
  for (const [command, shell] of COMMANDS) {
    // Without cmd it is said that cmd is missing, or that args need no shell.
    if (command !== "cmd" && fields[shell] !== undefined && fields[command] === undefined) {
      issue(shell, `${shell} is set, but not ${command}`);
    }
  }
  issueArguments(fields, issue);
  const sensitive = fields.sensitive ?? false;
  for (const [field, shellField] of COMMANDS) {
    const [command, shell] = [fields[field], fields[shellField]];
    doubtCommand({ field, shellField, command, shell, sensitive }, context);
  }
  const cwd = pathOf("cwd");
  const creates = pathOf("creates");
  return {
    name: context.name,
    argv: argumentsOf(fields) ?? argvOf("cmd", "shell"),
    bare: fields.shell === undefined && fields.args === undefined,
    sensitive,
    timeoutSeconds: fields.timeout ?? 0,
    pollSeconds: fields.pollint ?? 0,
    successCodes: fields.success_codes ?? [0],
    inherit: fields.inherit_env ?? [],
    ...(fields.ifcmd === undefined ? {} : { condition: argvOf("ifcmd", "ifshell") }),
    ...(fields.unless === undefined ? {} : { unless: argvOf("unless", "unless_shell") }),
    ...(fields.watchcmd === undefined ? {} : { watch: argvOf("watchcmd", "watchshell") }),
    ...(creates === undefined ? {} : { creates }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(fields.env === undefined ? {} : { env: fields.env }),
    ...(fields.stdin === undefined ? {} : { stdin: fields.stdin }),
    ...(fields.umask === undefined ? {} : { umask: parseInt(fields.umask, 8) }),
    ...(fields.user === undefined ? {} : { user: plainAccount(fields.user) }),
    ...(fields.limits === undefined ? {} : { limits: fields.limits }),
    ...(fields.group === undefined ? {} : { group: plainAccount(fields.group) }),
  };
}
