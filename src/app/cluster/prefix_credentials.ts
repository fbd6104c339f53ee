/** What a command shows to the cluster of a prefix: what the host there does. */

import type { Scheme } from "../../base/address.ts";
import type { Credentials, EtcdUser, MemberCredentials } from "../../base/credentials.ts";
import { ok, type Result } from "../../base/result.ts";
import type { Random } from "../../os/random.ts";
import { privateFiles } from "../../os/state/private_files.ts";
import { outsideCredentials } from "../../os/network/tls/outside_files.ts";
import { readTrust } from "../../trust/trust_files.ts";
import { knownCluster, trustDirectory } from "./known_cluster.ts";
import { keptPaths } from "./outside_paths.ts";
import { trustGone } from "./trust_gone.ts";

/** How a command speaks to a cluster. */
export interface PrefixCredentials {
  readonly scheme: Scheme;
  readonly credentials: Credentials;
  /** As whom it asks an etcd that others run. */
  readonly user?: EtcdUser;
}

/** For a cluster in plain text. */
export const NO_CREDENTIALS: PrefixCredentials = { scheme: "http", credentials: "none" };

/** Reads them; a prefix that knows no TLS cluster has none, and one that has lost them is refused. */
export function prefixCredentials(prefix: string): Result<PrefixCredentials> {
  const trust = readTrust(privateFiles(trustDirectory(prefix)));
  if (!trust.ok) return trust;
  if (trust.value === undefined) {
    const known = knownCluster(prefix);
    if (known === "outside") return shownOutside(prefix);
    return known === "lost" ? trustGone(prefix) : ok(NO_CREDENTIALS);
  }
  return ok({ scheme: "https", credentials: trust.value.credentials });
}

/** What the host shows to an etcd that others run. */
function shownOutside(prefix: string): Result<PrefixCredentials> {
  const shown = outsideCredentials(keptPaths(prefix) ?? {});
  if (!shown.ok) return shown;
  return ok({ ...shown.value, scheme: shown.value.credentials === "none" ? "http" : "https" });
}

/** The same for an etcd that is started alone, by whoever has such credentials. */
export async function memberCredentials(
  prefix: string,
  credentials: Credentials,
  random: Random,
): Promise<Result<MemberCredentials | "none">> {
  if (credentials === "none") return ok("none");
  const { memberTrust } = await import("../../trust/make_trust.ts");
  // Clients ask for a name, so any address will do.
  return await memberTrust(privateFiles(trustDirectory(prefix)), [], random);
}
