/**
 * The sentences for how a host comes into a cluster, and for who else reaches that.
 *
 * @module
 */

import { shortFingerprint } from "../base/fingerprint.ts";
import type { ObstacleReason } from "../cluster/agent/obstacle.ts";

/** What others can do where nothing is encrypted. */
export const EXPOSED =
  "the cluster's traffic is plain text and open to all who reach its ports: whoever does " +
  "can read all exports, and give every host that collects the files, commands and whatever else " +
  "its collect entries take, done as the user that mgmt runs as there: use it on trusted networks only";

/** The same where nobody asked for that. */
export const STILL_EXPOSED =
  `${EXPOSED} (mgmt cluster secure, on a host that runs etcd, ends that)`;

/** What becomes of a member that others reach and this host does not hear. */
export const UNREACHABLE =
  "but this host was given loopback addresses only, and takes only what this " +
  "user's agents on this machine export: to exchange with other machines give it --client-urls " +
  "and --server-urls, or --seeds, that they reach";

/** A token has done its work. */
export function letInText(role: "agent" | "server"): string {
  return `is let into its cluster as ${role}, and needs its token no more`;
}

/** A host's certificate is another one now. */
export function renewedText(fingerprint: string): string {
  return `its certificate is renewed (${shortFingerprint(fingerprint)})`;
}

/** What follows on why there is no cluster: what is to be done, where somebody said so. */
export function adviceOf(why: ObstacleReason): string {
  const { hint } = why.code === "failed" ? why.failure : {};
  return `${hint === undefined ? "" : ` (${hint})`}; the own graph runs meanwhile`;
}

/** How others come into a cluster that a host has by itself. */
export const JOIN_TEXT = "other hosts join it with a token (mgmt token create, on this host)";

/** A plain cluster of one host, which other machines reach from now on. */
export function growsText(urls: readonly string[]): string {
  return `its cluster, which was of this machine alone, speaks TLS from now on, because of ${
    urls.join(", ")
  }: what is in it stays; ${JOIN_TEXT}`;
}

/** A host goes on under the name by which its cluster knows it. */
export function renamedText(
  { host, machine, isMember }: Record<"host" | "machine", string> & { readonly isMember: boolean },
): string {
  const [what, again] = isMember
    ? ["whose member it is", "mgmt volunteer on after the agent was started again"]
    : ["which let it in by that name", "start it with a new token"];
  return `this machine is called ${machine} now: goes on as ${host} in its cluster, ${what} ` +
    `(to rename it: mgmt leave, and ${again})`;
}

/** A host has left; `why` it may not come back as it is. */
export function staysOutText(why: string | undefined): string {
  return why ?? "this host has left its cluster; mgmt volunteer on brings it back";
}
