/**
 * What is wrong with a text that is no YAML, in words and with advice.
 *
 * @module
 */

import type { YAMLError } from "yaml";
import type { Diagnostic } from "../base/diagnostic.ts";
import { LIMITS } from "../base/limits.ts";
import type { SyntaxMistake } from "./syntax.ts";

/** Further ones of these mostly follow from the first. */
const SHOWN_MAX = 3;

/** A larger text is not parsed a second time for better words. */
const SLOW_PARSE_MAX = 4 * 1024 * 1024;

/** The mistakes of a text, and whether they are nothing but keys that are written twice. */
export interface SyntaxReport {
  readonly diagnostics: readonly Diagnostic[];
  readonly onlyDuplicateKeys: boolean;
}

interface Words {
  readonly message: string;
  readonly hint?: string;
}

/** Explains why the fast parser refused the text; `first` is what it said. */
export async function explainSyntax(
  text: string,
  file: string,
  first: SyntaxMistake,
): Promise<SyntaxReport> {
  const certain = characterMistake(text, file) ?? depthMistake(first, file);
  if (certain !== undefined) return { diagnostics: [certain], onlyDuplicateKeys: false };
  const errors = text.length > SLOW_PARSE_MAX ? [] : await slowErrors(text);
  if (errors.length === 0) {
    return { diagnostics: [plainMistake(first, file)], onlyDuplicateKeys: false };
  }
  const onlyDuplicateKeys = errors.every(({ code }) => code === "DUPLICATE_KEY");
  const shown = onlyDuplicateKeys ? errors : onePerLine(errors, text).slice(0, SHOWN_MAX);
  return {
    diagnostics: shown.map((error) => {
      const place = placeAt(text, error.pos[0], error.pos[1]);
      return { severity: "error", file, ...place, ...wordsFor(error, text) };
    }),
    onlyDuplicateKeys,
  };
}

/** A parser that cannot cope is no reason to fail: the first one's words remain. */
async function slowErrors(text: string): Promise<readonly YAMLError[]> {
  const { parseSlowly } = await import("./yaml_nodes.ts");
  try {
    return parseSlowly(text, { uniqueKeys: true }).errors;
  } catch {
    return [];
  }
}

function characterMistake(text: string, file: string): Diagnostic | undefined {
  const offset = text.search(NON_PRINTABLE);
  if (offset < 0) return undefined;
  const code = text.charCodeAt(offset);
  const name = code === 0
    ? "a NUL character"
    : `the control character U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  return {
    severity: "error",
    file,
    ...placeAt(text, offset, offset + 1),
    message: `there is ${name}, which YAML does not allow`,
    hint: code === 0
      ? "is this a binary file? binary content can be written as !!binary with base64"
      : "in a text in double quotes it can be written as an escape, for instance \\x1b",
  };
}

// deno-lint-ignore no-control-regex -- exactly those are looked for
const NON_PRINTABLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;

function depthMistake(first: SyntaxMistake, file: string): Diagnostic | undefined {
  if (!first.reason.startsWith("nesting exceeded")) return undefined;
  return {
    severity: "error",
    file,
    line: first.line,
    column: first.column,
    message: `this is nested more than ${LIMITS.graphFileDepth} levels deep`,
    hint: "a graph file needs no more than six",
  };
}

function plainMistake(first: SyntaxMistake, file: string): Diagnostic {
  const alias = /^unidentified alias "(.*)"$/.exec(first.reason)?.[1];
  const tag = /^(?:unknown tag|cannot resolve a node with) !<(.*?)>/.exec(first.reason)?.[1];
  const words = alias !== undefined
    ? {
      message: `*${alias} refers to an anchor that is not there`,
      hint: `quote it if it is meant as text: "*${alias}"`,
    }
    : tag !== undefined
    ? {
      message: `the tag !${tag.replace("tag:yaml.org,2002:", "!").replace(/^!(?!!)/, "")} ` +
        "is unknown here or does not fit",
      hint: "quote the value if it is meant as text",
    }
    : { message: `this is not valid YAML: ${first.reason}` };
  return { severity: "error", file, line: first.line, column: first.column, ...words };
}

function wordsFor(error: YAMLError, text: string): Words {
  const source = text.slice(error.pos[0], error.pos[1]);
  switch (error.code) {
    case "TAB_AS_INDENT":
      return { message: "a tab is used to indent", hint: "YAML indents with blanks only" };
    case "DUPLICATE_KEY":
      return { message: "this key is there twice in one map", hint: "take one of them away" };
    case "MULTIPLE_DOCS":
      return {
        message: "a second document begins here; a graph file holds one",
        hint: 'take away the line "---", or put the second graph into a file of its own',
      };
    case "BLOCK_AS_IMPLICIT_KEY":
      return {
        message: "there is a second colon in this line",
        hint: "quote the text if the colon belongs to it",
      };
    case "MULTILINE_IMPLICIT_KEY":
      return {
        message: "a key must be on one line and end with a colon",
        hint: "is a colon missing here, or should this line be indented further?",
      };
    case "BAD_INDENT":
      return {
        message: "this line is indented differently than the lines it belongs to",
        hint: "entries of one list or map begin in the same column",
      };
    case "BAD_SCALAR_START":
      return {
        message: `a text must not begin with ${source.slice(0, 1)}`,
        hint: "quote it",
      };
    case "MISSING_CHAR":
      return missingCharacter(error.message);
    case "BAD_DQ_ESCAPE":
      return {
        message: `${source} is no escape in a text in double quotes`,
        hint: "double the backslash, or use single quotes",
      };
    case "BAD_ALIAS":
      return { message: "an alias needs a name", hint: 'quote it if it is meant as text: "*"' };
    default:
      return { message: `this is not valid YAML: ${withoutStop(error.message)}` };
  }
}

function missingCharacter(message: string): Words {
  if (message.includes("quote")) {
    return { message: "a text in quotes does not end", hint: "add the closing quote" };
  }
  if (message.includes("missing space")) {
    return { message: withoutStop(message), hint: "put a blank there" };
  }
  return { message: withoutStop(message), hint: "is a bracket, a comma or a colon missing?" };
}

function withoutStop(message: string): string {
  const text = message.replace(/\.$/, "");
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

function onePerLine(errors: readonly YAMLError[], text: string): YAMLError[] {
  const byLine = new Map<number, YAMLError>();
  for (const error of errors) {
    const { line } = placeAt(text, error.pos[0], error.pos[1]);
    if (!byLine.has(line)) byLine.set(line, error);
  }
  return [...byLine.values()];
}

/** Line and column of an offset; what is underlined ends with the line. */
export function placeAt(
  text: string,
  start: number,
  end: number,
): { line: number; column: number; length: number } {
  const before = text.slice(0, start);
  const lineStart = before.lastIndexOf("\n") + 1;
  const lineEnd = text.indexOf("\n", start);
  const shown = text.slice(start, Math.min(end, lineEnd < 0 ? text.length : lineEnd)).trimEnd();
  return {
    line: before.split("\n").length,
    column: [...before.slice(lineStart)].length + 1,
    length: Math.max(1, [...shown].length),
  };
}
