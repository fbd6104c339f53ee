/**
 * Lines that differ between two texts. The package behind it is loaded with the first difference.
 *
 * @module
 */

import { structuredPatch } from "diff";
import { LIMITS } from "../../../base/limits.ts";
import { printable } from "../../../base/printable.ts";

/** Unchanged lines shown around each change. */
const CONTEXT_LINES = 2;
/** Beyond so many changed lines the search takes too long. */
const EDITS = 4000;

/** The difference in the usual form: `-` what goes, `+` what comes. */
export function textDifference(oldText: string, newText: string): string[] {
  const options = { context: CONTEXT_LINES, maxEditLength: EDITS };
  const patch = structuredPatch("old", "new", oldText, newText, undefined, undefined, options);
  if (patch === undefined) return ["(too much differs to show)"];
  const lines = patch.hunks.flatMap((hunk) => [
    `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`,
    ...hunk.lines,
  ]);
  const shown = lines.slice(0, LIMITS.diffLines).map((line) => printable(cut(line)));
  const rest = lines.length - shown.length;
  return rest > 0 ? [...shown, `(${rest} more lines)`] : shown;
}

/** As diff writes it: one line goes without its number, none is said to be after the line before. */
function range(start: number, lines: number): string {
  if (lines === 1) return `${start}`;
  return lines === 0 ? `${start - 1},0` : `${start},${lines}`;
}

function cut(line: string): string {
  return line.length > LIMITS.outputLineBytes ? `${line.slice(0, LIMITS.outputLineBytes)}…` : line;
}
