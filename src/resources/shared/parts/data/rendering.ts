/**
 * How a text of data is laid out, so that what is written into it looks like the rest.
 *
 * @module
 */

/** The line end that a text has; of a text without one, that of Unix. */
export function lineEndOf(text: string): "\n" | "\r\n" {
  const at = text.indexOf("\n");
  return at > 0 && text[at - 1] === "\r" ? "\r\n" : "\n";
}

/** Blanks at the beginning of the line in which an offset is. */
export function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? "";
}

/** What one level of a text is moved to the right by: as its first line that is. */
export function indentUnit(text: string, otherwise: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? otherwise;
}

/** Where an offset is, from 1. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - before.lastIndexOf("\n") };
}

/** A text with a part of it replaced. */
export function replaced(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}
