/**
 * From the fields of a line resource to its parameters.
 *
 * @module
 */

import { hasSecret } from "../../base/secret_token.ts";
import type { ResolveContext } from "../../kind/kind.ts";
import { type PartParams, resolvePart } from "../shared/parts/part.ts";
import type { LineFields } from "./fields.ts";
import { referencesIn } from "./groups.ts";
import { groupsOf, patternMistake } from "./pattern.ts";
import type { LinePlace } from "./scope.ts";
import { readSection, type Section, sectionText } from "./section.ts";
import { readSetting, type Setting } from "./setting.ts";

/** Which of the lines that fit become the line. */
export type Which = "one" | "first" | "last" | "all";

/** What should be in the file, or not. */
export type LineWish =
  | {
    readonly type: "line";
    readonly text: string;
    readonly match?: string;
    readonly unless?: string;
    readonly setting?: Setting;
    readonly which: Which;
    /** Whether groups of `match` are put into the text. */
    readonly groups: boolean;
  }
  /** Only ever absent. */
  | { readonly type: "match"; readonly match: string; readonly unless?: string }
  | {
    readonly type: "block";
    readonly lines: readonly string[];
    readonly begin: string;
    readonly end: string;
  };

/** What a line resource asks for; plain data. */
export interface LineParams extends PartParams {
  readonly name: string;
  readonly wish: LineWish;
  readonly place: LinePlace;
  /** Where; absent: in the whole file. */
  readonly section?: Section;
}

type Issue = (field: keyof LineFields, message: string, hint?: string) => void;

const END: LinePlace = { type: "end" };
const BEGINNING: LinePlace = { type: "beginning" };

/** Turns fields into parameters; mistakes are recorded in the context. */
export function resolveLine(fields: LineFields, context: ResolveContext): LineParams {
  const issue: Issue = (field, message, hint) =>
    context.issue({ path: [field], message, ...(hint === undefined ? {} : { hint }) });
  const areRight = (["match", "unless", "after", "before"] as const)
    .map((field) => isPattern(fields, field, issue)).every((isRight) => isRight);
  if (fields.state === "absent") checkAbsent(fields, issue);
  doubtSecret(fields, context);
  doubtSshd(fields, context);
  const wish = wishOf(fields, { name: context.name, areRight }, issue);
  if (wish.type === "line" && wish.groups) checkGroupsOnly(fields, issue);
  const section = sectionOf(fields, issue);
  return {
    name: context.name,
    ...resolvePart(fields, context),
    wish,
    place: placeOf(fields, issue),
    ...(section === undefined ? {} : { section }),
  };
}

/** A new line at the end of such a file would be in its last Match. */
function doubtSshd(fields: LineFields, { doubt }: ResolveContext): void {
  const { path, section, after, before, state } = fields;
  if (!/\/sshd?_config$/.test(path) || section !== undefined || state === "absent") return;
  if (
    after !== undefined || before !== undefined ||
    /^\s*(match|host)\s/i.test(fields.line ?? fields.block ?? "")
  ) return;
  doubt?.({
    path: ["path"],
    message: "a new line goes to the end, where it may be part of a Match or Host section",
    hint: "say section: TOP",
  });
}

function sectionOf({ section }: LineFields, issue: Issue): Section | undefined {
  if (section === undefined) return undefined;
  const read = readSection(section);
  if (typeof read !== "string") return read;
  issue("section", read, 'for instance "[mysqld]", "Match User git", or "http {"');
  return undefined;
}

/** By its text alone nobody can tell the line of an earlier value, which may be known to many. */
function doubtSecret(fields: LineFields, { doubt }: ResolveContext): void {
  const { line, match, setting, state } = fields;
  if (line === undefined || match !== undefined || setting || state === "absent") return;
  if (!hasSecret(line)) return;
  doubt?.({
    path: ["line"],
    message: "when the secret changes, its new line is added, and the old one stays",
    hint: "say by match which line it is, for instance match: ^password=",
  });
}

type PatternField = "match" | "unless" | "after" | "before";

function isPattern(fields: LineFields, field: PatternField, issue: Issue): boolean {
  const pattern = fields[field];
  const isPlace = field === "after" || field === "before";
  if (pattern === undefined || (isPlace && isPlaceWord(pattern))) return true;
  const mistake = patternMistake(pattern);
  if (mistake === undefined) return true;
  issue(
    field,
    `${field} is no regular expression: ${mistake}`,
    "it is one of RE2, which has neither look-around nor references to groups; \\ before a sign " +
      "makes it an ordinary one",
  );
  return false;
}

function isPlaceWord(text: string): boolean {
  return text === "EOF" || text === "BOF";
}

/** What will not be there has no place, and needs no file. */
function checkAbsent(fields: LineFields, issue: Issue): void {
  for (const field of ["after", "before", "create", "which"] as const) {
    if (!fields[field]) continue;
    issue(field, `${field} is not for what should be absent`);
  }
}

