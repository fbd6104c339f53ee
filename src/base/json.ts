/**
 * JSON that somebody else wrote.
 *
 * @module
 */

import type { JsonValue } from "./input.ts";
import { lostDigits } from "./lost_digits.ts";
import { fail, ok, reasonOf, type Result } from "./result.ts";

/** What a text says in JSON; undefined where it is none, or not there. */
export function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a text says in JSON; the failure says why it is none, or which number would lose digits. */
export function parseExactJson(text: string): Result<JsonValue> {
  let lost: string | undefined;
  // The types do not have the third argument yet.
  const look = (_key: string, value: unknown, how?: { readonly source?: string }): unknown => {
    if (typeof value === "number") lost ??= lostDigits(how?.source ?? String(value));
    return value;
  };
  try {
    const value = JSON.parse(text, look) as JsonValue;
    return lost === undefined ? ok(value) : fail(lost);
  } catch (thrown) {
    return fail(reasonOf(thrown).split("\n")[0] ?? "it is no JSON");
  }
}

/** Whether what JSON says is an object: no list, not null. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
