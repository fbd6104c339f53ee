/** What a prefix knows of its cluster before anything of it is opened. */

import { isThere } from "../agent_prefix.ts";
import type { AgentDisk } from "../../cluster/agent/io.ts";
import { schemeOf } from "../../cluster/leader/securing.ts";
import { stateDirectory } from "../../os/state/state_directory.ts";
import { CONTACT, readContact } from "../../cluster/admin/last_contact.ts";
import { BELIEVED, IDENTITY, OUTSIDE, readIdentity, TRUST } from "./disk.ts";

/**
 * Which cluster a prefix knows: one that speaks TLS, such a one whose certificates are gone from the
 * prefix, an etcd that others run and that asks who somebody is, a plain one, or none.
 */
export type KnownCluster = "tls" | "lost" | "outside" | "plain" | "none";

/** Where certificates and keys are. */
export function trustDirectory(prefix: string): string {
  return `${prefix}/${TRUST}`;
}

/** Whether there is anything of a TLS cluster below a prefix; costs one look. */
export function hasTrust(prefix: string): boolean {
  return isThere(`${trustDirectory(prefix)}/${BELIEVED}`);
}

/** Whether a start has to look at that, whatever it was told. */
export function speaksTls(prefix: string): boolean {
  return hasTrust(prefix) || ["lost", "outside"].includes(knownCluster(prefix));
}

/** Which cluster the host of a prefix is in, or is to be in. What went with a run that was killed is none. */
export function knownCluster(prefix: string | undefined): KnownCluster {
  if (prefix === undefined) return "none";
  const identity = identityOf(prefix);
  // Who only was a client of such a run's cluster has its certificate from elsewhere.
  const isOver = identity?.member !== undefined && identity.temporary?.endpoints.length === 0;
  if (isOver) return "none";
  if (hasTrust(prefix)) return "tls";
  if (belongs(prefix)) {
    // A member is of a cluster that mgmt made, whatever was there before.
    const isClient = identity?.member === undefined;
    if (isClient && isThere(`${prefix}/cluster/state/${OUTSIDE}`)) return "outside";
    return identity !== undefined && saidTls(prefix, identity) ? "lost" : "plain";
  }
  return identity?.temporary === undefined ? "none" : "plain";
}

/**
 * Whether the cluster that a host is in speaks TLS, by the addresses that were written down: of its
 * members' etcd, where it is one, for others may be from before it was in that cluster.
 */
function saidTls(prefix: string, { member, endpoints, tls }: AgentDisk): boolean {
  if (tls === true) return true;
  const peers = member?.initialCluster?.map(({ url }) => url) ?? [];
  const said = [peers, endpoints].find((urls) => urls.length > 0) ?? heardOf(prefix);
  return said.some((url) => String(url).startsWith("https://"));
}

function heardOf(prefix: string): readonly string[] {
  const contact = readContact(stateDirectory(`${prefix}/cluster/state`).read(CONTACT));
  return contact?.members.flatMap(({ clientUrls }) => clientUrls) ?? [];
}

/** Whether its etcd runs, or its agent speaks, as on the way from plain text to TLS, or back. */
export function isOnTheWay(prefix: string): boolean {
  return schemeOf(identityOf(prefix)?.generation) !== undefined;
}

/** Whether its cluster was plain before it spoke TLS. */
export function wasPlain(prefix: string | undefined): boolean {
  return prefix !== undefined && identityOf(prefix)?.wasPlain === true;
}

/** Whether it runs etcd, or did when it ran last. */
export function isMember(prefix: string | undefined): boolean {
  return prefix !== undefined && identityOf(prefix)?.member !== undefined;
}

/** Whether the host of a prefix is in a cluster, as far as it knows. */
export function belongs(prefix: string): boolean {
  const { clusterId, member } = identityOf(prefix) ?? {};
  return clusterId !== undefined || member !== undefined;
}

function identityOf(prefix: string): AgentDisk | undefined {
  const text = stateDirectory(`${prefix}/cluster/state`).read(IDENTITY);
  return text === undefined ? undefined : readIdentity(text);
}
