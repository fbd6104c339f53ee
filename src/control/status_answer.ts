/**
 * How an agent is, as it answered.
 *
 * @module
 */

import type { Result } from "../base/result.ts";
import {
  ifThere,
  isFlag,
  isMoment,
  isNumber,
  isText,
  listOf,
  mapOf,
  objectWith,
  type ShapeCheck,
} from "../base/shape.ts";
import { isHeldResource } from "./holds.ts";
import { isToldFailure, shaped } from "./shaped_answer.ts";
import type { AgentStatus } from "./status_object.ts";

/** What another version leaves out is not said. */
const NOTHING = {
  standing: "working",
  troubles: [],
  held: [],
  working: [],
  waiting: [],
  resources: {},
  kinds: {},
};

/** What is read of each. */
const FIELDS: Readonly<Record<keyof AgentStatus & string, ShapeCheck>> = {
  // What every object has is no word of ours, and would be found in each table of words.
  standing: (value) => typeof value === "string" && !(value in {}),
  sinceMs: ifThere(isMoment),
  pid: isNumber,
  version: ifThere(isText),
  file: isText,
  phase: ifThere(isText),
  startedAtMs: ifThere(isMoment),
  graph: ifThere(objectWith({ name: isText, vertices: isNumber, sinceMs: isMoment })),
  refused: ifThere(isFlag),
  lastGoodOf: ifThere(isText),
  resources: mapOf(isNumber),
  kinds: mapOf(objectWith({})),
  troubles: listOf(objectWith({
    key: isText,
    state: isText,
    sinceMs: ifThere(isMoment),
    reason: ifThere(isText),
    blockedBy: ifThere(isText),
    failure: ifThere(isToldFailure),
    retryAtMs: ifThere(isMoment),
  })),
  stuck: ifThere(isText),
  working: listOf(isText),
  waiting: listOf(isText),
  held: listOf(isHeldResource),
  settled: ifThere(isFlag),
  convergedAtMs: ifThere(isMoment),
  rightSinceMs: ifThere(isMoment),
  exitCode: ifThere(isNumber),
  cluster: ifThere(objectWith({
    phase: ifThere(isText),
    role: isText,
    leader: ifThere(isText),
    contact: ifThere(isText),
    lostSinceMs: ifThere(isMoment),
    members: isNumber,
    outcast: ifThere(isToldFailure),
  })),
};

/** The status that an object of the agent says; the failure's code is `odd-answer`. */
export function readStatus(said: Readonly<Record<string, unknown>>): Result<AgentStatus> {
  return shaped<AgentStatus>({ ...NOTHING, ...said }, FIELDS);
}
