/**
 * The pretty name of a host in the text of /etc/machine-info, whose other lines stay as they are. Pure.
 *
 * @module
 */

/** Where the pretty name is kept. */
export const MACHINE_INFO = "/etc/machine-info";

const ASSIGNMENT = /^\s*PRETTY_HOSTNAME=(.*)$/;

/** The pretty name in a text, as systemd reads it: the last counts; undefined: there is none. */
export function prettyName(text: string): string | undefined {
  return text.split("\n").flatMap((line) => {
    const value = ASSIGNMENT.exec(line)?.[1];
    return value === undefined ? [] : [unquoted(value.trim())];
  }).at(-1);
}

/** The text with that name, in the place of the first one that it has. */
export function withPrettyName(text: string, name: string): string {
  const assignment = `PRETTY_HOSTNAME="${name.replace(/["\\$`]/g, "\\$&")}"`;
  const lines = text.split("\n");
  const first = lines.findIndex((line) => ASSIGNMENT.test(line));
  const rest = lines.filter((line, index) => index === first || !ASSIGNMENT.test(line));
  if (first !== -1) return rest.with(first, assignment).join("\n");
  const begin = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return `${begin}${assignment}\n`;
}

/** A value as it is written for a shell, in single quotes, in double ones, or in none. */
function unquoted(value: string): string {
  const [, single, double] = /^(?:'([^']*)'|"((?:[^"\\]|\\.)*)")$/.exec(value) ?? [];
  if (single !== undefined) return single;
  if (double !== undefined) return double.replace(/\\(["\\$`])/g, "$1");
  return value.replace(/\\(.)/g, "$1");
}
