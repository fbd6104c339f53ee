/**
 * How many columns of a terminal a text takes. Terminals differ where pictures are put together of
 * several characters; those are counted one by one, so that a text is rather cut too early than too late.
 *
 * @module
 */

import { isWide } from "./wide.ts";

/** What stands on the character before it, or is not seen at all. */
const NO_COLUMN = /[\p{M}\p{Cf}\ufe00-\ufe0f]/u;
/** Such characters that are kept of each column: more are of no language. */
const MARKS_KEPT = 8;

function columnsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (NO_COLUMN.test(character)) return 0;
  return isWide(character) ? 2 : 1;
}

/** A text without control characters that fits into so many columns; what is cut ends with `…`. */
export function cutToColumns(text: string, columns: number): string {
  let whole = "";
  /** What is left of it where something is cut. */
  let short = "";
  let used = 0;
  let marks = 0;
  for (const character of text) {
    const width = columnsOf(character);
    marks = width === 0 ? marks + 1 : 0;
    if (marks > MARKS_KEPT) continue;
    if (used + width > columns) return columns < 1 ? "" : `${short}…`;
    used += width;
    whole += character;
    if (used < columns) short = whole;
  }
  return whole;
}
