import { type Failure, ok, type Result } from "../../base/result.ts";
import { RELOAD_LIMIT_MS } from "../../control/routes/reload.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { placePrefix } from "../agent_prefix.ts";
import { askAgent } from "../control/ask_agent.ts";
import { trustByHand } from "../graph/graph_trust.ts";
import { unsafePrefix } from "../prefix_trust.ts";
import type { GivenFlags } from "../flags.ts";

/** Has the agent `pid`, whose state the flags name, read its graph again. */
export async function reloadAgent(flags: GivenFlags, pid: number): Promise<Result<void>> {
  const prefix = placePrefix({ flags });
  if (!prefix.ok) return prefix;
  const unsafe = await unsafePrefix(prefix.value, trustByHand());
  if (unsafe !== undefined) return { ok: false, failure: unsafe };
  const question = {
    method: "POST",
    path: "/v1/reload",
    given: { pid },
    answerMs: RELOAD_LIMIT_MS,
  } as const;
  const asked = await askAgent(prefix.value, question, createLocalClock());
  if (!asked.ok) return { ok: false, failure: whyNot(asked.failure) };
  asked.value[Symbol.dispose]();
  return ok(undefined);
}

function whyNot(why: Failure): Failure {
  return why.code === "refused" ? { ...why, hint: "journalctl -u mgmt says why" } : why;
}
