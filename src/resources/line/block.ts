/**
 * What has to change in the lines of a file for a block between two lines that name the resource.
 *
 * @module
 */

import { fail, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import type { LineParams, LineWish } from "./params.ts";
import { namedLines, placeFor, type Scope } from "./scope.ts";
import { type Edit, insertLines, newLine, type TextLine, usualEnd } from "../shared/parts/text.ts";

type Block = Extract<LineWish, { type: "block" }>;

/** From the line that begins a block to the one that ends it. */
interface Span {
  readonly first: number;
  readonly last: number;
}

/** The lines as they should be; undefined: as they are. */
export function editBlock(
  lines: readonly TextLine[],
  scope: Scope,
  block: Block,
  { absent, place, path }: Pick<LineParams, "absent" | "place" | "path">,
): Result<Edit | undefined> {
  const found = spansOf(lines, scope, block, path);
  if (!found.ok) return found;
  const [span, ...others] = found.value;
  if (absent) {
    if (span === undefined) return ok(undefined);
    const reason = `the block is there (${where(span)}) and should not be`;
    return ok({ lines: without(lines, found.value), reason });
  }
  const texts = [block.begin, ...block.lines, block.end];
  if (span === undefined) {
    const at = placeFor(lines, scope, { place, path });
    if (!at.ok) return at;
    return ok({ lines: insertLines(lines, at.value, texts), reason: "the block is not there" });
  }
  const same = span.last - span.first + 1 === texts.length &&
    texts.every((text, index) => lines[span.first + index]?.text === text);
  if (same && others.length === 0) return ok(undefined);
  const reasons = [
    ...(same ? [] : [`the block differs (${where(span)})`]),
    ...(others.length === 0 ? [] : [`it is there again (${where(others[0] ?? span)})`]),
  ];
  const last = lines[span.last]?.end ?? "";
  const end = usualEnd(lines);
  const replaced = texts.map((text, index) =>
    newLine(text, index === texts.length - 1 ? last : end)
  );
  const rest = without(lines.slice(span.last + 1), others.map(shifted(span.last + 1)));
  return ok({
    lines: [...lines.slice(0, span.first), ...replaced, ...rest],
    reason: reasons.join(", "),
  });
}

function shifted(by: number): (span: Span) => Span {
  return ({ first, last }) => ({ first: first - by, last: last - by });
}

function without(lines: readonly TextLine[], spans: readonly Span[]): readonly TextLine[] {
  return lines.filter((_line, index) =>
    !spans.some(({ first, last }) => first <= index && index <= last)
  );
}

function where({ first, last }: Span): string {
  return namedLines([first, last]).replace(" and ", " to ");
}

/** Where the block stands. A marker without its other half is for a person to put right. */
function spansOf(
  lines: readonly TextLine[],
  { from, to }: Scope,
  block: Block,
  path: string,
): Result<Span[]> {
  const spans: Span[] = [];
  let begun: number | undefined;
  for (let index = from; index < to; index++) {
    const text = lines[index]?.text;
    if (text === block.begin) {
      if (begun !== undefined) return halfBlock(path, begun, block.end);
      begun = index;
    } else if (text === block.end) {
      if (begun === undefined) return halfBlock(path, index, block.begin);
      spans.push({ first: begun, last: index });
      begun = undefined;
    }
  }
  return begun === undefined ? ok(spans) : halfBlock(path, begun, block.end);
}

function halfBlock(path: string, index: number, missing: string): Result<never> {
  return fail(`the block in ${path} has lost one of its two marks: line ${index + 1} is alone`, {
    code: "half-block",
    hint: `put the line ${JSON.stringify(missing)} back, or remove line ${index + 1}`,
  });
}
