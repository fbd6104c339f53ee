/**
 * Whether a cluster is one of this machine alone, and the secret of those who may make resources in it.
 *
 * @module
 */

import { type Mac, Seal } from "../../cluster/exchange/seal.ts";
import type { Member } from "../../cluster/store/store.ts";
import { isLoopback } from "../../cluster/store/urls.ts";
import { hmacSha256 } from "../../os/hashes.ts";
import { loopbackKey, readLoopbackKey } from "../../os/state/loopback_key.ts";
import type { Random } from "../../os/random.ts";
import type { ClusterSettings } from "./cluster_settings.ts";

/** All that says where a host is, and where it looks for others. */
type LoopbackAddresses = Pick<
  ClusterSettings,
  "clientUrls" | "peerUrls" | "listenClientUrls" | "listenPeerUrls" | "seeds"
>;

export interface MacOptions {
  readonly cluster: LoopbackAddresses;
  readonly random: Random;
  /** Makes none where there is none. */
  readonly noop: boolean;
  readonly warn: (text: string) => void;
}

/** Those of the addresses that a host was given that other machines reach. */
export function exposedUrls(cluster: LoopbackAddresses): readonly string[] {
  const { clientUrls, peerUrls, listenClientUrls, listenPeerUrls, seeds } = cluster;
  return [clientUrls, peerUrls, listenClientUrls, listenPeerUrls, seeds].flat()
    .filter((url) => !isLoopback(url));
}

/** What to know where others reach members of a cluster of which this host takes nothing from there. */
export function reachText(
  cluster: LoopbackAddresses,
  members: readonly Pick<Member, "name" | "clientUrls">[],
): string | undefined {
  const away = members.find(({ clientUrls }) => !clientUrls.every(isLoopback));
  if (away === undefined || exposedUrls(cluster).length > 0) return undefined;
  return `other machines reach ${away.name} at ${
    away.clientUrls.join(", ")
  }, but this host was given ` +
    "loopback addresses only, and takes only what this user's agents on this machine export: to " +
    "exchange with other machines give it --client-urls and --server-urls, or --seeds, that they reach";
}

/**
 * What makes the MACs of exports; undefined: the cluster has other machines. Only what
 * this host was given decides: the list of members, anybody here may write to.
 */
export function loopbackMac(options: MacOptions): (() => Mac) | undefined {
  const { cluster, random, noop, warn } = options;
  if (exposedUrls(cluster).length > 0) return undefined;
  // Nobody else has it: then nothing of others counts.
  const own = random.hex(32);
  const look = () => {
    const found = noop ? readLoopbackKey() : loopbackKey(random);
    if (found.ok) return found.value;
    const { message, hint } = found.failure;
    warn(`exchanges nothing with other hosts: ${message}${hint === undefined ? "" : ` (${hint})`}`);
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
