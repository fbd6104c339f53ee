/**
 * `mgmt wait --converged`: for scripts that go on when all is as it should be. It is asked again and
 * again, so that it outlives an agent that only starts, or starts anew.
 *
 * @module
 */

import { type Failure, failure, ok, type Result } from "../../base/result.ts";
import type { AgentStatus } from "../../control/status_object.ts";
import type { Clock } from "../../os/clock.ts";

/** What is waited for. */
export interface WaitWish {
  /** How it is; a failure where nobody answers, also soon after the signal aborts. */
  readonly ask: (signal: AbortSignal) => Promise<Result<AgentStatus>>;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** How the wait ended, and how the agent was then, as far as it answered. */
export type WaitEnd =
  | { readonly end: "converged"; readonly status: AgentStatus }
  /** The time is over; it cannot converge by itself; or it may not be asked. */
  | {
    readonly end: "late" | "hopeless" | "refused";
    readonly failure: Failure;
    readonly status?: AgentStatus;
  };

/** Between two questions. */
const PAUSE_MS = 300;
/** On a busy host a good agent may need so long for an answer: without one, what it said before still counts. */
const BUSY_MS = 2000;
/** What will not come right by itself has to stay so for so long: an editor may be about to save. */
const SURELY_MS = 2000;

/** The last question, which is asked when the time is over, has so long: who is well answers at once. */
const LAST_MS = 300;

/** Codes of failures that waiting does not mend. */
const FOR_GOOD = new Set(["which", "forbidden", "unsafe", "prefix", "odd-answer"]);

/** Waits until the agent has converged, or there is no use in it. */
export async function waitConverged({ ask, timeoutMs, clock }: WaitWish): Promise<WaitEnd> {
  const endMs = clock.nowMs() + timeoutMs;
  let sinceMs: number | undefined;
  let known: AgentStatus | undefined;
  for (;;) {
    const leftMs = Math.max(endMs - clock.nowMs(), LAST_MS);
    const asked = await within(leftMs, ask, clock);
    const nowMs = clock.nowMs();
    if (!asked.ok && FOR_GOOD.has(asked.failure.code ?? "")) {
      return { end: "refused", failure: asked.failure };
    }
    const status = asked.ok ? asked.value : undefined;
    if (status?.standing === "converged") return { end: "converged", status };
    const why = status && whyHopeless(status);
    sinceMs = why === undefined ? undefined : sinceMs ?? nowMs;
    if (why !== undefined && status !== undefined && nowMs - (sinceMs ?? nowMs) >= SURELY_MS) {
      return { end: "hopeless", failure: failure(why, { code: "hopeless" }), status };
    }
    const isCut = !asked.ok && asked.failure.code === "silent" && leftMs <= BUSY_MS;
    known = status ?? (isCut ? known : undefined);
    if (nowMs >= endMs) return tooLate(known === undefined ? asked : ok(known));
    await clock.sleep(Math.min(PAUSE_MS, endMs - nowMs));
  }
}

async function within(
  limitMs: number,
  ask: WaitWish["ask"],
  clock: Clock,
): Promise<Result<AgentStatus>> {
  const late = new AbortController();
  const timer = clock.after(limitMs, () => late.abort());
  try {
    return await ask(late.signal);
  } finally {
    timer.cancel();
  }
}

/** Why it cannot converge by itself; undefined: it may. */
function whyHopeless(
  { standing, troubles, resources, working, refused, lastGoodOf }: AgentStatus,
): string | undefined {
  // Failing is the standing that is said first; with that over, the mistakes would remain.
  const isRefused = standing === "failing" && (refused || lastGoodOf !== undefined);
  if (standing === "refused" || isRefused) {
    return "it will not converge: the graph file has mistakes";
  }
  if (standing === "noop") return "it will not converge: what differs is left so (meta.noop)";
  if (standing !== "failing" || working.length > 0) return undefined;
  const failed = troubles.filter(({ state }) => state === "failed");
  const isForGood = resources.contested === 0 && failed.length === resources.failed &&
    failed.every(({ retryAtMs }) => retryAtMs === undefined);
  return isForGood ? "it will not converge: what has failed is not tried again" : undefined;
}

function tooLate(asked: Result<AgentStatus>): WaitEnd {
  const told = (text: string) => failure(text, { code: "late" });
  return asked.ok
    ? { end: "late", failure: told("the time is over"), status: asked.value }
    : { end: "late", failure: told(`the time is over: ${asked.failure.message}`) };
}
