/**
 * References to groups of a pattern in a line: `\1` to `\9`, `\0` for all that fits, `\g<name>` or
 * `\g<10>`. Every
 * other backslash stands for itself.
 *
 * @module
 */

import type { Groups } from "./re2.ts";

const REFERENCE = /\\(?:([0-9])|g<(\w+)>)/g;

/** The groups that a line refers to. */
export function referencesIn(line: string): readonly (number | string)[] {
  return [...line.matchAll(REFERENCE)].map(([, number, name]) => groupOf(number, name));
}

/** The line with what its groups have. */
export function withGroups(line: string, groups: Groups): string {
  return line.replaceAll(
    REFERENCE,
    (_all, number: string | undefined, name: string | undefined) => groups(groupOf(number, name)),
  );
}

function groupOf(number: string | undefined, name: string | undefined): number | string {
  const text = name ?? number ?? "";
  return /^\d+$/.test(text) ? Number(text) : text;
}
