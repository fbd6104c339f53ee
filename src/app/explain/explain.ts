/**
 * `mgmt explain`: what a code means, why it comes up, and what to do.
 *
 * @module
 */

import { nearest } from "../../base/nearest.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { tableText } from "../../base/table.ts";
import { COMMAND_FAILURES } from "./command_failures.ts";
import type { CodeExplanation, FindingSeverity } from "./explanation.ts";
import { FINDING_CODES } from "./finding_codes.ts";
import { RESOURCE_FAILURES } from "./resource_failures.ts";

/** A code as it is explained. */
export interface ExplainedCode extends CodeExplanation {
  readonly code: string;
  /** Of what `mgmt doctor` finds; absent: it is a failure's. */
  readonly severity?: FindingSeverity;
}

const CODES: Readonly<
  Record<string, CodeExplanation & { readonly severity?: FindingSeverity }>
> = { ...FINDING_CODES, ...RESOURCE_FAILURES, ...COMMAND_FAILURES };

/** Suggestions for a word that is no code. */
const SUGGESTED = 3;

/** All of them, in the order of the alphabet. */
export function explainedCodes(): readonly ExplainedCode[] {
  return Object.entries(CODES).map(([code, rest]) => ({ code, ...rest }))
    .sort((one, other) => one.code.toLowerCase() < other.code.toLowerCase() ? -1 : 1);
}

/** What one code means; the failure of a word that is none has the nearest ones as a hint. */
export function explained(word: string): Result<ExplainedCode> {
  // As it stands in a line of the doctor, or in brackets.
  const code = word.trim().replace(/^\[|[\]:]$/g, "");
  const names = Object.keys(CODES);
  const name = names.find((each) => each.toLowerCase() === code.toLowerCase());
  const found = name === undefined ? undefined : CODES[name];
  if (name !== undefined && found !== undefined) return ok({ code: name, ...found });
  const near = suggestions(code.toLowerCase(), names);
  return fail(`there is no code ${code} that is explained`, {
    code: "unknown-code",
    hint: near.length === 0
      ? "mgmt explain lists those that are"
      : `did you mean ${near.join(", ")}? mgmt explain lists all`,
  });
}

/** One code, for people. */
export function explanationText({ code, severity, means, why, remedy }: ExplainedCode): string {
  const kind = severity === undefined ? "of a failure" : `mgmt doctor: ${severity}`;
  return `${code} (${kind})\n  means: ${means}\n  why:   ${why}\n  do:    ${remedy}\n`;
}

/** All codes, one a line, with what they mean. */
export function codesText(): string {
  return tableText(
    explainedCodes().map(({ code, severity = "failure", means }) => [
      code,
      severity,
      means,
    ]),
  );
}

/** Those that share a word with it, and the one that was most likely mistyped. */
function suggestions(word: string, names: readonly string[]): readonly string[] {
  const parts = word.split(/[^a-z]+/).filter((part) => part.length > 2);
  const mistyped = nearest(word, names);
  const related = names.filter((name) =>
    parts.some((part) => name.toLowerCase().split("-").includes(part))
  );
  return [...new Set([...mistyped === undefined ? [] : [mistyped], ...related])].slice(
    0,
    SUGGESTED,
  );
}
