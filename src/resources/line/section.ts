/**
 * Sections of a text: a part of it that begins with a line of its own. Three ways of writing them are
 * known: `[name]` (ini, systemd), `Match …` and `Host …` (ssh), and braces (nginx, logrotate, BIND).
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import { namedLines, type Scope } from "./scope.ts";
import { insertLines, type TextLine } from "../shared/parts/text.ts";
import { braceDepths } from "./braces.ts";

/** Which part of a file is meant. */
export type Section =
  /** What stands before the first section. */
  | { readonly type: "top" }
  | { readonly type: "ini"; readonly name: string }
  /** From its line to the next `Match` or `Host`. */
  | { readonly type: "match"; readonly head: string }
  /** Lines that end with `{`, each inside of the one before. */
  | { readonly type: "braces"; readonly heads: readonly string[] };

const INI_HEAD = /^\s*\[([^\]]*)\]\s*(?:[#;].*)?$/;
/** `Match = x` is a setting of an ini file. */
const MATCH_HEAD = /^\s*(?:match|host)\s+(?!=)\S/i;
const COMMENT = /^\s*[#;]/;
const BLANK = /^\s*$/;

/** What a graph says of a section; a text says what is wrong with it. */
export function readSection(words: string | readonly string[]): Section | string {
  const heads = (typeof words === "string" ? [words] : words).map(inOneStyle);
  const [head, ...more] = heads;
  if (head === undefined) return "section names none";
  if (heads.every((each) => each.endsWith("{"))) return { type: "braces", heads };
  if (more.length > 0) return "of several sections inside of each other all must end with {";
  if (head === "TOP") return { type: "top" };
  const name = INI_HEAD.exec(head)?.[1];
  if (name !== undefined) return { type: "ini", name: name.trim() };
  if (MATCH_HEAD.test(head)) return { type: "match", head: head.replace(/^\w+/, capital) };
  return "section must be TOP, or the line that a section begins with: [name], Match …, or one that " +
    "ends with {";
}

/** As the graph would say it. */
export function sectionText(section: Section): string {
  switch (section.type) {
    case "top":
      return "TOP";
    case "ini":
      return `[${section.name}]`;
    case "match":
      return section.head;
    case "braces":
      return section.heads.join(" ");
  }
}

/** Where a section is; undefined: it is not there. */
export function findSection(
  lines: readonly TextLine[],
  section: Section,
  path: string,
): Result<Scope | undefined> {
  switch (section.type) {
    case "top": {
      const next = indexFrom(lines, 0, isAnyHead);
      return ok({ from: 0, to: next, begin: 0, end: lastPlace(lines, 0, next) });
    }
    case "ini":
      return headed(lines, section, path, isIniHead);
    case "match":
      return headed(lines, section, path, (text) => MATCH_HEAD.test(text));
    case "braces":
      return braced(lines, section, path);
  }
}

/** The text with a new section at its end, and where that is; undefined: nobody knows where it belongs. */
export function addSection(
  lines: readonly TextLine[],
  section: Section,
): readonly TextLine[] | undefined {
  if (section.type !== "ini" && section.type !== "match") return undefined;
  const last = lines.at(-1);
  const gap = last === undefined || BLANK.test(last.text) ? [] : [""];
  return insertLines(lines, lines.length, [...gap, sectionText(section)]);
}

function isIniHead(text: string): boolean {
  return INI_HEAD.test(text);
}

function isAnyHead(text: string): boolean {
  return INI_HEAD.test(text) || MATCH_HEAD.test(text);
}

function isHeadOf(text: string, section: Section): boolean {
  switch (section.type) {
    case "ini":
      return INI_HEAD.exec(text)?.[1]?.trim() === section.name;
    case "match":
      return inOneStyle(text.replace(/\s#.*$/, "")).replace(/^\w+/, capital) === section.head;
    default:
      return false;
  }
}

/** One whose end is the next line that begins one. */
function headed(
  lines: readonly TextLine[],
  section: Section,
  path: string,
  isHead: (text: string) => boolean,
): Result<Scope | undefined> {
  const found = lines.flatMap(({ text }, index) => isHeadOf(text, section) ? [index] : []);
  const [at, ...others] = found;
  if (at === undefined) return ok(undefined);
  if (others.length > 0) return several(section, found, path);
  const from = at + 1;
  const to = indexFrom(lines, from, isHead);
  const indent = section.type === "match" ? indentOf(lines.slice(from, to)) ?? "    " : undefined;
  return ok({
    from,
    to,
    begin: from,
    end: lastPlace(lines, from, to),
    ...(indent === undefined ? {} : { indent }),
  });
}

function braced(
  lines: readonly TextLine[],
  section: Extract<Section, { type: "braces" }>,
  path: string,
): Result<Scope | undefined> {
  const depths = braceDepths(lines.map(({ text }) => text));
  let [from, to, outer] = [0, lines.length, ""];
  for (const head of section.heads) {
    const level = depths[from]?.before ?? 0;
    const found: number[] = [];
    for (let index = from; index < to; index++) {
      if (depths[index]?.before !== level) continue;
      if (depths[index]?.opens && isBraceHead(lines[index]?.text ?? "", head)) found.push(index);
    }
    const [at, ...others] = found;
    if (at === undefined) return ok(undefined);
    if (others.length > 0) return several(section, found, path);
    let close = at + 1;
    while (close < to && (depths[close]?.after ?? 0) > level) close++;
    if (close >= lines.length || (depths[at]?.after ?? 0) <= level) return open(head, at, path);
    outer = /^\s*/.exec(lines[at]?.text ?? "")?.[0] ?? "";
    [from, to] = [at + 1, close];
  }
  let end = to;
  while (end > from && BLANK.test(lines[end - 1]?.text ?? "")) end--;
  const indent = indentOf(lines.slice(from, to)) ?? `${outer}    `;
  return ok({ from, to, begin: from, end, indent });
}

function open(head: string, at: number, path: string): Result<never> {
  return fail(`the section ${head} of ${path} does not end on a line of its own (line ${at + 1})`, {
    code: "section-shape",
    hint: "write its } on a line below",
  });
}

function isBraceHead(text: string, head: string): boolean {
  return inOneStyle(text.replace(/(\S)\{/, "$1 {")).startsWith(head);
}

function several(section: Section, found: readonly number[], path: string): Result<never> {
  return fail(
    `the section ${sectionText(section)} is in ${path} ${found.length} times (${
      namedLines(found)
    })`,
    {
      code: "several-sections",
      hint: section.type === "braces"
        ? "name the section around it first, as a list, or put the line with after: behind one of them"
        : "leave one of them, or name no section and say by after where the line goes",
    },
  );
}

function indexFrom(
  lines: readonly TextLine[],
  from: number,
  is: (text: string) => boolean,
): number {
  let index = from;
  while (index < lines.length && !is(lines[index]?.text ?? "")) index++;
  return index;
}

/** Before the blank lines at the end, and before comments that are about the section that follows. */
function lastPlace(lines: readonly TextLine[], from: number, to: number): number {
  let end = to;
  const is = (what: RegExp) => end > from && what.test(lines[end - 1]?.text ?? "");
  if (to < lines.length) { while (is(COMMENT)) end--; }
  // A section of nothing but comments has them for itself.
  if (end === from) end = to;
  while (is(BLANK)) end--;
  return end;
}

/** How far the settings of a section are moved to the right. */
function indentOf(lines: readonly TextLine[]): string | undefined {
  const setting = lines.findLast(({ text }) =>
    !BLANK.test(text) && !COMMENT.test(text) && !/^\s*\}/.test(text)
  );
  return setting && /^\s*/.exec(setting.text)?.[0];
}

function inOneStyle(text: string): string {
  return text.trim().replace(/(\S)\{$/, "$1 {").replace(/\s+/g, " ");
}

function capital(word: string): string {
  return (word[0] ?? "").toUpperCase() + word.slice(1).toLowerCase();
}
