/**
 * Texts in the unit files of systemd, so that they mean there what they are.
 *
 * @module
 */

/** Text where specifiers count and nothing else does, on one line. */
export function lineText(text: string): string {
  // deno-lint-ignore no-control-regex -- they are what has to go
  return text.replace(/[\x00-\x1f\x7f\\]/g, "?").replaceAll("%", "%%");
}

/** The program in a command line of a unit: no variables there. */
export function programWord(path: string): string {
  return quoted(path.replaceAll("%", "%%"));
}

/** An argument in a command line of a unit, so that the program gets exactly this text. */
export function argumentWord(text: string): string {
  return quoted(text.replaceAll("%", "%%").replaceAll("$", "$$$$"));
}

/** An assignment for `Environment=`. */
export function assignmentWord(name: string, value: string): string {
  return quoted(`${name}=${value}`.replaceAll("%", "%%"));
}

function quoted(text: string): string {
  if (/^[\w/.@+,:=%$-]+$/.test(text)) return text;
  // deno-lint-ignore no-control-regex -- a unit's line cannot hold them as they are
  const escaped = text.replace(/[\x00-\x1f\x7f"\\]/g, escape);
  return `"${escaped}"`;
}

function escape(character: string): string {
  if (character === '"' || character === "\\") return `\\${character}`;
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
