/**
 * What `mgmt status` asks and says, as one piece that is loaded when it is needed.
 *
 * @module
 */

import { type Failure, ok, type Result } from "../../base/result.ts";
import { failureObject } from "../../control/answers.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import type { PlaceFlags } from "../agent_prefix.ts";
import { askStatus } from "./ask_status.ts";
import { type Check, checkOf, checkOfFailure } from "./check.ts";
import { waitConverged, type WaitEnd } from "./wait_converged.ts";
import { headLine, statusText } from "./status_text.ts";

export { followEvents } from "./follow_events.ts";
export { reload, stop } from "./tell_agent.ts";

/** How the agent is, as lines, or as an object for programs. */
export async function status(
  given: Pick<PlaceFlags, "flags">,
  { asJson }: { readonly asJson: boolean },
): Promise<Result<string>> {
  const clock = createLocalClock();
  const asked = await askStatus(given);
  if (!asked.ok) return asked;
  if (asJson) {
    return ok(JSON.stringify({ version: 1, type: "status", agent: asked.value }) + "\n");
  }
  return ok(statusText(asked.value, clock.wall().getTime()));
}

/** What programs read where no agent answers. */
export function statusFailure(failure: Failure): string {
  const error = failureObject(failure);
  return JSON.stringify({ version: 1, type: "status", agent: null, error }) + "\n";
}

/** The same as a plugin of Nagios says it. */
export async function check(given: Pick<PlaceFlags, "flags">): Promise<Check> {
  const asked = await askStatus(given);
  return asked.ok
    ? checkOf(asked.value, createLocalClock().wall().getTime())
    : checkOfFailure(asked.failure);
}

/** Waits until the agent has converged; `text`: how it is then. */
export async function waitForAgent(
  given: Pick<PlaceFlags, "flags">,
  timeoutMs: number,
): Promise<WaitEnd & { readonly text: string }> {
  const clock = createLocalClock();
  const waited = await waitConverged({
    ask: (signal) => askStatus(given, signal),
    timeoutMs,
    clock,
  });
  const { status } = waited;
  const nowMs = clock.wall().getTime();
  if (status === undefined) return { ...waited, text: "" };
  const text = waited.end === "converged"
    ? `${headLine(status, nowMs)}\n`
    : statusText(status, nowMs);
  return { ...waited, text };
}
