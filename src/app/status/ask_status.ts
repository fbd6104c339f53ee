import type { Result } from "../../base/result.ts";
import { readStatus } from "../../control/status_answer.ts";
import type { AgentStatus } from "../../control/status_object.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import type { PlaceFlags } from "../agent_prefix.ts";
import { readObject } from "../control/ask_reading.ts";

/** What the agent answers. Given `signal`, it is asked until that aborts; and as long as is usual. */
export async function askStatus(
  given: Pick<PlaceFlags, "flags">,
  signal?: AbortSignal,
): Promise<Result<AgentStatus>> {
  const question = { method: "GET", path: "/v1/status", ...(signal && { signal }) } as const;
  const asked = await readObject(given, question, createLocalClock());
  return asked.ok ? readStatus(asked.value) : asked;
}
