/** What a prefix is, of a host whose plain cluster becomes one with TLS, or goes back. */

import { fail, ok, type Result } from "../../base/result.ts";
import type { AgentDisk } from "../../cluster/agent/io.ts";
import { schemeOf } from "../../cluster/leader/securing.ts";
import { type PrivateFiles, privateFiles } from "../../os/state/private_files.ts";
import { stateDirectory } from "../../os/state/state_directory.ts";
import { checkCertificate } from "../../trust/certificate.ts";
import { commitTrust, finishCommit, stagedFiles, uncommitTrust } from "../../trust/staged_trust.ts";
import { readTrust } from "../../trust/trust_files.ts";
import { IDENTITY, readIdentity } from "./disk.ts";
import { hasTrust, trustDirectory } from "./known_cluster.ts";
import { urlIn } from "./tls_addresses.ts";

/** Whether all is there that its host needs to speak TLS with hosts that believe these, though it does not yet. */
export function isStaged(prefix: string, believed?: string): boolean {
  const trust = readTrust(stagedFiles(privateFiles(trustDirectory(prefix))));
  if (!trust.ok || trust.value === undefined) return false;
  return believed === undefined || trust.value.credentials.ca.text === believed;
}

/** With which arguments a host goes on, and by which name its certificate counts. */
export interface SecureNow {
  readonly generation: string | undefined;
  readonly host: string;
}

/**
 * Makes a prefix what the arguments of its etcd say that it is: that is written down first, so that a host
 * which was killed in the middle finishes it at its next start. `now`: what is written down from now on;
 * absent: what is there counts.
 */
export async function settleSecuring(
  prefix: string,
  now?: SecureNow,
): Promise<Result<void>> {
  const generation = now?.generation;
  const state = stateDirectory(`${prefix}/cluster/state`);
  const identity = readIdentity(state.read(IDENTITY) ?? "");
  const wanted = schemeOf(generation ?? identity?.generation);
  if (identity === undefined || wanted === undefined) return ok(undefined);
  const files = privateFiles(trustDirectory(prefix));
  const isTls = hasTrust(prefix);
  const named = generation === undefined ? identity : { ...identity, generation };
  if (isTls === (wanted === "https") && identity.tls === (isTls ? true : undefined)) {
    const finished = isTls ? finishCommit(files) : ok(undefined);
    if (!finished.ok) return finished;
    const known = identity.generation === named.generation;
    return known ? ok(undefined) : state.write(IDENTITY, JSON.stringify(named));
  }
  const next = wanted === "https"
    ? await securedIdentity(withName(named, now?.host), files, isTls)
    : ok(plain(named));
  if (!next.ok) return next;
  const saved = state.write(IDENTITY, JSON.stringify(next.value));
  if (!saved.ok) return saved;
  if (wanted === "http") return uncommitTrust(files);
  // The leader waits for a member, and for no other host.
  return commitTrust(files, named.member !== undefined);
}

/** Its certificate has rights to that name alone; a member's is in that of its etcd. */
function withName(identity: AgentDisk, host: string | undefined): AgentDisk {
  const isNamed = identity.member !== undefined || identity.host !== undefined;
  return isNamed || host === undefined ? identity : { ...identity, host };
}

/** Who a host is by its certificate: without the secret it is known by its key. */
async function securedIdentity(
  identity: AgentDisk,
  files: PrivateFiles,
  isTls: boolean,
): Promise<Result<AgentDisk>> {
  const trust = readTrust(isTls ? files : stagedFiles(files));
  if (!trust.ok) return trust;
  if (trust.value === undefined) {
    return fail(
      `below ${files.path} there is no certificate that its cluster has given this host`,
      {
        code: "trust-broken",
        hint: "on a host that runs etcd: mgmt cluster secure --abort",
      },
    );
  }
  const { ca, cert } = trust.value.credentials;
  const checked = await checkCertificate(cert.text, { believed: ca.text });
  if (!checked.ok) return checked;
  const { holder } = checked.value;
  const id = holder.type === "host" ? holder.id : identity.id;
  const endpoints = identity.endpoints.map((url) => urlIn("https", url));
  return ok({ ...identity, id, endpoints, tls: true, wasPlain: true });
}

/** In plain text no name is bound to a key. */
function plain({ tls: _, wasPlain: _before, host: _name, ...identity }: AgentDisk): AgentDisk {
  return { ...identity, endpoints: identity.endpoints.map((url) => urlIn("http", url)) };
}
