/** Addresses of a cluster that speaks TLS. */

import { type Address, addressText, readAddress, type Scheme } from "../../base/address.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { WrittenAddress } from "../../cluster/store/urls.ts";
import type { ClusterSettings } from "./cluster_settings.ts";

/** The settings of a run with https in all addresses. */
export function inTls(cluster: ClusterSettings): ClusterSettings {
  return speaking(cluster, "https");
}

/** The same with http. */
export function inPlain(cluster: ClusterSettings): ClusterSettings {
  return speaking(cluster, "http");
}

function speaking(cluster: ClusterSettings, scheme: Scheme): ClusterSettings {
  const { seeds, clientUrls, peerUrls, listenClients, listenPeers } = cluster;
  const inScheme = (address: Address) => ({ ...address, scheme });
  const texts = (urls: readonly string[]) => urls.map((url) => urlIn(scheme, url));
  return {
    ...cluster,
    seeds: texts(seeds),
    clientUrls: texts(clientUrls),
    peerUrls: texts(peerUrls),
    listenClients: listenClients.map(inScheme),
    listenPeers: listenPeers.map(inScheme),
  };
}

/** The same address with that scheme. */
export function urlIn(scheme: Scheme, url: string): string {
  const { host, port } = readAddress(url) ?? {};
  return host === undefined || port === undefined ? url : addressText({ scheme, host, port });
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
