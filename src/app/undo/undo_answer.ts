/**
 * What was taken back, as the agent answered.
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
  mapOf,
  objectWith,
  type ShapeCheck,
} from "../../base/shape.ts";
import { shaped } from "../../control/shaped_answer.ts";
import type { UndoneResource, UndoneThing, UndoReport } from "../../control/undo.ts";
import { isUndoStatus } from "./undo_text.ts";

const isState = mapOf((value) => isText(value) || isNumber(value));

const THING: Readonly<Record<keyof UndoneThing, ShapeCheck>> = {
  name: isText,
  is: isText,
  where: ifThere(isState),
  from: isState,
  to: isState,
  changedSince: ifThere(listOf(isText)),
};

const RESOURCE: Readonly<Record<keyof UndoneResource, ShapeCheck>> = {
  key: isText,
  changes: listOf(isNumber),
  atMs: isNumber,
  reason: isText,
  status: isUndoStatus,
  why: ifThere(isText),
  things: listOf(objectWith(THING)),
  lacks: ifThere(isText),
  entry: ifThere(isNumber),
};

/** The report that an object of the agent says; the failure's code is `odd-answer`. */
export function readUndoReport(said: Readonly<Record<string, unknown>>): Result<UndoReport> {
  return shaped<UndoReport>(said, {
    noop: isFlag,
    resources: listOf(objectWith(RESOURCE)),
    held: listOf(objectWith({ key: isText, untilMs: isNumber })),
    refresh: listOf(isText),
    byAgent: isFlag,
  });
}
