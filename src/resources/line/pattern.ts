/**
 * Patterns for lines. They are those of RE2, whose time grows with the length of a line and not with
 * what a pattern could be made to try: the runtime's own can be kept busy for years by 30 characters.
 *
 * @module
 */

import { assert } from "../../base/assert.ts";
import { type PlainTest, plainTest } from "./plain_pattern.ts";
import type { compile, Groups, Pattern } from "./re2.ts";

let engine: typeof compile | undefined;
const compiled = new Map<string, Pattern>();
/** Undefined: the pattern is none. */
const plain = new Map<string, PlainTest | undefined>();
/** Beyond so many all are compiled again when they are needed. */
const KEPT_MAX = 10_000;

/** Loads what patterns need. */
export async function loadPatterns(): Promise<void> {
  engine ??= (await import("./re2.ts")).compile;
}

/** What is wrong with a pattern, if something is. */
export function patternMistake(pattern: string): string | undefined {
  if (plainOf(pattern) !== undefined) return undefined;
  const result = compiledOf(pattern);
  return typeof result === "string" ? result : undefined;
}

/** Whether a line has the pattern somewhere in it; the pattern must be a right one. */
export function fits(pattern: string, line: string): boolean {
  return plainOf(pattern)?.(line) ?? rightOne(pattern).fits(line);
}

/** What groups of the pattern have in a line that fits; the pattern must be a right one. */
export function groupsIn(pattern: string, line: string): Groups | undefined {
  return rightOne(pattern).groups(line);
}

/** The groups that a pattern remembers, in words; the pattern must be a right one. */
export function groupsOf(pattern: string): Pick<Pattern, "groupCount" | "groupNames"> {
  return rightOne(pattern);
}

function plainOf(pattern: string): PlainTest | undefined {
  const known = plain.get(pattern);
  if (known !== undefined || plain.has(pattern)) return known;
  if (plain.size >= KEPT_MAX) plain.clear();
  const test = plainTest(pattern);
  plain.set(pattern, test);
  return test;
}

function rightOne(pattern: string): Pattern {
  const result = compiledOf(pattern);
  assert(typeof result !== "string", `the pattern ${pattern} was not looked at before`);
  return result;
}

function compiledOf(pattern: string): Pattern | string {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  assert(engine !== undefined, "patterns are not loaded");
  const result = engine(pattern);
  if (typeof result === "string") return result.replace(/^error parsing regexp: /, "");
  if (compiled.size >= KEPT_MAX) compiled.clear();
  compiled.set(pattern, result);
  return result;
}
