/**
 * What is written to a terminal to have lines scroll above a few rows that stay at the bottom.
 *
 * The cursor waits at the beginning of the first of those rows, never at their end: after a resize the
 * terminal has it there still, however it broke the rows, so that everything from it on can be erased;
 * and what others write (the terminal itself, a command, a shell) is not erased with them.
 *
 * @module
 */

/** From the beginning of this row to the end of the screen. */
const ERASE = "\r\x1b[J";
/** A row that the terminal takes for longer than it was meant must not become two. */
const [NO_WRAP, WRAP] = ["\x1b[?7l", "\x1b[?7h"];

/**
 * The bytes for lines (each with its line break) above rows; `erases`: there are rows on the screen
 * that these take the place of. Rows have no control characters but colours.
 */
export function frame(lines: string, rows: readonly string[], erases: boolean): string {
  const before = erases ? ERASE : "";
  if (rows.length === 0) return `${before}${lines}`;
  const up = rows.length > 1 ? `\x1b[${rows.length - 1}A` : "";
  return `${before}${lines}${NO_WRAP}${rows.join("\r\n")}${up}\r${WRAP}`;
}
