/**
 * How a resource is, as its agent answered.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import {
  ifThere,
  isNumber,
  isText,
  listOf,
  objectWith,
  type ShapeCheck,
} from "../../base/shape.ts";
import { isHold } from "../../control/holds.ts";
import { shaped } from "../../control/shaped_answer.ts";
import type { Hold } from "../../engine/hold.ts";

/** What is read of an agent's answer; all of it may be missing. */
export interface ResourceNow {
  readonly key: string;
  readonly state?: string;
  readonly sinceMs?: number;
  readonly reason?: string;
  readonly failure?: { readonly message?: string; readonly hint?: string };
  readonly retryAtMs?: number;
  readonly changedAtMs?: number;
  readonly waitsFor?: readonly Omit<ResourceNow, "waitsFor">[];
  readonly hold?: Hold;
}

const ONE: Readonly<Record<keyof Omit<ResourceNow, "waitsFor">, ShapeCheck>> = {
  key: isText,
  state: ifThere(isText),
  sinceMs: ifThere(isNumber),
  reason: ifThere(isText),
  failure: ifThere(objectWith({ message: ifThere(isText), hint: ifThere(isText) })),
  retryAtMs: ifThere(isNumber),
  changedAtMs: ifThere(isNumber),
  hold: ifThere(isHold),
};

/** What an object of the agent says; the failure's code is `odd-answer`. */
export function readResourceNow(said: Readonly<Record<string, unknown>>): Result<ResourceNow> {
  return shaped<ResourceNow>(said, { ...ONE, waitsFor: ifThere(listOf(objectWith(ONE))) });
}
