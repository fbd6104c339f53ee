/**
 * What a test that fails on the code from before proves.
 *
 * @module
 */

import type { TestResult } from "./testing/report.ts";

/** What became of a test on the code from before. */
export type Outcome = "proven" | "unproven" | "skipped" | "passes";

/** How a test file differs from the one before. */
export interface Change {
  /** The file as it is now. */
  readonly text: string;
  /** The lines (from 1) that are new or changed in it. */
  readonly lines: ReadonlySet<number>;
}

/** The lines that are new in what `git diff --unified=0` prints of one file. */
export function changedLines(diff: string): Set<number> {
  const lines = new Set<number>();
  for (const [, start = "1", count = "1"] of diff.matchAll(/^@@ -\S+ \+(\d+)(?:,(\d+))? @@/gm)) {
    for (let index = 0; index < Number(count); index++) lines.add(Number(start) + index);
  }
  return lines;
}

/** Whether a test's own lines, from its name to its end or the next test, were touched. */
export function isChanged(
  test: TestResult,
  others: readonly TestResult[],
  { text, lines }: Change,
): boolean {
  const all = text.split("\n");
  const start = placeOf(test, all);
  const starts = others.map((other) => placeOf(other, all)).filter((place) => place > start);
  const end = Math.min(endOf(start, all), ...starts);
  for (let line = start; line < end; line++) if (lines.has(line)) return true;
  return false;
}

/** The line of a test's name; where a helper makes the test, the report has the line of that helper. */
function placeOf(test: TestResult, lines: readonly string[]): number {
  const own = test.name.split(" > ").at(-1) ?? test.name;
  const index = lines.findIndex((line) => line.includes(JSON.stringify(own).slice(1, -1)));
  return index < 0 ? test.line : index + 1;
}

/** The line behind a test: what stands between it and the next one, a helper or a blank line, is not its own. */
function endOf(start: number, lines: readonly string[]): number {
  // A name on a line of its own is indented more than its statement.
  const isAlone = /^\s*["`]/.test(lines[start - 1] ?? "");
  const indent = indentOf(lines[isAlone ? start - 2 : start - 1] ?? "");
  let last = start;
  for (let line = start + 1; line <= lines.length; line++) {
    const text = lines[line - 1] ?? "";
    if (text.trim() === "") continue;
    if (indentOf(text) <= indent) return /^\s*[})\]]/.test(text) ? line + 1 : last + 1;
    last = line;
  }
  return last + 1;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** What a test's end says of the code that it ran on. */
export function verdict({ failure, skipped }: TestResult): { outcome: Outcome; why: string } {
  if (skipped) return { outcome: "skipped", why: "" };
  if (failure === undefined) return { outcome: "passes", why: "" };
  // A test with steps: its steps stand beside it.
  if (/^\d+ test steps? failed/.test(failure)) return { outcome: "proven", why: "" };
  if (/^(?:Uncaught |[Ee]rror: )*AssertionError\b/.test(failure)) {
    return { outcome: "proven", why: "" };
  }
  return { outcome: "unproven", why: failure.split("\n", 1)[0] ?? "" };
}
