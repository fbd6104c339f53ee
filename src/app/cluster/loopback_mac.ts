/**
 * Whether a cluster is one of this machine alone, and the secret of those who may make resources in it.
 *
 * @module
 */

import { type Mac, Seal } from "../../cluster/exchange/seal.ts";
import type { Member } from "../../cluster/store/store.ts";
import { addressText } from "../../base/address.ts";
import { isLoopback } from "../../cluster/store/urls.ts";
import { hmacSha256 } from "../../os/hashes.ts";
import { loopbackKey, readLoopbackKey } from "../../os/state/loopback_key.ts";
import type { Random } from "../../os/random.ts";
import type { ClusterFact } from "../../report/cluster_event.ts";
import type { ClusterSettings } from "./cluster_settings.ts";

/** All that says where a host is, and where it looks for others. */
type LoopbackAddresses = Pick<
  ClusterSettings,
  "clientUrls" | "peerUrls" | "listenClients" | "listenPeers" | "seeds" | "credentials"
>;

export interface MacOptions {
  readonly cluster: LoopbackAddresses;
  readonly random: Random;
  /** Makes none where there is none. */
  readonly noop: boolean;
  readonly tell: (fact: ClusterFact) => void;
}

/** Those of the addresses that a host was given that other machines reach. */
export function exposedUrls(
  cluster: Omit<LoopbackAddresses, "credentials">,
): readonly string[] {
  const { clientUrls, peerUrls, listenClients, listenPeers, seeds } = cluster;
  const listened = [listenClients, listenPeers].flat().map(addressText);
  return [clientUrls, peerUrls, listened, seeds].flat().filter((url) => !isLoopback(url));
}

/** Where every user of this machine reaches the store, and nobody has to show a certificate. */
function needsMac(cluster: LoopbackAddresses): boolean {
  return cluster.credentials === "none" && exposedUrls(cluster).length === 0;
}

/** Whether others reach a member of a cluster of which this host takes nothing from there. */
export function unreachable(
  cluster: LoopbackAddresses,
  members: readonly Pick<Member, "name" | "clientUrls">[],
): ClusterFact | undefined {
  const away = members.find(({ clientUrls }) => !clientUrls.every(isLoopback));
  if (away === undefined || !needsMac(cluster)) return undefined;
  return { what: "unreachable", host: away.name, clientUrls: away.clientUrls };
}

/**
 * What makes the MACs of exports; undefined: the cluster has other machines, or TLS. Only what
 * this host was given decides: the list of members, anybody here may write to.
 */
export function loopbackMac(options: MacOptions): (() => Mac) | undefined {
  const { cluster, random, noop, tell } = options;
  if (!needsMac(cluster)) return undefined;
  // Nobody else has it: then nothing of others counts.
  const own = random.hex(32);
  const look = () => {
    const found = noop ? readLoopbackKey() : loopbackKey(random);
    if (found.ok) return found.value;
    tell({ what: "no-exchange", failure: found.failure });
    return undefined;
  };
  let mac: Mac | undefined;
  // Not before it is wanted: who comes to no cluster makes none.
  return () => noop ? macBy(look() ?? own) : mac ??= macBy(look() ?? own);
}

function macBy(secret: string): Mac {
  return (text) => hmacSha256(secret, text);
}

/** The MACs of this user's agents in that cluster, for a command; undefined: there is no secret. */
export function userSeal(cluster: string): Seal | undefined {
  const secret = readLoopbackKey();
  return secret.ok && secret.value !== undefined
    ? new Seal(macBy(secret.value), cluster)
    : undefined;
}
