/**
 * How an agent is, as a plugin of Nagios says it: one line with figures, and an exit code.
 *
 * @module
 */

import { printable } from "../../base/printable.ts";
import type { Failure } from "../../base/result.ts";
import { names } from "../../base/words.ts";
import type { AgentStatus } from "../../control/status_object.ts";
import type { RunStanding } from "../../report/standing.ts";
import { holdText } from "../../report/phrases.ts";
import { headLine } from "./status_text.ts";

/** What is printed, and the exit code. */
export interface Check {
  readonly line: string;
  readonly exitCode: 0 | 1 | 2 | 3;
}

const WORDS = ["OK", "WARNING", "CRITICAL", "UNKNOWN"] as const;

/** What each standing is for whoever watches many hosts. */
const CODES: Readonly<Record<RunStanding, 0 | 1 | 2>> = {
  converged: 0,
  working: 0,
  starting: 0,
  stopping: 1,
  noop: 1,
  held: 1,
  blocked: 1,
  refused: 1,
  failing: 2,
  hangs: 2,
};

/** Whoever asks cannot know: it says nothing of the agent. */
const UNKNOWN = new Set(["which", "forbidden", "unsafe", "odd-answer"]);

/** How many resources are named. */
const NAMED = 3;

/** What is said of an agent that answers. */
export function checkOf(status: AgentStatus, nowMs: number): Check {
  const { standing, stuck, troubles, cluster, refused, lastGoodOf, held } = status;
  const holdOfAll = held.find(({ key }) => key === "*");
  const isRefused = refused || lastGoodOf !== undefined;
  const bad = troubles.filter(({ state }) => state !== "would-change").map(({ key }) => key);
  const isOut = cluster?.outcast !== undefined;
  const isCutOff = cluster?.contact === "lost";
  const exitCode = isOut
    ? 2
    : Math.max(CODES[standing] ?? 3, isCutOff ? 1 : 0) as Check["exitCode"];
  const text = [
    headLine(status, nowMs),
    ...(bad.length === 0 ? [] : [names(bad, NAMED)]),
    ...(stuck === undefined ? [] : [stuck]),
    // As a standing it is said by the first words.
    ...(isRefused && standing !== "refused" ? ["the graph file has mistakes"] : []),
    // By itself it is no trouble: an operator wants it, and it has an end.
    ...(holdOfAll === undefined ? [] : [`all held ${holdText(holdOfAll)}`]),
    ...(isOut ? [`no part in its cluster: ${cluster.outcast?.message}`] : []),
    ...(isCutOff ? ["no contact with its cluster"] : []),
  ].join("; ");
  return { line: `${sayable(exitCode, text)} | ${figures(status, nowMs)}\n`, exitCode };
}

/** What is said where none answers. */
export function checkOfFailure({ code = "", message }: Failure): Check {
  const exitCode = UNKNOWN.has(code) ? 3 : 2;
  return { line: `${sayable(exitCode, message)}\n`, exitCode };
}

/** The bar begins the figures. */
function sayable(exitCode: Check["exitCode"], text: string): string {
  return `MGMT ${WORDS[exitCode]} - ${printable(text).replaceAll("|", "/")}`;
}

/** Each with what is a warning and what is critical, as `label=value;warning;critical;least`. */
function figures({ resources, startedAtMs }: AgentStatus, nowMs: number): string {
  const { ok, changed, failed, blocked, contested, held, noop, unchecked } = resources;
  const upSeconds = startedAtMs === undefined ? [] : [
    `uptime=${Math.max(0, Math.round((nowMs - startedAtMs) / 1000))}s;;;0`,
  ];
  return [
    `ok=${ok};;;0`,
    `changed=${changed};;;0`,
    `failed=${failed};;0;0`,
    `contested=${contested};;0;0`,
    `blocked=${blocked};0;;0`,
    `held=${held};0;;0`,
    `noop=${noop};0;;0`,
    `unchecked=${unchecked};;;0`,
    ...upSeconds,
  ].join(" ");
}
