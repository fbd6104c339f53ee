/**
 * Answers of an agent whose form is not known: whoever listens at its socket need not be one, nor of this version.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";
import { ifThere, isText, objectWith, oddField, type ShapeCheck } from "../base/shape.ts";

/** A failure, as far as it is shown. */
export const isToldFailure = objectWith({ message: isText, hint: ifThere(isText) });

/** An object as what it should be, by the form of each field that is read; else the failure's code is `odd-answer`. */
export function shaped<Answer>(
  said: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<keyof Answer & string, ShapeCheck>>,
): Result<Answer> {
  const odd = oddField(said, fields);
  if (odd === undefined) return ok(said as unknown as Answer);
  return fail(`what the agent answers makes no sense: "${odd}" is not what it should be`, {
    code: "odd-answer",
    hint: "is it mgmt that listens at its socket, and of about this version?",
  });
}
