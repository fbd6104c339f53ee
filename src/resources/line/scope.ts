/**
 * Which lines of a text a resource is about, where something new goes in them, and how they are named.
 *
 * @module
 */

import { fail, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import type { TextLine } from "../shared/parts/text.ts";
import { fits } from "./pattern.ts";

/** Where something new goes. */
export type LinePlace =
  | { readonly type: "beginning" }
  | { readonly type: "end" }
  | { readonly type: "after" | "before"; readonly pattern: string };

/** Lines that are looked at; all are indexes, and `to` is the one behind the last. */
export interface Scope {
  readonly from: number;
  readonly to: number;
  /** Before which line something new goes that is to be the first. */
  readonly begin: number;
  /** Before which line something new goes that is to be the last. */
  readonly end: number;
  /** What its lines begin with; what a line of a resource begins with does not count there. */
  readonly indent?: string;
}

/** A place, and the file in which it is, for messages. */
export interface PlaceIn {
  readonly place: LinePlace;
  readonly path: string;
}

/** Lines that a message names. */
const NAMED_MAX = 5;

/** All lines. */
export function wholeOf(lines: readonly TextLine[]): Scope {
  return { from: 0, to: lines.length, begin: 0, end: lines.length };
}

/** Before which line something new goes. */
export function placeFor(
  lines: readonly TextLine[],
  scope: Scope,
  { place, path }: PlaceIn,
): Result<number> {
  if (place.type === "end") return ok(scope.end);
  if (place.type === "beginning") return ok(scope.begin);
  const fitting = linesWhere(lines, scope, (text) => fits(place.pattern, text));
  const anchor = place.type === "before" ? fitting[0] : fitting.at(-1);
  if (anchor === undefined) {
    return fail(`no line of ${path} fits ${place.type}: ${place.pattern}`, {
      code: "no-place",
      hint: `correct the pattern, or leave ${place.type} out to have it at the end`,
    });
  }
  return ok(place.type === "before" ? anchor : anchor + 1);
}

/** The lines of which something is true. */
export function linesWhere(
  lines: readonly TextLine[],
  { from, to }: Scope,
  is: (text: string) => boolean,
): readonly number[] {
  const found: number[] = [];
  for (let index = from; index < to; index++) {
    const line = lines[index];
    if (line !== undefined && is(line.text)) found.push(index);
  }
  return found;
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
