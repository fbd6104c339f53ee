import type { Recap } from "../engine/event.ts";
import type { ReportEvent } from "./event.ts";
import { names } from "../base/words.ts";

/** How many resources of one state a recap names. */
const NAMED = 10;

/** The counts of a recap as one line; what was aborted is rare, and counted where it occurs. */
export function recapText(
  { ok, changed, failed, held, contested, noop, aborted }: Recap,
): string {
  return `${ok} ok, ${changed} changed, ${failed} failed, ${held} held, ` +
    `${contested} contested, ${noop} noop${aborted === 0 ? "" : `, ${aborted} aborted`}`;
}

/** What is not as it should be at the end of a run, a line for each state that occurs. */
export function troubleLines(stop: Extract<ReportEvent, { type: "stop" }>): string[] {
  const lines = [
    ["Failed", stop.failed] as const,
    ["Contested", stop.contested] as const,
    ["Held", stop.held] as const,
  ];
  return lines.filter(([, keys]) => keys.length > 0)
    .map(([state, keys]) => `${state}: ${names(keys, NAMED)}`);
}
