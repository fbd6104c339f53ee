/**
 * What is wrong with a text that is no YAML, in words and with advice.
 *
 * @module
 */

import type { Diagnostic } from "../../base/diagnostic.ts";
import { LIMITS } from "../../base/limits.ts";
import { placeAt } from "./place.ts";
import type { SyntaxMistake, SyntaxReport } from "./syntax.ts";

/** A larger text is not parsed a second time for better words. */
const SLOW_PARSE_MAX = 4 * 1024 * 1024;

/** Explains why the fast parser refused the text; `first` is what it said. */
export async function explainSyntax(
  text: string,
  file: string,
  first: SyntaxMistake,
): Promise<SyntaxReport> {
  const certain = characterMistake(text, file) ?? depthMistake(first, file);
  if (certain !== undefined) return { diagnostics: [certain], onlyDuplicateKeys: false };
  if (text.length <= SLOW_PARSE_MAX) {
    const { slowReport } = await import("./slow_report.ts");
    const report = slowReport(text, file);
    if (report.diagnostics.length > 0) return report;
  }
  return { diagnostics: [plainMistake(first, text, file)], onlyDuplicateKeys: false };
}

/** A carriage return that is not part of a line break: parsers do not agree on what it means. */
export function loneCarriageReturn(text: string, file: string): Diagnostic | undefined {
  const offset = text.includes("\r") ? text.search(/\r(?!\n)/) : -1;
  if (offset < 0) return undefined;
  return {
    severity: "error",
    file,
    ...placeAt(text, offset, offset + 1),
    message: "there is a carriage return without a line feed",
    hint: "end lines as Unix or Windows does; in a text in double quotes write \\r",
  };
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

/** What only the fast parser refuses: aliases and tags that are unknown, and what is too large. */
function plainMistake(first: SyntaxMistake, text: string, file: string): Diagnostic {
  const alias = /^unidentified alias "(.*)"$/.exec(first.reason)?.[1];
  if (alias !== undefined) {
    return {
      severity: "error",
      file,
      ...placeBefore(text, first, `*${alias}`),
      message: `*${alias} refers to an anchor that is not there`,
      hint: `quote it if it is meant as text: "*${alias}"`,
    };
  }
  const tag = /^(?:unknown tag|unacceptable node kind for|cannot resolve a node with) !<(.*?)>/
    .exec(first.reason)?.[1];
  if (tag !== undefined) {
    const written = tag.replace("tag:yaml.org,2002:", "!!");
    return {
      severity: "error",
      file,
      ...placeBefore(text, first, written),
      message: `the tag ${written} is unknown here, or does not fit its value`,
      hint: "quote the value if it is meant as text",
    };
  }
  const { line, column, reason } = first;
  return { severity: "error", file, line, column, message: `this is not valid YAML: ${reason}` };
}

/** The parser stops behind what it refuses; this is where that begins. */
function placeBefore(
  text: string,
  { line, column }: SyntaxMistake,
  needle: string,
): { line: number; column: number; length?: number } {
  const lineStart = offsetOfLine(text, line);
  const offset = text.lastIndexOf(needle, lineStart + column - 1);
  return offset < 0 ? { line, column } : placeAt(text, offset, offset + needle.length);
}

function offsetOfLine(text: string, line: number): number {
  let offset = 0;
  for (let at = 1; at < line; at++) offset = text.indexOf("\n", offset) + 1;
  return offset;
}
