import { names } from "../base/words.ts";
import type { Recap } from "../engine/event.ts";
import type { Snapshot } from "./state.ts";

/** How many resources of one state a recap names. */
const MOST_NAMED = 10;

/** The counts of a recap as one line; what was aborted is rare, and counted where it occurs. */
export function recapText(
  { ok, changed, failed, blocked, contested, held, noop, aborted }: Recap,
): string {
  return `${ok} ok, ${changed} changed, ${failed} failed, ${blocked} blocked, ` +
    `${contested} contested, ${noop} noop${held === 0 ? "" : `, ${held} held`}${
      aborted === 0 ? "" : `, ${aborted} aborted`
    }`;
}

const TROUBLE = [
  ["Failed", "failed"],
  ["Contested", "contested"],
  ["Blocked", "blocked"],
  ["Held", "held"],
] as const;

/** What is not as it should be at the end of a run, a line for each state that occurs. */
export function troubleLines({ resources }: Pick<Snapshot, "resources">): string[] {
  return TROUBLE.flatMap(([word, state]) => {
    const keys = [...resources].filter(([, each]) => each.state === state).map(([key]) => key);
    return keys.length === 0 ? [] : [`${word}: ${names(keys, MOST_NAMED)}`];
  });
}
