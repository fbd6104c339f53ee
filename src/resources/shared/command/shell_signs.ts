/**
 * Commands without a shell that were written as if one would read them.
 *
 * @module
 */

import type { FieldIssue, ResolveContext } from "../../../kind/kind.ts";
import { words } from "./split.ts";

/** What only a shell would understand, wherever it stands. */
const SIGNS = /[|&;<>$`'"*?~\\]/;
/** An assignment in the place of the program. */
const ASSIGNMENT = /^[A-Za-z_]\w*\+?=/;
/** Quotes, variables, home directories, and operators that stand alone or before a file. */
const FOR_A_SHELL = [
  /['"`]/,
  /\$[({A-Za-z_]/,
  /^~(\/|$)/,
  /^(\|\|?|\|&|&&?)$/,
  /^[0-9&]?(>>|>\||<<|[<>](?!=))(?![^<>]*>$)/,
];
/** Commands that another program runs end with a `;` of its own. */
const OPENS_COMMAND = /^-(exec|execdir|ok|okdir)$/;

/** The first word that somebody wrote for a shell; undefined: there is none. */
function wordForShell(command: string): string | undefined {
  const all = words(command);
  const [program] = all;
  if (program !== undefined && ASSIGNMENT.test(program)) return program;
  const opened = all.findIndex((word) => OPENS_COMMAND.test(word));
  return all.find((word, index) =>
    FOR_A_SHELL.some((sign) => sign.test(word)) ||
    (word.endsWith(";") && (opened < 0 || index < opened) && (word === ";" || all[index + 1]))
  );
}

/** A hint for a command without a shell that failed. */
export function shellHint(
  argv: readonly string[],
  set = "set shell: /bin/sh",
): string | undefined {
  return argv.some((word) => SIGNS.test(word))
    ? `no shell reads this command; if one should, ${set}`
    : undefined;
}

/** Which field holds a command, and which the shell for it. */
export interface CommandField {
  readonly field: string;
  readonly shellField: string;
  readonly command: string | undefined;
  readonly shell: string | undefined;
  /** The command must not be quoted. */
  readonly sensitive?: boolean;
}

/** Tells whoever wrote the graph of a command that a shell was probably meant to read. */
export function doubtCommand(about: CommandField, context: ResolveContext): void {
  const { field, shellField, command, shell, sensitive = false } = about;
  const word = command === undefined || shell !== undefined ? undefined : wordForShell(command);
  if (word === undefined) return;
  const what = sensitive ? "what a shell would understand" : JSON.stringify(word);
  const issue: FieldIssue = {
    path: [field],
    message: `no shell reads ${field}: ${what} is passed on as it stands`,
    hint: `set ${shellField}: /bin/sh if a shell should read it`,
  };
  context.doubt?.(issue);
}
