/**
 * Lists of certificates that count no more (CRL), as etcd reads them at every connection.
 *
 * @module
 */

import { LIMITS } from "../base/limits.ts";
import { fail, ok, reasonOf, type Result } from "../base/result.ts";
import type { Authority } from "./issuing.ts";
import { ALGORITHM, ALWAYS } from "./profiles.ts";
import { X509Crl, X509CrlGenerator } from "./x509.ts";

/** Signs a list of serial numbers (hexadecimal digits); none of them is a list, too. In DER. */
export async function revokedList(
  { cert, key }: Authority,
  serials: readonly string[],
): Promise<Result<Uint8Array>> {
  if (serials.length > LIMITS.revoked) {
    return fail(`at most ${LIMITS.revoked} certificates can be listed as no longer valid`, {
      code: "list-full",
      hint: "mgmt cluster rotate ca, on a host that runs etcd: those of before need no list then",
    });
  }
  const list = await X509CrlGenerator.create({
    issuer: cert.subjectName.toString(),
    // It must count also where the clock is years off, and never end by itself.
    thisUpdate: new Date(ALWAYS.fromMs),
    nextUpdate: new Date(ALWAYS.untilMs),
    entries: [...new Set(serials)].map((serialNumber) => ({
      serialNumber,
      revocationDate: new Date(ALWAYS.fromMs),
    })),
    signingKey: key,
    signingAlgorithm: ALGORITHM,
  }, crypto);
  return ok(new Uint8Array(list.rawData));
}

/** The serial numbers of a list, if that authority signed it. */
export async function readRevoked(
  der: Uint8Array,
  { cert }: Pick<Authority, "cert">,
): Promise<Result<readonly string[]>> {
  try {
    const list = new X509Crl(new Uint8Array(der));
    if (!await list.verify({ publicKey: cert.publicKey }, crypto)) {
      return fail("the list of certificates that count no more was signed by somebody else");
    }
    return ok(list.entries.map(({ serialNumber }) => serialNumber));
  } catch (thrown) {
    return fail(`this is no list of certificates that count no more: ${reasonOf(thrown)}`);
  }
}
