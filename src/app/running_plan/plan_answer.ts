/**
 * A plan, as the agent answered.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import {
  ifThere,
  isFlag,
  isNumber,
  isText,
  listOf,
  objectWith,
  type ShapeCheck,
} from "../../base/shape.ts";
import { isHold } from "../../control/holds.ts";
import { isToldFailure, shaped } from "../../control/shaped_answer.ts";
import type { ReportPlace } from "../../report/phrases.ts";
import { OUTCOMES, type Plan, type PlannedResource } from "../../report/plan/outcome.ts";

type Placed = PlannedResource & { readonly place?: ReportPlace };

/** What is read of it. */
export type AnsweredPlan = Omit<Plan, "resources"> & {
  /** Warnings of the graph. */
  readonly said?: string;
  readonly resources: readonly Placed[];
};

const RESOURCE: Readonly<Record<keyof Placed, ShapeCheck>> = {
  key: isText,
  outcome: isText,
  reason: ifThere(isText),
  difference: ifThere(listOf(isText)),
  after: ifThere(isText),
  askedBy: ifThere(listOf(isText)),
  failure: ifThere(isToldFailure),
  hold: ifThere(isHold),
  noop: ifThere(isFlag),
  otherwise: ifThere(isText),
  heldBack: ifThere(isText),
  edit: ifThere(isText),
  irrevocable: ifThere(isFlag),
  behind: ifThere(isText),
  place: ifThere(objectWith({ file: isText, line: isNumber, column: isNumber })),
};

const COUNTS = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, isNumber]));

/** The plan that an object of the agent says; the failure's code is `odd-answer`. */
export function readPlan(said: Readonly<Record<string, unknown>>): Result<AnsweredPlan> {
  return shaped<AnsweredPlan>(said, {
    graph: isText,
    resources: listOf(objectWith(RESOURCE)),
    counts: objectWith(COUNTS),
    said: ifThere(isText),
    removed: ifThere(listOf(isText)),
    reversed: ifThere(listOf(objectWith({ key: isText, stays: ifThere(isText) }))),
  });
}
