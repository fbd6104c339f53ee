/**
 * What commands do with what a cluster's hosts know each other by.
 *
 * @module
 */

import { join } from "node:path";
import { fail, ok, type Result } from "../../base/result.ts";
import { isTerminal } from "../../os/environment.ts";
import { createLocalRandom } from "../../os/local_random.ts";
import { privateOutput } from "../../os/private_output.ts";
import { type PrivateFiles, privateFiles } from "../../os/state/private_files.ts";
import { createAuthority, openAuthority } from "../../trust/issuing.ts";
import { secretText } from "../../trust/pem.ts";
import {
  pemFile,
  readOwnSecret,
  readTrust,
  TRUST_FILES,
  TRUST_PLACE,
} from "../../trust/trust_files.ts";
import { knownCluster } from "../cluster/known_cluster.ts";
import { trustGone } from "../cluster/trust_gone.ts";
import { agentPrefix, isNamed, isThere, type PlaceFlags } from "../agent_prefix.ts";

/** Where a command is asked for, and who hears what is no part of its result. */
export interface SecretWish extends PlaceFlags {
  say(text: string): Promise<void>;
}

/** A secret, and whose it is, for people. */
interface FoundSecret {
  readonly text: string;
  readonly what: string;
}

/** The secret of this host's cluster, or a new one where it is in none that speaks TLS; says which. */
export async function clusterSecret({ say, ...given }: SecretWish): Promise<Result<string>> {
  if (isTerminal("stdout")) {
    return fail("the secret is not printed where it can be seen", {
      hint: "mgmt cluster secret > FILE, which only you can read then",
    });
  }
  const output = privateOutput();
  if (!output.ok) return output;
  const prefix = agentPrefix(given);
  if (!prefix.ok) return prefix;
  if (isNamed(given) && !isThere(prefix.value)) {
    return fail(`there is no ${prefix.value}`, {
      code: "no-prefix",
      hint: "name the prefix of a host; for a new secret leave --prefix and --hostname out",
    });
  }
  const secret = await secretBelow(prefix.value);
  if (!secret.ok) return secret;
  const printed = output.value(secret.value.text);
  if (printed.ok) await say(secret.value.what);
  return printed;
}

async function secretBelow(prefix: string): Promise<Result<FoundSecret>> {
  const files = privateFiles(join(prefix, TRUST_PLACE));
  const trust = readTrust(files);
  if (!trust.ok) return trust;
  if (trust.value === undefined) return await newSecret(files, prefix);
  const own = readOwnSecret(files);
  if (!own.ok) return own;
  if (own.value === undefined) {
    return fail("this host does not have the secret of its cluster: it has no server role there", {
      code: "role",
      hint: "ask for it on a host that runs etcd (mgmt members)",
    });
  }
  const opened = await openAuthority(own.value);
  if (!opened.ok) return opened;
  const name = opened.value.cert.subject.replace("CN=", "");
  return ok({
    text: secretText(own.value),
    what: `the secret of the cluster of ${prefix} (${name})`,
  });
}

async function newSecret(files: PrivateFiles, prefix: string): Promise<Result<FoundSecret>> {
  const { believed, secret } = TRUST_FILES;
  const coming = pemFile(files, TRUST_FILES.next);
  if (!coming.ok) return coming;
  if (coming.value !== undefined) {
    return fail("the cluster of this host is on its way to TLS: its secret does not count yet", {
      code: "on-the-way",
      hint: "mgmt cluster status says how far it is",
    });
  }
  const left = pemFile(files, secret);
  if (!left.ok) return left;
  if (left.value !== undefined) {
    return fail(`${left.value.path} is there, and ${join(files.path, believed)} is not`, {
      code: "trust-broken",
      hint:
        `bring ${believed} back: it is the certificate in ${secret}; if this host never came into ` +
        "a cluster, start it once more",
    });
  }
  // A new one would be none of this host's cluster.
  if (knownCluster(prefix) === "lost") {
    const { failure: { message, hint = "", ...more } } = trustGone(prefix);
    const another = "mgmt cluster secret --prefix DIRECTORY > FILE, with one that is empty";
    return fail(message, { ...more, hint: `${hint}; a new secret, of no cluster yet: ${another}` });
  }
  return ok({
    text: secretText(await createAuthority(createLocalRandom())),
    what: "a new secret: for hosts that are to found a cluster together",
  });
}
