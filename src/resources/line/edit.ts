/**
 * What has to change in the lines of a file. Pure: from lines to lines.
 *
 * @module
 */

import { fail, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import { editBlock } from "./block.ts";
import type { LineParams, LineWish } from "./params.ts";
import { fittingLines, namedLines, placeFor } from "./places.ts";
import { type Edit, insertLines, newLine, type TextLine } from "./text.ts";

/** A pattern that fits more lines than this says less than was meant. */
const FITTING_MAX = 100;

/** The lines as they should be; undefined: as they are. */
export function editLines(
  lines: readonly TextLine[],
  { wish, absent, place, path }: Pick<LineParams, "wish" | "absent" | "place" | "path">,
): Result<Edit | undefined> {
  if (wish.type === "block") return editBlock(lines, wish, { absent, place, path });
  const fitting = wish.match === undefined ? [] : fittingLines(lines, wish.match);
  if (fitting.length > FITTING_MAX) {
    return fail(
      `${fitting.length} lines of ${path} fit match; more than ${FITTING_MAX} are not touched`,
      { code: "too-many", hint: "write a pattern that fits fewer lines" },
    );
  }
  return absent ? ok(remove(lines, wish, fitting)) : keep(lines, wish, fitting, { place, path });
}

function remove(
  lines: readonly TextLine[],
  wish: Exclude<LineWish, { type: "block" }>,
  fitting: readonly number[],
): Edit | undefined {
  const going = new Set(fitting);
  if (wish.type === "line") {
    for (const [index, { text }] of lines.entries()) if (text === wish.text) going.add(index);
  }
  if (going.size === 0) return undefined;
  const numbers = [...going].sort((a, b) => a - b);
  const verb = numbers.length === 1 ? "is there and should not be" : "are there and should not be";
  return {
    lines: lines.filter((_line, index) => !going.has(index)),
    reason: `${namedLines(numbers)} ${verb}`,
  };
}

/** One line says it, and no other fits the pattern. */
function keep(
  lines: readonly TextLine[],
  wish: Exclude<LineWish, { type: "block" }>,
  fitting: readonly number[],
  where: Pick<LineParams, "place" | "path">,
): Result<Edit | undefined> {
  if (wish.type === "match") return ok(undefined);
  const equal = lines.findIndex(({ text }) => text === wish.text);
  const kept = equal >= 0 ? equal : fitting[0];
  if (kept === undefined) {
    const at = placeFor(lines, where);
    return at.ok
      ? ok({ lines: insertLines(lines, at.value, [wish.text]), reason: "the line is not there" })
      : at;
  }
  const others = new Set(fitting.filter((index) => index !== kept));
  if (equal >= 0 && others.size === 0) return ok(undefined);
  const edited = lines.flatMap((line, index) => {
    if (others.has(index)) return [];
    return index === kept && equal < 0 ? [newLine(wish.text, line.end)] : [line];
  });
  const reasons = [
    ...(equal < 0 ? [`line ${kept + 1} differs`] : []),
    ...(others.size === 0 ? [] : [
      `${namedLines([...others])} ${others.size === 1 ? "fits" : "fit"} match too`,
    ]),
  ];
  return ok({ lines: edited, reason: reasons.join(", ") });
}
