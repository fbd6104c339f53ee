/**
 * Whether the seeds of a run are an etcd that others run and that asks who somebody is: by what the run was
 * told, and by what its prefix knows. Such a host is its client for good.
 *
 * @module
 */

import { addressText } from "../../base/address.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { DEFAULT_CLIENT, isLoopback, parseAddresses } from "../../cluster/store/urls.ts";
import { stateDirectory } from "../../os/state/state_directory.ts";
import { outsideCredentials, type OutsidePaths } from "../../os/network/tls/outside_files.ts";
import type { ClusterSettings } from "./cluster_settings.ts";
import { IDENTITY, readIdentity } from "./disk.ts";
import { type KnownCluster, knownCluster } from "./known_cluster.ts";
import { keptPaths, pathsText } from "./outside_paths.ts";
import { inTls } from "./tls_addresses.ts";
import { JOIN_LINES, type TrustWish } from "./trust_mode.ts";
import { AUTHORITY_NAME } from "../../trust/profiles.ts";

/** Where etcdctl is told of the addresses. */
const ENDPOINTS = "ETCDCTL_ENDPOINTS";

/**
 * The settings of such a run; undefined: it is none. Where it is reached in plain text, that is still to be
 * decided as ever.
 */
export function atOutsideEtcd(
  cluster: ClusterSettings,
  earlier: string | undefined,
): Result<ClusterSettings | undefined> {
  const known = knownCluster(earlier);
  const paths = pathsFor(cluster, known, earlier);
  if (paths === undefined) return ok(undefined);
  const refused = whyNotOutside(cluster, known, earlier) ?? oddFiles(paths);
  if (refused !== undefined) return refused;
  const seeds = seedsOf(cluster, known);
  if (!seeds.ok) return seeds;
  const shown = outsideCredentials(paths);
  if (!shown.ok) return shown;
  const outside = pathsText(paths);
  const { issuer = "", ...speaks } = shown.value;
  if (issuer.startsWith(`CN=${AUTHORITY_NAME} `)) return ownCertificate(paths);
  const client = { ...cluster, ...speaks, seeds: seeds.value, server: false, outside };
  return speaks.credentials === "none" ? inPlain(client) : inSecret(client);
}

/** For instance an operator's, in a shell where etcdctl was told of it. */
function ownCertificate({ cert }: OutsidePaths): Result<never> {
  return fail(`--cert: ${cert} is one of a cluster that mgmt made`, {
    code: "own-cluster",
    hint: `hosts come into that in another way; ${JOIN_LINES}`,
  });
}

/** Which files count; undefined: none, there is no such etcd. */
function pathsFor(
  { trust, seeds }: ClusterSettings,
  known: KnownCluster,
  earlier: string | undefined,
): OutsidePaths | undefined {
  const { outside = {}, insecurePlaintext } = trust;
  const given = pathsIn(outside);
  const kept = known === "outside" ? keptPaths(earlier ?? "") ?? {} : undefined;
  const left = kept && inPart(kept, insecurePlaintext);
  if (outside.flag !== undefined) return { ...left, ...given };
  if (kept !== undefined) return left;
  // What etcdctl is told counts where nothing else says what is there.
  const isSaid = known === "none" && otherFlag(trust) === undefined && !insecurePlaintext &&
    trust.said.https !== undefined && seeds.length > 0;
  return isSaid && given.cacert !== undefined ? given : undefined;
}

/** Where no TLS is wanted any more only the user counts; undefined: nothing is left. */
function inPart(paths: OutsidePaths, isPlain: boolean): OutsidePaths | undefined {
  if (!isPlain) return paths;
  return paths.userFile === undefined ? undefined : { userFile: paths.userFile };
}

