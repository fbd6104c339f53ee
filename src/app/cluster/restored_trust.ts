/**
 * By what a cluster that is made of a snapshot speaks TLS: by what the prefix has, or by a secret that is
 * given. A snapshot that was taken while rights were in force becomes no plain cluster.
 *
 * @module
 */

import { join, resolve } from "node:path";
import type { TlsCredentials } from "../../base/credentials.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { shellWord } from "../../base/shell_word.ts";
import type { Random } from "../../os/random.ts";
import { privateFiles } from "../../os/state/private_files.ts";
import { forgetTrust, TRUST_FILES } from "../../trust/trust_files.ts";
import { isThere as isPathThere } from "../agent_prefix.ts";
import { hasTrust, trustDirectory } from "./known_cluster.ts";

/** The trust of the new cluster, before the prefix has it. */
export interface RestoredTrust {
  /** What is shown before that, where the prefix has nothing to show. */
  readonly shown?: TlsCredentials;
  /** Writes it below the prefix, where it is not there yet. */
  readonly take: () => Promise<Result<void>>;
  /** Removes what was written: there is no new cluster. */
  readonly giveBack: () => void;
}

const NOTHING_TO_TAKE: RestoredTrust = {
  take: () => Promise.resolve(ok(undefined)),
  giveBack: () => {},
};

/** Decides it before anything is changed, or says what is missing and what to type. */
export async function restoredTrust(
  prefix: string,
  { hasRights }: { readonly hasRights: boolean },
  { file, secretFile }: { readonly file: string; readonly secretFile?: string },
  random: Random,
): Promise<Result<RestoredTrust>> {
  const isThere = hasTrust(prefix);
  if (secretFile === undefined) {
    return hasRights && !isThere ? noSecret(prefix, file) : ok(NOTHING_TO_TAKE);
  }
  if (!hasRights && !isThere) {
    return fail(`--secret-file: ${file} is of a cluster in plain text`, {
      code: "plain-cluster",
      hint: "leave --secret-file out",
    });
  }
  // Loaded only where there is TLS.
  const { givenSecret } = await import("./run_trust.ts");
  const secret = await givenSecret(resolve(secretFile), random);
  if (!secret.ok) return secret;
  const { credentials, take } = secret.value;
  const files = privateFiles(trustDirectory(prefix));
  const isLeft = isPathThere(join(files.path, TRUST_FILES.secret));
  return ok({
    ...(isThere ? {} : { shown: credentials }),
    take: () => take(prefix),
    giveBack: () => {
      // Of a host whose ca.pem was gone the rest stays, as it was.
      if (!isThere && isLeft) files.remove(TRUST_FILES.believed);
      else if (!isThere) forgetTrust(files);
    },
  });
}

function noSecret(prefix: string, file: string): Result<never> {
  const again = `mgmt cluster restore --secret-file FILE --prefix ${shellWord(prefix)} ${
    shellWord(file)
  }`;
  return fail(
    `${file} is of a cluster that speaks TLS, and ${prefix} has no certificate of it`,
    {
      code: "no-secret",
      hint:
        `${again}, where FILE has the cluster's secret (mgmt cluster secret > FILE, on a host of it that ran ` +
        "etcd). Where no host has it any more, make a new one (mgmt cluster secret --prefix DIRECTORY > FILE, with " +
        "an empty directory), with which all hosts join anew",
    },
  );
}
