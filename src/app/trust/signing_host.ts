import { fail, ok, type Result } from "../../base/result.ts";
import { privateFiles } from "../../os/state/private_files.ts";
import { type Authority, openAuthority } from "../../trust/issuing.ts";
import { pemFile, readOwnSecret, TRUST_FILES } from "../../trust/trust_files.ts";
import type { Store } from "../../cluster/store/store.ts";
import type { PlaceFlags } from "../agent_prefix.ts";
import { askCluster } from "../cluster/ask.ts";
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

/** What only a host with the server role may do, for people. */
export interface ServersOwn {
  /** What this host cannot do: "list tokens". */
  readonly cannot: string;
  /** The command that does it where it may be done. */
  readonly command: string;
}

function noServerRole({ cannot, command }: ServersOwn): Result<never> {
  return fail(`this host cannot ${cannot}: it has no server role in its cluster`, {
    code: "role",
    hint: `on a host that runs etcd (mgmt members): ${command}`,
  });
}

/** Asks the cluster what only such a host may ask; elsewhere a refusal says where the command belongs. */
export async function askAsServer<T>(
  place: ClusterPlace,
  own: ServersOwn,
  ask: (store: Store) => Promise<Result<T>>,
): Promise<Result<T>> {
  const answer = await askCluster(place, ask);
  if (answer.ok || answer.failure.code !== "permission-denied") return answer;
  if (knownCluster(place.prefix) !== "tls") return answer;
  const secret = readOwnSecret(privateFiles(trustDirectory(place.prefix)));
  return secret.ok && secret.value === undefined ? noServerRole(own) : answer;
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
    return fail(`the cluster of ${prefix} is plain text: ${inPlain}`, {
      code: "plain-cluster",
      hint: "mgmt cluster secure, on a host of it that runs etcd, makes it one that speaks TLS",
    });
  }
  if (secret.value === undefined) return noServerRole({ cannot: `make ${what}`, command });
  const authority = await openAuthority(secret.value);
  if (!authority.ok) return authority;
  return ok({ place: place.value, authority: authority.value, believed: ca.value.text });
}
