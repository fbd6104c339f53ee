import type { Result } from "../../base/result.ts";
import { placePrefix } from "../agent_prefix.ts";
import type { GivenFlags } from "../flags.ts";
import { reloadAt } from "../status/tell_agent.ts";

/** Has the agent `pid`, whose state the flags name, read its graph again. */
export async function reloadAgent(flags: GivenFlags, pid: number): Promise<Result<void>> {
  const prefix = placePrefix({ flags });
  return prefix.ok ? await reloadAt(prefix.value, pid) : prefix;
}
