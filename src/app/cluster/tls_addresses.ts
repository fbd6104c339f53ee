/** Addresses of a cluster that speaks TLS. */

import { type Address, addressText, readAddress, type Scheme } from "../../base/address.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { WrittenAddress } from "../../cluster/store/urls.ts";
import type { ClusterSettings } from "./cluster_settings.ts";

/** The settings of a run with https in all addresses. */
export function inTls(cluster: ClusterSettings): ClusterSettings {
  const { seeds, clientUrls, peerUrls, listenClients, listenPeers } = cluster;
  return {
    ...cluster,
    seeds: seeds.map(tlsText),
    clientUrls: clientUrls.map(tlsText),
    peerUrls: peerUrls.map(tlsText),
    listenClients: listenClients.map(tlsAddress),
    listenPeers: listenPeers.map(tlsAddress),
  };
}

function tlsText(url: string): string {
  const address = readAddress(url);
  return address === undefined ? url : addressText(tlsAddress(address));
}

function tlsAddress({ host, port }: Address): Address {
  return { scheme: "https", host, port };
}

/** Addresses that a command was given, as the cluster of its prefix writes them. */
export function writtenUrls(
  addresses: readonly WrittenAddress[],
  source: string,
  { scheme, prefix }: { readonly scheme: Scheme; readonly prefix: string },
): Result<readonly string[]> {
  const odd = addresses.find((each) => each.said && each.scheme !== scheme);
  if (odd === undefined) return ok(addresses.map((each) => addressText({ ...each, scheme })));
  const why = scheme === "https"
    ? `is plain text, and the cluster of ${prefix} speaks TLS`
    : `speaks TLS, and ${prefix} has no certificate to show`;
  return fail(`${source}: ${addressText(odd)} ${why}`, {
    code: "scheme",
    hint: "name the state of a host of that cluster with --prefix",
  });
}

/** Whether others need a token to come into what a host founds: it has made a secret that nobody else has. */
export function isTokenWanted(
  { speaks, seeds, clientUrls }: Pick<ClusterSettings, "speaks" | "seeds" | "clientUrls">,
  { temporary }: { readonly temporary: boolean },
): boolean {
  const isAlone = seeds.every((url) => clientUrls.includes(url));
  return isAlone && !temporary && speaks.scheme === "https";
}
