/**
 * From the outcomes of probes to healthy or not. Pure: it is told what came out and when.
 *
 * ```text
 *   unknown ──▶ healthy ──`failures` in a row──▶ unhealthy
 *         ╲        ▲                                │  ▲
 *          ╲       ╰───────`successes` in a row─────╯  │
 *           ╰──────the first of all counts alone───────╯
 * ```
 *
 * @module
 */

import { nextDelayMs } from "../../base/backoff.ts";
import { type Failure, failure, keptMessage } from "../../base/result.ts";

/** What is known of the target of a probe. */
export interface Health {
  standing: "unknown" | "healthy" | "unhealthy";
  /** How often in a row it went well since it went wrong. */
  successes: number;
  /** What went wrong, since it was last healthy beyond doubt. */
  trouble: ProbeTrouble | undefined;
  /** It is healthy again, and those who depend on it have still to be told so. */
  recovered: string | undefined;
}

interface ProbeTrouble {
  readonly since: Date;
  /** How often it went wrong, in all and in a row. */
  times: number;
  inARow: number;
  last: Failure;
  /** What a reader has heard of it. */
  told:
    | { readonly code: string | undefined; readonly atMs: number; readonly pauseMs: number }
    | undefined;
}

/** What is to be said of a target that was just probed. */
export type HealthVerdict =
  | { readonly type: "healthy" }
  /** It went wrong, but counts as healthy still. */
  | { readonly type: "doubtful"; readonly text: string }
  | { readonly type: "unhealthy"; readonly failure: Failure };

/** How many outcomes in a row count. */
export interface Thresholds {
  readonly failures: number;
  readonly successes: number;
}

/** When something came out. */
export interface Moment {
  readonly nowMs: number;
  readonly wall: Date;
}

/** Nothing is known yet. */
export function unknownHealth(): Health {
  return { standing: "unknown", successes: 0, trouble: undefined, recovered: undefined };
}

/** Takes note of the outcome of a probe; undefined: it went well. */
export function observe(
  health: Health,
  outcome: Failure | undefined,
  thresholds: Thresholds,
  moment: Moment,
): HealthVerdict {
  return outcome === undefined
    ? observeSuccess(health, thresholds, moment)
    : observeFailure(health, outcome, thresholds, moment);
}

function observeSuccess(health: Health, { successes }: Thresholds, moment: Moment): HealthVerdict {
  const { trouble } = health;
  if (health.standing === "unhealthy" && trouble !== undefined) {
    trouble.inARow = 0;
    const was = `it was: ${troubleText(trouble, moment)}`;
    if (++health.successes < successes) {
      const text =
        `not healthy yet, it went well ${health.successes} of ${successes} times in a row (${was})`;
      return unhealthy(trouble, failure(text, { code: "recovering" }), moment);
    }
    // A reason is kept for long.
    health.recovered = `healthy again (it was: ${troubleText(trouble, moment, keptMessage)})`;
  }
  health.standing = "healthy";
  health.trouble = undefined;
  return { type: "healthy" };
}

function observeFailure(
  health: Health,
  outcome: Failure,
  { failures }: Thresholds,
  moment: Moment,
): HealthVerdict {
  const trouble = health.trouble ??= {
    since: moment.wall,
    times: 0,
    inARow: 0,
    last: outcome,
    told: undefined,
  };
  health.successes = 0;
  trouble.times++;
  trouble.inARow++;
  trouble.last = outcome;
  if (health.standing === "healthy" && trouble.inARow < failures) {
    const text = `${outcome.message} (${trouble.inARow} of ${failures} times in a row)`;
    return { type: "doubtful", text };
  }
  health.standing = "unhealthy";
  // Whoever depends on it was not told that it was well again: it is not.
  health.recovered = undefined;
  return unhealthy(trouble, { ...outcome, message: troubleText(trouble, moment) }, moment);
}

/** Says it aloud when it is news, and otherwise at growing intervals. */
function unhealthy(trouble: ProbeTrouble, why: Failure, { nowMs }: Moment): HealthVerdict {
  const { told } = trouble;
  const known = told !== undefined && told.code === why.code && nowMs - told.atMs < told.pauseMs;
  if (known) return { type: "unhealthy", failure: { ...why, known } };
  trouble.told = { code: why.code, atMs: nowMs, pauseMs: nextDelayMs(told?.pauseMs) };
  return { type: "unhealthy", failure: why };
}

function troubleText(
  { last, times, since }: ProbeTrouble,
  { wall }: Moment,
  textOf = ({ message }: Failure) => message,
): string {
  return times === 1
    ? textOf(last)
    : `${textOf(last)}, ${times} times since ${timeText(since, wall)}`;
}

/** `12:01`, and the day where it is another one. */
function timeText(time: Date, now: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}`;
  if (time.toDateString() === now.toDateString()) return clock;
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clock}`;
}