function pathsIn({ cacert, cert, key, userFile }: OutsidePaths): OutsidePaths {
  return {
    ...(cacert === undefined ? {} : { cacert }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(userFile === undefined ? {} : { userFile }),
  };
}

/** What does not go together with such an etcd; undefined: nothing of that is there. */
function whyNotOutside(
  { trust, idealSize }: ClusterSettings,
  known: KnownCluster,
  earlier = "the state",
): Result<never> | undefined {
  const { outside: { flag } = {}, insecurePlaintext } = trust;
  const says = flag ?? "an etcd that others run";
  const other = otherFlag(trust) ??
    (insecurePlaintext && flag !== undefined && flag !== "--user-file"
      ? "--insecure-plaintext"
      : undefined);
  if (other !== undefined) {
    return fail(`${says} and ${other} exclude each other`, {
      hint: `${says} is for an etcd that others run, ${other} for a cluster of mgmt's own`,
    });
  }
  if (idealSize !== undefined) {
    return fail(`${says} and --ideal-cluster-size exclude each other`, {
      hint: "the members of an etcd that others run are theirs",
    });
  }
  const isOwn = known === "tls" || known === "lost" || known === "plain" && isMember(earlier);
  if (!isOwn) return undefined;
  return fail(`${says}: ${earlier} is that of a host in a cluster of mgmt's own`, {
    code: "own-cluster",
    hint: "leave that one first (mgmt leave), or give another --prefix",
  });
}

/** What says that the cluster is one of mgmt's own. */
function otherFlag({ tls, secretFile, token, tokenFile }: TrustWish): string | undefined {
  if (secretFile !== undefined) return "--secret-file";
  if (tokenFile !== undefined) return "--token-file";
  if (token !== undefined) return "--token";
  return tls ? "--tls" : undefined;
}

function isMember(prefix: string): boolean {
  const text = stateDirectory(`${prefix}/cluster/state`).read(IDENTITY);
  return readIdentity(text ?? "")?.member !== undefined;
}

/** Why those files do not go together; undefined: they do. */
function oddFiles({ cacert, cert, key }: OutsidePaths): Result<never> | undefined {
  if ((cert === undefined) !== (key === undefined)) {
    return fail("--cert and --key belong together: one is the certificate, the other its key");
  }
  if (cert === undefined || cacert !== undefined) return undefined;
  return fail("--cert: it is shown to nobody without --cacert, which says who is believed");
}

/** Where it is. */
function seedsOf(
  { seeds, trust: { outside = {} } }: ClusterSettings,
  known: KnownCluster,
): Result<readonly string[]> {
  if (seeds.length > 0) return ok(seeds);
  const { endpoints = "", flag } = outside;
  if (endpoints !== "") {
    const named = parseAddresses(endpoints, ENDPOINTS, DEFAULT_CLIENT.port);
    return named.ok ? ok(named.value.map(addressText)) : named;
  }
  if (known !== "none") return ok(seeds);
  return fail(`${flag}: nothing says where that etcd is`, {
    hint: `name it with --seeds (or ${ENDPOINTS})`,
  });
}

function inSecret(cluster: ClusterSettings): Result<ClusterSettings> {
  const { trust: { said } } = cluster;
  if (said.http === undefined) {
    return ok({ ...inTls(cluster), speaks: { scheme: "https", why: "outside" } });
  }
  return fail(`${said.http}: --cacert is for an etcd that speaks TLS`, {
    code: "scheme",
    hint: "write https://, or the address alone",
  });
}

/** A password goes over no network in plain text unless somebody says so. */
function inPlain(cluster: ClusterSettings): Result<ClusterSettings> {
  const { seeds, trust } = cluster;
  if (trust.said.https !== undefined) {
    return fail(`${trust.said.https}: nothing says whom this host believes there`, {
      code: "scheme",
      hint: "--cacert FILE, with the authority of that etcd",
    });
  }
  const far = seeds.find((url) => !isLoopback(url));
  if (far === undefined || trust.insecurePlaintext) return ok(cluster);
  return fail(`--user-file: its password would go to ${far} in plain text`, {
    code: "plain-password",
    hint: "--cacert FILE where that etcd speaks TLS; else --insecure-plaintext",
  });
}
