/** How a host speaks whose cluster becomes one with TLS while it runs, or goes back. */

import { ok, type Result } from "../../base/result.ts";
import type { Random } from "../../os/random.ts";
import type { ClusterSettings } from "./cluster_settings.ts";
import { knownCluster } from "./known_cluster.ts";
import { securedSettings } from "./run_trust.ts";
import { type SecureNow, settleSecuring } from "./secured_prefix.ts";
import { inPlain } from "./tls_addresses.ts";

/** Makes the prefix one of such a host, and the settings that follow from it. */
export async function otherSettings(
  cluster: ClusterSettings,
  prefix: string,
  { random, ...now }: SecureNow & { readonly random: Random },
): Promise<Result<ClusterSettings>> {
  const settled = await settleSecuring(prefix, now);
  if (!settled.ok) return settled;
  if (knownCluster(prefix) === "tls") return await securedSettings(cluster, prefix, random);
  const speaks = { scheme: "http", why: "known" } as const;
  return ok({ ...inPlain(cluster), speaks, credentials: "none", member: "none" });
}
