/**
 * Lines that differ between two texts. The package behind it is loaded with the first difference.
 *
 * @module
 */

import { structuredPatch } from "diff";
import { LIMITS } from "../../base/limits.ts";
import { printable } from "../../base/printable.ts";

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
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines,
  ]);
  const shown = lines.slice(0, LIMITS.diffLines).map((line) => printable(cut(line)));
  const rest = lines.length - shown.length;
  return rest > 0 ? [...shown, `(${rest} more lines)`] : shown;
}

function cut(line: string): string {
  return line.length > LIMITS.outputLineBytes ? `${line.slice(0, LIMITS.outputLineBytes)}…` : line;
}
