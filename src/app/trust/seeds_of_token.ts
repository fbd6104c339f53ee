/**
 * Whether a token is of the cluster that answers at the seeds. It says itself where its own cluster is, so
 * that a host would come into that one without a word, and stay away from the one that was named.
 *
 * @module
 */

import { readAddress } from "../../base/address.ts";
import { type Failure, failure } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import { startDeadline } from "../../os/network/deadline.ts";
import { certificateShown } from "../../os/network/tls/shown.ts";
import { readAuthorities, signedBy } from "../../trust/certificate.ts";
import { fingerprintOf } from "../../trust/fingerprint.ts";
import type { OpenToken } from "../../trust/open_token.ts";
import { asPem, certificatesIn } from "../../trust/pem.ts";
import { X509Certificate } from "../../trust/x509.ts";

const SHOWN_MS = 3000;
const MOST_ASKED = 10;

/** Why the token does not go with these seeds; undefined: it does, or nobody is there who says. */
export async function otherCluster(
  token: OpenToken,
  seeds: readonly string[],
  clock: Clock,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const own = new Set(token.addresses);
  const asked = seeds.filter((url) => !own.has(url)).slice(0, MOST_ASKED);
  const deadline = startDeadline(clock, SHOWN_MS, signal);
  try {
    const found = await Promise.all(asked.map(async (url) => {
      const address = readAddress(url);
      const shown = address && await certificateShown(address, deadline.signal);
      return shown && await ofAnother(token, url, asPem(shown, "CERTIFICATE"));
    }));
    return found.find((each) => each !== undefined);
  } finally {
    deadline.end();
  }
}

async function ofAnother(
  { believed }: OpenToken,
  url: string,
  shown: string,
): Promise<Failure | undefined> {
  const authorities = readAuthorities(believed);
  if (!authorities.ok || await signedBy(shown, authorities.value)) return undefined;
  const [own, there] = [await said(certificatesIn(believed)[0] ?? ""), await said(shown)];
  return failure(
    `the token is of another cluster than what answers at ${url}: it is of ${own.subject} ` +
      `(SHA-256 ${own.print}), and there ${there.issuer} signed the certificate that is shown ` +
      `(SHA-256 ${there.print})`,
    {
      code: "other-cluster",
      hint:
        "for the token's cluster leave --seeds out at the join: it says itself where that is; for the " +
        "other one: mgmt token create, on a host of it that runs etcd",
    },
  );
}

async function said(pem: string): Promise<Record<"subject" | "issuer" | "print", string>> {
  const print = await fingerprintOf(pem);
  const { subject, issuer } = new X509Certificate(pem);
  const named = (name: string) => name.replace("CN=", "").slice(0, 80) || "nobody";
  return {
    subject: named(subject),
    issuer: named(issuer),
    print: print ?? "?",
  };
}
