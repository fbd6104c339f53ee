/**
 * How somebody who asks over TLS shows whose certificate he has, where the server cannot ask for it in TLS
 * itself (one of the runtimes has no such server): a signature, by the certificate's key, over a number of
 * the server's, the address that was asked and the question. The number is good for one question on one
 * connection, so that nothing can be said again elsewhere or later.
 *
 * It travels as HTTP does it (RFC 9110, 11): the answer 401 has the number, and the question comes again
 * with the proof.
 *
 * @module
 */

import { sign, verify, X509Certificate } from "node:crypto";

/** The name of this way to show who one is. */
const SCHEME = "mgmt-certificate";

/** With anything beside it, who checks the signature and who reads the name could each take another one. */
const ONE_CERTIFICATE =
  /^-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/;

/** What is signed. */
export interface ProvenQuestion {
  /** Host and port, as they were asked for. */
  readonly host: string;
  /** Path and search. */
  readonly target: string;
  readonly nonce: string;
}

/** The header of an answer that asks for a proof. */
export function challengeHeader(nonce: string): string {
  return `${SCHEME} nonce="${nonce}"`;
}

/** The number in such a header; undefined: it asks for something else. */
export function readChallenge(header: string | undefined): string | undefined {
  return /^mgmt-certificate nonce="([0-9a-f]{16,64})"$/.exec(header ?? "")?.[1];
}

/** The header of a question that is proven by this certificate and its key, both PEM. */
export function proofHeader(
  question: ProvenQuestion,
  { cert, key }: { readonly cert: string; readonly key: string },
): string {
  const signature = sign("sha256", bytesOf(question), key);
  return `${SCHEME} ${btoa(cert)} ${signature.toString("base64")}`;
}

/** The certificate whose holder has signed the question, in PEM; undefined: nobody has. */
export function provenBy(question: ProvenQuestion, header: string | undefined): string | undefined {
  const [, cert, signature] = /^mgmt-certificate ([A-Za-z0-9+/=]+) ([A-Za-z0-9+/=]+)$/
    .exec(header ?? "") ?? [];
  if (cert === undefined || signature === undefined) return undefined;
  try {
    const pem = atob(cert);
    if (!ONE_CERTIFICATE.test(pem)) return undefined;
    const { publicKey } = new X509Certificate(pem);
    const bytes = Uint8Array.from(atob(signature), (each) => each.charCodeAt(0));
    return verify("sha256", bytesOf(question), publicKey, bytes) ? pem : undefined;
  } catch {
    return undefined;
  }
}

/** No part can be read as another: none of them has a line end. */
function bytesOf({ host, target, nonce }: ProvenQuestion): Uint8Array {
  return new TextEncoder().encode(`mgmt hello 1\n${nonce}\n${host}\n${target}`);
}
