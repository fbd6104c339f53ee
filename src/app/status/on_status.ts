/**
 * What `mgmt status` asks and says, as one piece that is loaded when it is needed.
 *
 * @module
 */

import { ok, type Result } from "../../base/result.ts";
import type { AgentStatus } from "../../control/status_object.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import type { PlaceFlags } from "../agent_prefix.ts";
import { readObject } from "../control/ask_reading.ts";
import { type Check, checkOf, checkOfFailure } from "./check.ts";
import { statusText } from "./status_text.ts";

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

/** The same as a plugin of Nagios says it. */
export async function check(given: Pick<PlaceFlags, "flags">): Promise<Check> {
  const asked = await askStatus(given);
  return asked.ok
    ? checkOf(asked.value, createLocalClock().wall().getTime())
    : checkOfFailure(asked.failure);
}

async function askStatus(given: Pick<PlaceFlags, "flags">): Promise<Result<AgentStatus>> {
  const question = { method: "GET", path: "/v1/status" } as const;
  const asked = await readObject(given, question, createLocalClock());
  if (!asked.ok) return asked;
  // What another version leaves out is not said.
  return ok({ ...NOTHING, ...asked.value as Partial<AgentStatus> } as AgentStatus);
}

const NOTHING = {
  standing: "working",
  troubles: [],
  held: [],
  working: [],
  waiting: [],
  resources: {},
};
