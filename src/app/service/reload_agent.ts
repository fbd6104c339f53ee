import type { Result } from "../../base/result.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { createLocalRandom } from "../../os/local_random.ts";
import { placePrefix } from "../cluster/cluster_place.ts";
import { trustByHand } from "../graph/graph_trust.ts";
import { unsafePrefix } from "../prefix_trust.ts";
import { requestReload } from "./reload_requests.ts";
import type { GivenFlags } from "../settings.ts";

/** Has the agent `pid`, whose state the flags name, read its graph again. */
export async function reloadAgent(flags: GivenFlags, pid: number): Promise<Result<void>> {
  const prefix = placePrefix({ flags, environment: () => undefined });
  if (!prefix.ok) return prefix;
  const unsafe = await unsafePrefix(prefix.value, trustByHand());
  if (unsafe !== undefined) return { ok: false, failure: unsafe };
  const parts = { clock: createLocalClock(), random: createLocalRandom() };
  return await requestReload(prefix.value, pid, parts);
}
