import { fail, ok, type Result } from "../../base/result.ts";
import { privateFiles } from "../../os/state/private_files.ts";
import { type Authority, openAuthority } from "../../trust/issuing.ts";
import { pemFile, readOwnSecret, TRUST_FILES } from "../../trust/trust_files.ts";
import type { PlaceFlags } from "../agent_prefix.ts";
import { type ClusterPlace, clusterPlace, noCluster } from "../cluster/cluster_place.ts";
import { knownCluster, trustDirectory } from "../cluster/known_cluster.ts";

/** A host that can certify others: it has its cluster's secret. */
export interface SigningHost {
  readonly place: ClusterPlace;
  readonly authority: Authority;
  /** Certificates of the authorities that count, PEM. */
  readonly believed: string;
}

/** What is to be made there, for people. */
export interface SignedThing {
  /** Several of them. */
  readonly what: string;
  /** The command that makes one. */
  readonly command: string;
  /** Why a plain cluster has none. */
  readonly inPlain: string;
}

/** Opens the secret of that host, or says where the command belongs. */
export async function signingHost(
  given: PlaceFlags,
  { what, command, inPlain }: SignedThing,
): Promise<Result<SigningHost>> {
  const place = clusterPlace(given);
  if (!place.ok) return place;
  const { prefix } = place.value;
  const files = privateFiles(trustDirectory(prefix));
  const [secret, ca] = [readOwnSecret(files), pemFile(files, TRUST_FILES.believed)];
  if (!secret.ok) return secret;
  if (!ca.ok) return ca;
  if (ca.value === undefined) {
    const known = knownCluster(prefix);
    if (known === "none") return fail(...noCluster(prefix, { seeds: false }));
    if (known === "outside") {
      return fail(`the host of ${prefix} uses an etcd that others run: who may ask it they say`);
    }
    return fail(`the cluster of ${prefix} is plain text: ${inPlain}`, { code: "plain-cluster" });
  }
  if (secret.value === undefined) {
    return fail(`this host cannot make ${what}: it has no server role in its cluster`, {
      code: "role",
      hint: `on a host that runs etcd (mgmt members): ${command}`,
    });
  }
  const authority = await openAuthority(secret.value);
  if (!authority.ok) return authority;
  return ok({ place: place.value, authority: authority.value, believed: ca.value.text });
}
