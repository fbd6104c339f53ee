/**
 * Places in a text: where something new goes, and how they are named.
 *
 * @module
 */

import { fail, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import type { LineParams } from "./params.ts";
import { fits } from "./pattern.ts";
import type { TextLine } from "./text.ts";

/** Lines that a message names. */
const NAMED_MAX = 5;

/** Before which line something new goes. */
export function placeFor(
  lines: readonly TextLine[],
  { place, path }: Pick<LineParams, "place" | "path">,
): Result<number> {
  if (place.type === "end") return ok(lines.length);
  if (place.type === "beginning") return ok(0);
  const fitting = fittingLines(lines, place.pattern);
  const anchor = place.type === "before" ? fitting[0] : fitting.at(-1);
  if (anchor === undefined) {
    return fail(`no line of ${path} fits ${place.type}: ${place.pattern}`, {
      code: "no-place",
      hint: `correct the pattern, or leave ${place.type} out to have it at the end`,
    });
  }
  return ok(place.type === "before" ? anchor : anchor + 1);
}

/** The lines that fit a pattern. */
export function fittingLines(lines: readonly TextLine[], pattern: string): readonly number[] {
  return lines.flatMap(({ text }, index) => fits(pattern, text) ? [index] : []);
}

/** Indexes as a reader counts: `line 3`, `lines 3, 7 and 2 more`. */
export function namedLines(indexes: readonly number[]): string {
  const numbers = indexes.map((index) => index + 1);
  if (numbers.length === 1) return `line ${numbers[0]}`;
  const shown = numbers.slice(0, NAMED_MAX);
  const rest = numbers.length - shown.length;
  if (rest > 0) return `lines ${shown.join(", ")} and ${rest} more`;
  return `lines ${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
