/**
 * Asking a command whether a new file is good before it takes the place of the old one.
 *
 * @module
 */

import { failure } from "../../../base/result.ts";
import type { Failure } from "../../../base/result.ts";
import { shellWord } from "../../../base/shell_word.ts";
import type { Sight } from "../../../os/files/files.ts";
import type { Exit } from "../../../os/process/processes.ts";
import type { KindContext, ResolveContext, UnknownOutcome } from "../../../kind/kind.ts";
import { doubtCommand, shellHint } from "../command/shell_signs.ts";
import { type Argv, splitCommand } from "../command/split.ts";
import { type Hidden, WHY_HIDDEN } from "./private.ts";

/** Time the command may take. */
const TIMEOUT_MS = 60_000;
/** Stands for the new file; for a shell with quotes around it or without. */
const FILE_SIGN = "%s";
const FILE = /"%s"|'%s'|%s/g;

/** Whom a file is shown to. */
export interface Validator {
  /** With `%s` for the file. */
  readonly command: string;
  readonly shell?: string;
}

/** What is asked of whom. */
export interface Validation {
  readonly validator: Validator;
  /** What the new file is to replace. */
  readonly seen: Sight;
  /** The command may print the content, so nothing of what it prints is shown. */
  readonly hidden: Hidden;
}

/** The fields of a validator; mistakes go to the context. */
export function readValidator(
  fields: { readonly validate?: string; readonly validate_shell?: string },
  context: ResolveContext,
): Validator | undefined {
  const { validate: command, validate_shell: shell } = fields;
  const issue = (field: keyof typeof fields, message: string, hint: string) =>
    context.issue({ path: [field], message, hint });
  if (command === undefined) {
    if (shell !== undefined) {
      issue("validate_shell", "validate_shell is set, but not validate", "take it away");
    }
    return undefined;
  }
  if (splitCommand(command, shell) === undefined || !command.includes(FILE_SIGN)) {
    const hint = "write %s in its place, for instance: visudo -cf %s";
    issue("validate", "validate does not say where the file goes", hint);
  }
  const about = { field: "validate", shellField: "validate_shell", command, shell };
  doubtCommand(about, context);
  return shell === undefined ? { command } : { command, shell };
}

/** What a plan says of a change that a command will judge: it is not run before there is something. */
export function judgedBy(validator: Validator | undefined): { unknown?: UnknownOutcome } {
  return validator === undefined
    ? {}
    : { unknown: { why: "its validate has the last word", isDue: true } };
}

/** Why the command could not be started; what it would say of the new file is not known before. */
export async function foreseeValidation(
  validator: Validator,
  { host }: KindContext,
): Promise<Failure | undefined> {
  const argv = argvFor(validator, FILE_SIGN);
  // The new file may be the program itself.
  if (argv[0].includes(FILE_SIGN)) return undefined;
  return await host.processes.foresee({ argv, inherit: [] });
}

/** Runs the command with the temporary file in the place of `%s`. */
export async function runValidation(
  { validator, seen, hidden }: Validation,
  temporaryPath: string,
  context: KindContext,
): Promise<Failure | undefined> {
  const printed: [string, "stdout" | "stderr"][] = [];
  const ended = await context.host.processes.run({
    argv: argvFor(validator, temporaryPath),
    resource: context.key,
    inherit: [],
    timeoutMs: TIMEOUT_MS,
    signal: context.signal,
    line: (line, stream) => void printed.push([line, stream]),
  });
  if (!ended.ok) return ended.failure;
  const isRight = ended.value.ended === undefined && ended.value.code === 0;
  const shown = hidden === undefined ? printed : [];
  for (const [line, stream] of shown) context.line(line, stream, { detail: isRight });
  if (isRight) return undefined;
  const output = printed.length === 0
    ? "the command printed nothing"
    : hidden === undefined
    ? "see the command's output"
    : `the command's output is not shown, as ${WHY_HIDDEN[hidden]}`;
  const state = seen.type === "absent" ? "nothing was made" : "the old file is still in place";
  const reader = validator.shell === undefined
    ? shellHint(argvFor(validator, FILE_SIGN), "set validate_shell: /bin/sh")
    : undefined;
  return failure(`the new content was refused: ${validator.command} ${endOf(ended.value)}`, {
    code: "validate",
    hint: [state, output, ...(reader === undefined ? [] : [reader])].join("; "),
  });
}

function argvFor({ command, shell }: Validator, path: string): Argv {
  const file = () => path;
  if (shell === undefined) {
    const argv = splitCommand(command, undefined) ?? [""];
    return argv.map((word) => word.replaceAll(FILE_SIGN, file)) as [string, ...string[]];
  }
  return splitCommand(command.replaceAll(FILE, () => shellWord(path)), shell) ?? [""];
}

function endOf({ code, signal, ended }: Exit): string {
  if (ended === "timeout") return `did not end within ${TIMEOUT_MS / 1000} s`;
  if (ended === "stopped") return "was stopped";
  return code === undefined ? `was ended by ${signal ?? "a signal"}` : `exited with ${code}`;
}
