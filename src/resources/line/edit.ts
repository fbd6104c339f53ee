/**
 * What has to change in the lines of a file. Pure: from lines to lines.
 *
 * @module
 */

import { fail, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import type { PartEdit } from "../shared/parts/part.ts";
import {
  type Edit,
  insertLines,
  joinLines,
  newLine,
  splitLines,
  type TextLine,
} from "../shared/parts/text.ts";
import { editBlock } from "./block.ts";
import { withGroups } from "./groups.ts";
import type { LineParams, LineWish } from "./params.ts";
import { fits, groupsIn } from "./pattern.ts";
import { linesWhere, namedLines, placeFor, type PlaceIn, type Scope, wholeOf } from "./scope.ts";
import { addSection, findSection, sectionText } from "./section.ts";
import { linesOfSetting } from "./setting.ts";

/** A pattern that fits more lines than this says less than was meant. */
const FITTING_MAX = 100;

/** What of a line resource says what a text should be. */
export type LineWanted = Pick<LineParams, "wish" | "absent" | "place" | "path" | "section">;
type Wanted = Exclude<LineWish, { type: "block" }>;
type Line = Extract<LineWish, { type: "line" }>;

/** The text as it should be; undefined: as it is. */
export function editText(text: Uint8Array, params: LineParams): Result<PartEdit | undefined> {
  const { mark, lines } = splitLines(text);
  const edit = editLines(lines, params);
  if (!edit.ok || edit.value === undefined) return edit.ok ? ok(undefined) : edit;
  const { reason } = edit.value;
  return ok({ reason, content: joinLines({ mark, lines: edit.value.lines }) });
}

/** The lines as they should be; undefined: as they are. */
export function editLines(
  lines: readonly TextLine[],
  wanted: LineWanted,
): Result<Edit | undefined> {
  const { section, path } = wanted;
  if (section === undefined) return editIn(lines, wholeOf(lines), wanted);
  const scope = findSection(lines, section, path);
  if (!scope.ok) return scope;
  if (scope.value !== undefined) return editIn(lines, scope.value, wanted);
  const name = sectionText(section);
  if (wanted.absent || (wanted.wish.type === "line" && wanted.wish.groups)) return ok(undefined);
  const added = addSection(lines, section);
  if (added === undefined) {
    return fail(`the section ${name} is not in ${path}`, {
      code: "no-section",
      hint: "where it belongs is for you to say: add it with a line resource whose block it is",
    });
  }
  const inside = findSection(added, section, path);
  if (!inside.ok || inside.value === undefined) return inside.ok ? ok(undefined) : inside;
  const edit = editIn(added, inside.value, wanted);
  if (!edit.ok || edit.value === undefined) return edit;
  return ok({ ...edit.value, reason: `the section ${name} is not there` });
}

function editIn(
  lines: readonly TextLine[],
  scope: Scope,
  { wish, absent, place, path }: LineWanted,
): Result<Edit | undefined> {
  if (wish.type === "block") return editBlock(lines, scope, wish, { absent, place, path });
  const fitting = fittingOf(lines, scope, wish, absent);
  const isMany = wish.type === "match" || wish.which !== "all";
  if (fitting.length > FITTING_MAX && isMany) {
    return fail(
      `${fitting.length} lines of ${path} fit match; more than ${FITTING_MAX} are not touched`,
      { code: "too-many", hint: "write a pattern that fits fewer lines, or say which: all" },
    );
  }
  if (absent) return ok(remove(lines, scope, wish, fitting));
  if (wish.type === "match") return ok(undefined);
  return wish.which === "one" && !wish.groups
    ? keepOne(lines, scope, wish, { fitting, place, path })
    : change(lines, scope, wish, { fitting, place, path });
}

/** The lines that the wish is about. */
function fittingOf(
  lines: readonly TextLine[],
  scope: Scope,
  wish: Wanted,
  absent: boolean,
): readonly number[] {
  if (wish.type === "line" && wish.setting !== undefined) {
    const { sets, isReady } = linesOfSetting(wish.setting);
    const found = linesWhere(lines, scope, sets);
    return found.length > 0 || absent ? found : linesWhere(lines, scope, isReady).slice(0, 1);
  }
  const { match, unless } = wish;
  if (match === undefined) return [];
  return linesWhere(
    lines,
    scope,
    (text) => fits(match, text) && (unless === undefined || !fits(unless, text)),
  );
}

function remove(
  lines: readonly TextLine[],
  scope: Scope,
  wish: Wanted,
  fitting: readonly number[],
): Edit | undefined {
  const going = new Set(fitting);
  if (wish.type === "line") {
    for (const index of linesWhere(lines, scope, isSame(wish.text, scope))) going.add(index);
  }
  if (going.size === 0) return undefined;
  const numbers = [...going].sort((a, b) => a - b);
  const verb = numbers.length === 1 ? "is there and should not be" : "are there and should not be";
  return {
    lines: lines.filter((_line, index) => !going.has(index)),
    reason: `${namedLines(numbers)} ${verb}`,
  };
}

interface Fitting extends PlaceIn {
  readonly fitting: readonly number[];
}

/** One line says it, and no other fits the pattern. */
function keepOne(
  lines: readonly TextLine[],
  scope: Scope,
  wish: Line,
  { fitting, ...where }: Fitting,
): Result<Edit | undefined> {
  const [equal] = linesWhere(lines, scope, isSame(wish.text, scope));
  const kept = equal ?? fitting[0];
  if (kept === undefined) return add(lines, scope, wish, where);
  const others = new Set(fitting.filter((index) => index !== kept));
  if (equal !== undefined && others.size === 0) return ok(undefined);
  const text = written(wish.text, scope);
  const edited = lines.flatMap((line, index) => {
    if (others.has(index)) return [];
    return index === kept && equal === undefined ? [newLine(text, line.end)] : [line];
  });
  const what = wish.setting === undefined ? "match" : wish.setting.name;
  const reasons = [
    ...(equal === undefined ? [`line ${kept + 1} differs`] : []),
    ...(others.size === 0 ? [] : [
      wish.setting === undefined
        ? `${namedLines([...others])} ${others.size === 1 ? "fits" : "fit"} match too`
        : `${namedLines([...others])} ${others.size === 1 ? "sets" : "set"} ${what} too`,
    ]),
  ];
  return ok({ lines: edited, reason: reasons.join(", ") });
}

/** The first, the last or all that fit say it; with groups also one of them alone. */
function change(
  lines: readonly TextLine[],
  scope: Scope,
  wish: Line,
  { fitting, ...where }: Fitting,
): Result<Edit | undefined> {
  const { which, match, groups, text } = wish;
  if (fitting.length === 0 || (!groups && !fits(match ?? "", text))) {
    // What is written is not what is looked for: once is enough.
    const isThere = linesWhere(lines, scope, isSame(text, scope)).length > 0;
    if (groups || (isThere && (which !== "all" || fitting.length === 0))) return ok(undefined);
    if (fitting.length === 0) return add(lines, scope, wish, where);
  }
  const chosen = new Set(
    which === "all" ? fitting : which === "last" ? fitting.slice(-1) : fitting.slice(0, 1),
  );
  const different: number[] = [];
  const edited = lines.flatMap((line, index) => {
    if (which === "one" && fitting.includes(index) && !chosen.has(index)) {
      different.push(index);
      return [];
    }
    if (!chosen.has(index)) return [line];
    const found = groups && match !== undefined ? groupsIn(match, line.text) : undefined;
    const becomes = found === undefined ? text : withGroups(text, found);
    if (isSame(becomes, scope)(line.text)) return [line];
    different.push(index);
    return [newLine(found === undefined ? written(becomes, scope) : becomes, line.end)];
  });
  if (different.length === 0) return ok(undefined);
  const verb = different.length === 1 ? "differs" : "differ";
  return ok({ lines: edited, reason: `${namedLines(different)} ${verb}` });
}

function add(
  lines: readonly TextLine[],
  scope: Scope,
  { text }: Line,
  where: PlaceIn,
): Result<Edit | undefined> {
  const at = placeFor(lines, scope, where);
  if (!at.ok) return at;
  return ok({
    lines: insertLines(lines, at.value, [written(text, scope)]),
    reason: "the line is not there",
  });
}

/** Whether a line says a text; where lines are indented, what they begin with does not count. */
function isSame(text: string, { indent }: Scope): (line: string) => boolean {
  return indent === undefined || /^\s/.test(text)
    ? (line) => line === text
    : (line) => line.trimStart() === text;
}

function written(text: string, { indent }: Scope): string {
  return indent === undefined || /^\s/.test(text) ? text : indent + text;
}
