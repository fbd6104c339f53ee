/**
 * What commands do with what a cluster's hosts know each other by.
 *
 * @module
 */

import { join } from "node:path";
import { fail, ok, type Result } from "../../base/result.ts";
import { isTerminal } from "../../os/environment.ts";
import { createLocalRandom } from "../../os/local_random.ts";
import { makeOutputPrivate } from "../../os/private_output.ts";
import { privateFiles } from "../../os/state/private_files.ts";
import { createAuthority, openAuthority } from "../../trust/issuing.ts";
import { secretText } from "../../trust/pem.ts";
import { readOwnSecret, readTrust, TRUST_PLACE } from "../../trust/trust_files.ts";
import { agentPrefix, type PlaceFlags } from "../agent_prefix.ts";

/** The secret of this host's cluster, or a new one where it is in none that speaks TLS. */
export async function clusterSecret(given: PlaceFlags): Promise<Result<string>> {
  if (isTerminal("stdout")) {
    return fail("the secret is not printed where it can be seen", {
      hint: "mgmt cluster secret > FILE, which only you can read then",
    });
  }
  const prefix = agentPrefix(given);
  if (!prefix.ok) return prefix;
  const secret = await secretBelow(prefix.value);
  if (secret.ok) makeOutputPrivate();
  return secret;
}

async function secretBelow(prefix: string): Promise<Result<string>> {
  const files = privateFiles(join(prefix, TRUST_PLACE));
  const trust = readTrust(files);
  if (!trust.ok) return trust;
  if (trust.value === undefined) return ok(secretText(await createAuthority(createLocalRandom())));
  const own = readOwnSecret(files);
  if (!own.ok) return own;
  if (own.value === undefined) {
    return fail("this host does not have the secret of its cluster: it has no server role there", {
      code: "role",
      hint: "ask for it on a host that runs etcd (mgmt members)",
    });
  }
  const opened = await openAuthority(own.value);
  return opened.ok ? ok(secretText(own.value)) : opened;
}
