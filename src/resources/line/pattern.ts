/**
 * Patterns for lines. They are those of RE2, whose time grows with the length of a line and not with
 * what a pattern could be made to try: the runtime's own can be kept busy for years by 30 characters.
 *
 * @module
 */

import { assert } from "../../base/assert.ts";
import type { compile, Pattern } from "./re2.ts";

let engine: typeof compile | undefined;
const compiled = new Map<string, Pattern>();
/** Beyond so many all are compiled again when they are needed. */
const KEPT_MAX = 10_000;

/** Loads what patterns need. */
export async function loadPatterns(): Promise<void> {
  engine ??= (await import("./re2.ts")).compile;
}

/** What is wrong with a pattern, if something is. */
export function patternMistake(pattern: string): string | undefined {
  const result = compiledOf(pattern);
  return typeof result === "string" ? result : undefined;
}

/** Whether a line has the pattern somewhere in it; the pattern must be a right one. */
export function fits(pattern: string, line: string): boolean {
  const result = compiledOf(pattern);
  assert(typeof result !== "string", `the pattern ${pattern} was not looked at before`);
  return result(line);
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
