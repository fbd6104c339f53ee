/**
 * `mgmt stop` and `mgmt reload`: the two orders that a running agent takes without more to say.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import { RELOAD_LIMIT_MS } from "../../control/routes/reload.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { stateDirectory } from "../../os/state/state_directory.ts";
import { holderHasEnded } from "../../os/state/state_lock.ts";
import { agentPrefix, type PlaceFlags } from "../agent_prefix.ts";
import { askAgent } from "../control/ask_agent.ts";
import { trustByHand } from "../graph/graph_trust.ts";
import { unsafePrefix } from "../prefix_trust.ts";

/** How often it is looked whether it has ended. */
const LOOK_MS = 50;

/** Has the agent with that prefix read its graph again; `pid`: only if it is that process. */
export async function reloadAt(prefix: string, pid?: number): Promise<Result<void>> {
  const given = pid === undefined ? {} : { given: { pid } };
  return await order(prefix, { path: "/v1/reload", answerMs: RELOAD_LIMIT_MS, ...given });
}

/** The same for whoever flags name. */
export async function reload(given: Pick<PlaceFlags, "flags">): Promise<Result<string>> {
  const prefix = agentPrefix(given);
  if (!prefix.ok) return prefix;
  const done = await reloadAt(prefix.value);
  return done.ok ? ok("reloaded: the graph as it is written now is in force\n") : done;
}

/** Ends the agent, and waits so long until it has; the failure's code is `late` where it has not yet. */
export async function stop(
  given: Pick<PlaceFlags, "flags">,
  waitMs: number,
): Promise<Result<string>> {
  const prefix = agentPrefix(given);
  if (!prefix.ok) return prefix;
  // Its lock is let go of after all else; the next one writes another word into it.
  const holder = stateDirectory(prefix.value).read("lock");
  const told = await order(prefix.value, { path: "/v1/stop" });
  if (!told.ok) return told;
  const isSame = () => stateDirectory(prefix.value).read("lock") === holder;
  const clock = createLocalClock();
  const endMs = clock.nowMs() + waitMs;
  while (isSame() && !holderHasEnded(prefix.value)) {
    if (clock.nowMs() >= endMs) {
      return fail("the agent stops, and has not ended yet: it finishes what runs", {
        code: "late",
        hint: "mgmt status says what it waits for, while it answers",
      });
    }
    await clock.sleep(LOOK_MS);
  }
  return ok("the agent has ended\n");
}

async function order(
  prefix: string,
  question: { readonly path: string; readonly given?: object; readonly answerMs?: number },
): Promise<Result<void>> {
  const unsafe = await unsafePrefix(prefix, trustByHand());
  if (unsafe !== undefined) return { ok: false, failure: unsafe };
  const asked = await askAgent(prefix, { method: "POST", ...question }, createLocalClock());
  if (!asked.ok) return asked;
  asked.value[Symbol.dispose]();
  return ok(undefined);
}
