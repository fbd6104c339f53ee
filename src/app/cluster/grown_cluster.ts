/**
 * A plain cluster of this machine alone that is given an address which other machines reach. Where this host
 * is its only member it speaks TLS from then on, before anybody can reach it there.
 *
 * @module
 */

import { join } from "node:path";
import { fail, ok, type Result } from "../../base/result.ts";
import { count } from "../../base/words.ts";
import type { AgentDisk } from "../../cluster/agent/io.ts";
import { hostOfMember } from "../../cluster/store/keys.ts";
import { isLoopback } from "../../cluster/store/urls.ts";
import { membersIn, type WrittenMember } from "../../etcd/server/members_file.ts";
import { type StateDirectory, stateDirectory } from "../../os/state/state_directory.ts";
import type { ClusterSettings } from "./cluster_settings.ts";
import { IDENTITY, readIdentity } from "./disk.ts";
import { knownCluster } from "./known_cluster.ts";
import { exposedUrls } from "./loopback_mac.ts";

/** Whether such a cluster begins to speak TLS now; fails where it cannot, because others are in it. */
export function growsToTls(cluster: ClusterSettings, prefix: string): Result<boolean> {
  const [url] = exposedUrls({ ...cluster, seeds: [] });
  const isAsked = cluster.trust.insecurePlaintext || knownCluster(prefix) !== "plain";
  const identity = url === undefined || isAsked ? undefined : readIdentity(textIn(stateOf(prefix)));
  if (url === undefined || identity?.member === undefined) return ok(false);
  const members = membersOf(prefix, identity);
  if (!members.every(isHere)) return ok(false);
  const others = members.filter(({ name }) => name !== identity.member?.name);
  if (others.length === 0) return ok(true);
  // One that has not started yet has no name.
  const names = others.map(({ name, peerUrls }) => hostOfMember(name) ?? (name || peerUrls.join()))
    .slice(0, 5).join(", ");
  return fail(
    `${url}: the cluster of ${prefix} is one of this machine alone, in plain text, and has ` +
      `${count(others.length, "member")} more (${names})`,
    {
      code: "loopback-cluster",
      hint:
        "where this host is its only member it speaks TLS from its first other address on: mgmt leave " +
        "on the others, then start this one there, and let them join it with tokens (mgmt token create); " +
        "--insecure-plaintext goes on in plain text, for whoever reaches that address",
    },
  );
}

/**
 * Writes down that the cluster of a host speaks TLS, where its addresses do not say so: it is to be known also
 * if its certificates are gone one day. Of one that was never founded nothing is left. The result is whether
 * that cluster has not answered over TLS yet.
 */
export function noteGrown(prefix: string): Result<boolean> {
  const state = stateOf(prefix);
  const identity = readIdentity(textIn(state));
  if (!identity?.member?.initialCluster?.some(({ url }) => url.startsWith("http:"))) {
    return ok(false);
  }
  if (identity.tls === true) return ok(identity.endpoints.length === 0);
  const { id } = identity;
  const isFounded = identity.member.ran || membersOf(prefix, identity).length > 0;
  const next: AgentDisk = isFounded
    ? { ...identity, endpoints: [], tls: true }
    : { id, endpoints: [] };
  const written = state.write(IDENTITY, JSON.stringify(next));
  return written.ok ? ok(isFounded) : written;
}

/** By its etcd's own data, which nothing else follows as closely; none: it has never run. */
function membersOf(prefix: string, { member }: AgentDisk): readonly WrittenMember[] {
  return membersIn(join(prefix, "cluster/etcd/data", member?.name ?? "")) ?? [];
}

/** One that has not started yet is known by its peers alone. */
function isHere({ clientUrls, peerUrls }: WrittenMember): boolean {
  return [...clientUrls, ...peerUrls].every(isLoopback);
}

function stateOf(prefix: string): StateDirectory {
  return stateDirectory(`${prefix}/cluster/state`);
}

function textIn(state: StateDirectory): string {
  return state.read(IDENTITY) ?? "";
}
