/**
 * How a run stands, in one word, and since when: for whoever asks whether all is well.
 *
 * @module
 */

import type { VertexState } from "../engine/vertex.ts";
import type { ResourceSnapshot, Snapshot } from "./state.ts";

/**
 * The first that is so, in this order: the agent ends; something hangs; there is no graph yet; resources
 * have failed or are contested; the graph file was refused; resources wait for others, are held, or
 * would change (noop); something is to be done; nothing is, and all is as it should be.
 */
export type RunStanding =
  | "stopping"
  | "hangs"
  | "starting"
  | "failing"
  | "refused"
  | "blocked"
  | "held"
  | "noop"
  | "working"
  | "converged";

/** See {@linkcode RunStanding}; `sinceMs`: since 1970, where it is known. */
export interface StandingNow {
  readonly standing: RunStanding;
  readonly sinceMs?: number;
}

/** States that are not as they should be, the worst first. */
const TROUBLE = [
  "failed",
  "contested",
  "aborted",
  "blocked",
  "held",
  "would-change",
] as const satisfies readonly VertexState[];

const BAD: readonly VertexState[] = ["failed", "contested", "aborted"];

/** How a run stands; `stuck`: what hangs. */
export function standingOf(now: Snapshot, stuck: string | undefined): StandingNow {
  const { recap, graph, phase, startedAtMs, rightSinceMs } = now;
  if (phase === "stopping" || phase === "stopped") return { standing: "stopping" };
  if (stuck !== undefined) return { standing: "hangs" };
  if (graph === undefined) return known("starting", startedAtMs);
  if (recap.failed + recap.contested + recap.aborted > 0) {
    return known("failing", firstSince(now, BAD));
  }
  if (now.refused || now.lastGoodOf !== undefined) return { standing: "refused" };
  if (recap.blocked > 0) return known("blocked", firstSince(now, ["blocked"]));
  if (recap.held > 0) return known("held", firstSince(now, ["held"]));
  if (recap.noop > 0) return known("noop", firstSince(now, ["would-change"]));
  // Looking at something now and then is no work.
  return rightSinceMs === undefined
    ? { standing: "working" }
    : { standing: "converged", sinceMs: rightSinceMs };
}

function known(standing: RunStanding, sinceMs: number | undefined): StandingNow {
  return sinceMs === undefined ? { standing } : { standing, sinceMs };
}

function firstSince(
  { resources }: Snapshot,
  states: readonly VertexState[],
): number | undefined {
  let first: number | undefined;
  for (const { state, sinceMs } of resources.values()) {
    if (states.includes(state) && sinceMs < (first ?? Infinity)) first = sinceMs;
  }
  return first;
}

/** Resources that are not as they should be, the worst first, at most so many. */
export function troubles(
  { resources, recap }: Snapshot,
  most: number,
): readonly (readonly [key: string, ResourceSnapshot])[] {
  const { failed, contested, aborted, blocked, held, noop } = recap;
  if (failed + contested + aborted + blocked + held + noop === 0) return [];
  const found: (readonly [string, ResourceSnapshot])[][] = TROUBLE.map(() => []);
  for (const [key, resource] of resources) {
    const list = found[(TROUBLE as readonly VertexState[]).indexOf(resource.state)];
    if (list !== undefined && list.length < most) list.push([key, resource]);
  }
  return found.flat().slice(0, most);
}
