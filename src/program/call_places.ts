/**
 * Where in the text of a call something is: `file("/etc/motd", { content: … })` is known by the place of its name,
 * and its arguments and their keys are found from there, roughly, as a reader would.
 *
 * @module
 */

/** A part of a text, by offsets. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** One entry of an object as it is written. */
interface WrittenEntry {
  readonly name: string;
  readonly key: TextRange;
  readonly value: TextRange;
}

const OPENING = "([{";
const CLOSING = ")]}";
/** After these a slash begins a regular expression. */
const BEFORE_EXPRESSION = /(?:^|[=(,:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|in|of))\s*$/;
/** What is looked at of a call. */
const CALL_CHARACTERS = 100_000;
const IDENTIFIER = /[\p{ID_Start}$_][\p{ID_Continue}$]*/uy;
const KEY =
  /^\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([\p{ID_Start}$_][\p{ID_Continue}$]*)|(\d+))\s*(:|$|\()/u;

/** The name that is called at an offset, or one character. */
export function nameAt(text: string, offset: number): TextRange {
  IDENTIFIER.lastIndex = offset;
  const name = IDENTIFIER.exec(text)?.[0] ?? "";
  return { start: offset, end: offset + Math.max(1, name.length) };
}

/** The arguments of the call whose name is at an offset, without the blanks around them. */
export function argumentsAt(text: string, offset: number): readonly TextRange[] {
  const open = text.indexOf("(", nameAt(text, offset).end);
  return open < 0 ? [] : partsInside(text, open);
}

/** Where in an argument a path leads, or the nearest place on the way to it. */
export function rangeAt(
  text: string,
  from: TextRange,
  path: readonly (string | number)[],
  part: "key" | "value",
): TextRange {
  let found = from;
  for (const [depth, segment] of path.entries()) {
    const inside = text[found.start];
    if (inside === "[" && typeof segment === "number") {
      const item = partsInside(text, found.start)[segment];
      if (item === undefined) return found;
      found = item;
      continue;
    }
    const entry = inside === "{" ? entryOf(text, found.start, String(segment)) : undefined;
    if (entry === undefined) return found;
    const isLast = depth === path.length - 1;
    if (isLast && part === "key") return entry.key;
    found = entry.value;
  }
  return found;
}

function entryOf(text: string, open: number, name: string): WrittenEntry | undefined {
  return partsInside(text, open).map((range) => entryIn(text, range))
    .findLast((entry) => entry?.name === name);
}

function entryIn(text: string, { start, end }: TextRange): WrittenEntry | undefined {
  const written = text.slice(start, end);
  const found = KEY.exec(written);
  if (found === null) return undefined;
  const [whole, double, single, word, digits, after] = found;
  const name = double ?? single ?? word ?? digits ?? "";
  const keyStart = start + whole.search(/\S/);
  const quotes = double !== undefined || single !== undefined ? 2 : 0;
  const key = { start: keyStart, end: keyStart + name.length + quotes };
  if (after !== ":") return { name, key, value: key };
  return { name, key, value: trimmed(text, { start: start + whole.length, end }) };
}

/** What stands between commas inside of a bracket. */
function partsInside(text: string, open: number): readonly TextRange[] {
  const parts: TextRange[] = [];
  const last = Math.min(text.length, open + CALL_CHARACTERS);
  let depth = 0;
  let start = open + 1;
  for (let at = open; at < last; at = next(text, at)) {
    const character = text[at] ?? "";
    if (OPENING.includes(character)) depth++;
    const isEnd = CLOSING.includes(character) && --depth === 0;
    if (!isEnd && !(character === "," && depth === 1)) continue;
    const part = trimmed(text, { start, end: at });
    if (part.end > part.start) parts.push(part);
    start = at + 1;
    if (isEnd) break;
  }
  return parts;
}

/** Behind what begins at an offset: a character, or a text, comment or regular expression as a whole. */
function next(text: string, at: number): number {
  const character = text[at] ?? "";
  if (character === '"' || character === "'") return endOfQuoted(text, at, character);
  if (character === "`") return endOfTemplate(text, at);
  if (character !== "/") return at + 1;
  if (text[at + 1] === "/") return endOr(text, text.indexOf("\n", at));
  if (text[at + 1] === "*") return endOr(text, text.indexOf("*/", at + 2), 2);
  const isExpression = BEFORE_EXPRESSION.test(text.slice(Math.max(0, at - 20), at));
  return isExpression ? endOfQuoted(text, at, "/") : at + 1;
}

function endOr(text: string, found: number, length = 0): number {
  return found < 0 ? text.length : found + length;
}

function endOfQuoted(text: string, from: number, quote: string): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === quote) return at + 1;
    else if (text[at] === "\n") return at;
  }
  return text.length;
}

function endOfTemplate(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "`") return at + 1;
    else if (text[at] === "$" && text[at + 1] === "{") at = endOfBracket(text, at + 1) - 1;
  }
  return text.length;
}

function endOfBracket(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at = next(text, at)) {
    const character = text[at] ?? "";
    if (OPENING.includes(character)) depth++;
    else if (CLOSING.includes(character) && --depth === 0) return at + 1;
  }
  return text.length;
}

/** Without blanks and comments around it. */
function trimmed(text: string, { start, end }: TextRange): TextRange {
  let from = start;
  for (;;) {
    while (from < end && /\s/.test(text[from] ?? "")) from++;
    const isComment = text[from] === "/" && /[/*]/.test(text[from + 1] ?? "");
    if (!isComment || from >= end) break;
    from = Math.min(end, next(text, from));
  }
  let to = end;
  while (to > from && /\s/.test(text[to - 1] ?? "")) to--;
  return { start: from, end: to };
}
