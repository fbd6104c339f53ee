/**
 * How a resource is now, as lines for people in front of what was done to it.
 *
 * @module
 */

import { printable } from "../../base/printable.ts";
import { label } from "../../base/words.ts";
import { timeText } from "../../journal/text.ts";
import { holdText } from "../../report/phrases.ts";
import type { ResourceNow } from "./now_answer.ts";

/** Lines; `isAlone`: nothing else is said of it. */
export function nowLines(now: ResourceNow, isAlone: boolean): readonly string[] {
  if (now.state === "ok" && !isAlone) return [];
  const since = now.sinceMs === undefined ? "" : `, since ${timeText(now.sinceMs)}`;
  const lines = [`now  ${label(now.key)} ${stateText(now)}${since}`];
  const { failure, retryAtMs, waitsFor = [] } = now;
  if (now.state === "failed") {
    if (failure?.hint !== undefined) lines.push(`  hint: ${printable(failure.hint)}`);
    lines.push(
      retryAtMs === undefined
        ? "  it is tried again when something changes"
        : `  it is tried again at ${timeText(retryAtMs)}`,
    );
  }
  for (const each of waitsFor) lines.push(`  because ${label(each.key)} ${stateText(each)}`);
  return lines;
}

function stateText({ state, reason, failure, hold, waitsFor }: ResourceNow): string {
  const because = reason === undefined ? "" : `: ${printable(reason)}`;
  switch (state) {
    case "ok":
      return "is as it should be";
    case "unchecked":
      return "was not looked at yet";
    case "failed":
      return `has failed: ${printable(failure?.message ?? "?")}`;
    case "blocked": {
      const first = waitsFor?.[0];
      return first === undefined ? `waits${because}` : `waits for ${label(first.key)}`;
    }
    case "held":
      return `is held${
        hold === undefined ? "" : ` ${holdText(hold)}`
      }, and not put right${because}`;
    case "contested":
      return `is contested, and left alone for a while${because}`;
    case "would-change":
      return `would be changed, and is left as it is (noop)${because}`;
    case "aborted":
      return "was aborted, and may be half done";
    default:
      return `is ${printable(`${state}`)}${because}`;
  }
}