function wishOf(
  fields: LineFields,
  { name, areRight }: { readonly name: string; readonly areRight: boolean },
  issue: Issue,
): LineWish {
  const { line, block, match, state, unless } = fields;
  if (unless !== undefined && match === undefined) issue("unless", "unless is for match");
  if (block !== undefined) {
    for (const field of ["line", "match", "setting", "which"] as const) {
      if (fields[field]) issue(field, `${field} and block exclude each other`);
    }
    return blockOf(block, name, fields.comment ?? "#", issue);
  }
  if (fields.comment !== undefined) issue("comment", "comment is for a block");
  const except = unless === undefined ? {} : { unless };
  if (line !== undefined) return lineOf({ ...fields, line }, areRight, issue);
  if (state === "absent" && match !== undefined) return { type: "match", match, ...except };
  const both = match === undefined ? "line and block are" : "line is";
  const hint = match === undefined ? "write one of them" : "match says what it takes the place of";
  issue(match === undefined ? "line" : "match", `${both} missing`, hint);
  return { type: "line", text: "", which: "one", groups: false };
}

function lineOf(
  { line, match, unless, setting: isSetting, which }: LineFields & { readonly line: string },
  areRight: boolean,
  issue: Issue,
): LineWish {
  const setting = isSetting ? readSetting(line) : undefined;
  if (typeof setting === "string") issue("setting", setting, "say by match which line it is");
  if (setting !== undefined && match !== undefined) {
    issue("match", "match and setting exclude each other");
  }
  if (which !== undefined && match === undefined) issue("which", "which is for match");
  const groups = match !== undefined && areRight && hasGroups(line, match, issue);
  return {
    type: "line",
    text: line,
    ...(match === undefined ? {} : { match }),
    ...(unless === undefined ? {} : { unless }),
    ...(typeof setting === "object" ? { setting } : {}),
    which: which ?? (groups ? "all" : "one"),
    groups,
  };
}

/** Whether the line refers to groups of the pattern. Where that remembers nothing, it does not. */
function hasGroups(line: string, match: string, issue: Issue): boolean {
  const references = referencesIn(line);
  if (references.length === 0) return false;
  const { groupCount, groupNames } = groupsOf(match);
  if (groupCount === 0) return false;
  for (const reference of references) {
    const isThere = typeof reference === "number"
      ? reference <= groupCount
      : groupNames.has(reference);
    if (isThere) continue;
    issue("line", `match has no group ${reference}`, `it has ${groupCount}`);
    return false;
  }
  return true;
}

/** What becomes of a line that fits has no other place, and is never added. */
function checkGroupsOnly(fields: LineFields, issue: Issue): void {
  for (const field of ["after", "before", "create"] as const) {
    if (!fields[field]) continue;
    issue(field, `${field} is not for a line with groups of match, which is never added`);
  }
  if (fields.state === "absent") {
    issue("line", "groups of match are not for what should be absent", "leave line out");
  }
}

function blockOf(block: string, name: string, comment: string, issue: Issue): LineWish {
  // deno-lint-ignore no-control-regex -- a marker must stay one line
  if (/[\x00-\x1f\x7f\x85\u2028\u2029]/.test(name)) {
    issue("block", "a resource whose name has control characters cannot have a block", "rename it");
  }
  const [open = "", close] = comment.trim().split(/\s+/, 2);
  if (open === "") issue("comment", "comment must not be blank");
  const marker = (word: string) =>
    [open, word, "mgmt", name, ...(close === undefined ? [] : [close])].join(" ");
  const [begin, end] = [marker("BEGIN"), marker("END")];
  const lines = block.replace(/\r?\n$/, "").split(/\r?\n/);
  if (lines.some((line) => line === begin || line === end)) {
    issue("block", "block holds the lines that are put around it", "leave them out");
  }
  return { type: "block", lines, begin, end };
}

function placeOf({ after, before }: LineFields, issue: Issue): LinePlace {
  if (after !== undefined && before !== undefined) {
    issue("before", "after and before exclude each other");
  }
  const text = after ?? before;
  if (text === undefined || text === "EOF") return END;
  if (text === "BOF") return BEGINNING;
  return { type: after === undefined ? "before" : "after", pattern: text };
}

/** What is asked of which file; a block is told by the name in its marks. */
export function identityOf({ path, name, wish, section, sensitive }: LineParams): string {
  const where = section === undefined ? path : `${path} ${sectionText(section)}`;
  switch (wish.type) {
    case "block":
      return `${path}: ${wish.begin}`;
    case "match":
      return `${where}: ${wish.match}`;
    case "line":
      if (wish.setting !== undefined) return `${where}: setting ${wish.setting.name}`;
      // Identities are shown.
      return `${where}: ${wish.match ?? (sensitive ? `line of ${name}` : wish.text)}`;
  }
}
