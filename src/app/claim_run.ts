import { ok, type Result } from "../base/result.ts";
import type { Clock } from "../os/clock.ts";
import type { Random } from "../os/random.ts";
import { takeEnvironment } from "../os/environment.ts";
import { createLocalRandom } from "../os/local_random.ts";
import { isThere } from "./agent_prefix.ts";
import type { TrustRule } from "./graph/graph_trust.ts";
import { TRUST_FLAGS } from "./trust_flags.ts";
import type { RunSettings } from "./settings.ts";
import { claimState, type StatePlace } from "./state_place.ts";

/** The place of a run's state, and its settings with what depends on what is there. */
export interface ClaimedRun extends StatePlace {
  readonly settings: RunSettings;
}

/** Takes the place of a run's state, and decides how its cluster speaks. */
export async function claimRun(
  settings: RunSettings,
  clock: Clock,
  rule: TrustRule,
): Promise<Result<ClaimedRun>> {
  // Commands of the graph are not to inherit it.
  takeEnvironment(TRUST_FLAGS.token.environment);
  const place = await claimState(settings, clock, rule);
  if (!place.ok) return place;
  const cluster = await clusterOf(settings, place.value, createLocalRandom());
  if (cluster.ok) return ok({ ...place.value, settings: { ...settings, cluster: cluster.value } });
  place.value.release();
  return cluster;
}

/** Most runs are in no cluster, or in a plain one of this machine, and need nothing of all this. */
async function clusterOf(
  { cluster }: RunSettings,
  place: StatePlace,
  random: Random,
): Promise<Result<RunSettings["cluster"]>> {
  if (!cluster.network) return ok(cluster);
  const placed = await placedCluster(cluster, place);
  if (!placed.ok) return placed;
  const isKnown = place.earlier !== undefined && await knowsTls(place.earlier);
  if (!cluster.asked && !isKnown) return placed;
  const { trustedSettings } = await import("./cluster/run_trust.ts");
  const trusted = await trustedSettings(placed.value, place, random);
  const source = trusted.ok ? trusted.value.user?.source : undefined;
  // It has the password, also where that follows the name.
  if (source?.startsWith("ETCDCTL_")) takeEnvironment(source);
  return trusted;
}

/** Most prefixes know of no cluster. */
async function placedCluster(
  cluster: RunSettings["cluster"],
  { earlier }: StatePlace,
): Promise<Result<RunSettings["cluster"]>> {
  if (earlier === undefined || !isThere(`${earlier}/cluster`)) return ok(cluster);
  const { withSameAddresses } = await import("./cluster/same_addresses.ts");
  return withSameAddresses(cluster, earlier);
}

async function knowsTls(prefix: string): Promise<boolean> {
  if (!isThere(`${prefix}/cluster`)) return false;
  return (await import("./cluster/known_cluster.ts")).speaksTls(prefix);
}
