/**
 * Commands as a program and its arguments.
 *
 * @module
 */

/** Program and arguments. */
export type Argv = readonly [string, ...string[]];

/** Program and arguments of a command; undefined: it is blank. A shell may have options of its own. */
export function splitCommand(command: string, shell: string | undefined): Argv | undefined {
  const [program, ...options] = words(shell ?? command);
  if (program === undefined || words(command).length === 0) return undefined;
  return shell === undefined ? [program, ...options] : [program, ...options, "-c", command];
}

/** A command split on blanks. */
export function words(text: string): string[] {
  return text.split(/[ \t\r\n]+/).filter((word) => word !== "");
}
