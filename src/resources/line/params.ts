/**
 * From the fields of a line resource to its parameters.
 *
 * @module
 */

import { hasSecret } from "../../base/secret_token.ts";
import type { ResolveContext } from "../../kind/kind.ts";
import type { Claim } from "../../kind/claim.ts";
import { checkPath } from "../shared/files/path.ts";
import { readValidator, type Validator } from "../shared/files/validate.ts";
import type { LineFields } from "./fields.ts";
import { patternMistake } from "./pattern.ts";

/** What should be in the file, or not. */
export type LineWish =
  | { readonly type: "line"; readonly text: string; readonly match?: string }
  /** Only ever absent. */
  | { readonly type: "match"; readonly match: string }
  | {
    readonly type: "block";
    readonly lines: readonly string[];
    readonly begin: string;
    readonly end: string;
  };

/** Where something new goes. */
export type LinePlace =
  | { readonly type: "beginning" }
  | { readonly type: "end" }
  | { readonly type: "after" | "before"; readonly pattern: string };

/** What a line resource asks for; plain data. */
export interface LineParams {
  readonly name: string;
  readonly path: string;
  readonly wish: LineWish;
  readonly absent: boolean;
  readonly place: LinePlace;
  readonly create: boolean;
  readonly validate?: Validator;
  readonly inPlace: boolean;
  /** Whether what changes may be shown; where nothing is said the mode of the file tells. */
  readonly sensitive?: boolean;
}

type Issue = (field: keyof LineFields, message: string, hint?: string) => void;

const END: LinePlace = { type: "end" };
const BEGINNING: LinePlace = { type: "beginning" };

/** Turns fields into parameters; mistakes are recorded in the context. */
export function resolveLine(fields: LineFields, context: ResolveContext): LineParams {
  const issue: Issue = (field, message, hint) =>
    context.issue({ path: [field], message, ...(hint === undefined ? {} : { hint }) });
  for (const field of ["match", "after", "before"] as const) checkPattern(fields, field, issue);
  const absent = fields.state === "absent";
  if (absent) checkAbsent(fields, issue);
  doubtSecret(fields, context);
  const validate = readValidator(fields, context);
  return {
    name: context.name,
    path: pathOf(fields, issue),
    wish: wishOf(fields, context.name, issue),
    absent,
    place: placeOf(fields, issue),
    create: fields.create ?? false,
    ...(validate === undefined ? {} : { validate }),
    inPlace: fields.in_place ?? false,
    ...(fields.sensitive === undefined ? {} : { sensitive: fields.sensitive }),
  };
}

/** By its text alone nobody can tell the line of an earlier value, which may be known to many. */
function doubtSecret({ line, match, state }: LineFields, { doubt }: ResolveContext): void {
  if (line === undefined || match !== undefined || state === "absent" || !hasSecret(line)) return;
  doubt?.({
    path: ["line"],
    message: "when the secret changes, its new line is added, and the old one stays",
    hint: "say by match which line it is, for instance match: ^password=",
  });
}

function pathOf({ path }: LineFields, issue: Issue): string {
  const checked = checkPath(path);
  if (!checked.ok) {
    issue("path", `path ${checked.message}`, checked.hint);
    return "/";
  }
  if (checked.slash) issue("path", `path must name a file, not a directory`);
  return checked.path;
}

function checkPattern(fields: LineFields, field: "match" | "after" | "before", issue: Issue): void {
  const pattern = fields[field];
  if (pattern === undefined || (field !== "match" && isPlaceWord(pattern))) return;
  const mistake = patternMistake(pattern);
  if (mistake === undefined) return;
  issue(
    field,
    `${field} is no regular expression: ${mistake}`,
    "it is one of RE2, which has neither look-around nor references to groups; \\ before a sign " +
      "makes it an ordinary one",
  );
}

function isPlaceWord(text: string): boolean {
  return text === "EOF" || text === "BOF";
}

/** What will not be there has no place, and needs no file. */
function checkAbsent(fields: LineFields, issue: Issue): void {
  for (const field of ["after", "before", "create"] as const) {
    if (!fields[field]) continue;
    issue(field, `${field} is not for what should be absent`);
  }
}

function wishOf(fields: LineFields, name: string, issue: Issue): LineWish {
  const { line, block, match, state } = fields;
  if (block !== undefined) {
    for (const field of ["line", "match"] as const) {
      if (fields[field] !== undefined) issue(field, `${field} and block exclude each other`);
    }
    return blockOf(block, name, fields.comment ?? "#", issue);
  }
  if (fields.comment !== undefined) issue("comment", "comment is for a block");
  if (line !== undefined) {
    checkGroups(line, match, issue);
    return { type: "line", text: line, ...(match === undefined ? {} : { match }) };
  }
  if (state === "absent" && match !== undefined) return { type: "match", match };
  const both = match === undefined ? "line and block are" : "line is";
  const hint = match === undefined ? "write one of them" : "match says what it takes the place of";
  issue(match === undefined ? "line" : "match", `${both} missing`, hint);
  return { type: "line", text: "" };
}

/** How other tools write what a group of the pattern fitted. */
const GROUP_REFERENCE = /\\([0-9]|g<\w+>)/;
/** A group that is remembered, in what is left of a pattern without escapes and sets of signs. */
const REMEMBERS = /\((?!\?)|\(\?P?</;

/** Such a line would be written as it stands. Where the pattern remembers nothing it is meant so. */
function checkGroups(line: string, match: string | undefined, issue: Issue): void {
  const reference = GROUP_REFERENCE.exec(line)?.[0];
  const plain = match?.replace(/\\Q.*?(\\E|$)|\\.|\[\^?\]?(\\.|[^\]\\])*\]/g, "");
  if (reference === undefined || plain === undefined || !REMEMBERS.test(plain)) return;
  issue(
    "line",
    `line holds ${reference}, but what a group of match fits is not put into it`,
    `write the line out; if ${reference} is part of it, let the groups of match be (?:…)`,
  );
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
export function identityOf({ path, name, wish, sensitive }: LineParams): string {
  switch (wish.type) {
    case "block":
      return `${path}: ${wish.begin}`;
    case "match":
      return `${path}: ${wish.match}`;
    case "line":
      // Identities are shown.
      return `${path}: ${wish.match ?? (sensitive ? `line of ${name}` : wish.text)}`;
  }
}

/** A part of the file; where it should have it, the file is needed. */
export function claimsOf({ path, create, absent }: LineParams): readonly Claim[] {
  const entry = create ? "made" : absent ? "indifferent" : "needed";
  return [{ path, says: "part", type: "file", entry }];
}
