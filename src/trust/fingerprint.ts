/**
 * By what people compare certificates. Without the library: whoever looks at one shows it.
 *
 * @module
 */

import { shortFingerprint } from "../base/fingerprint.ts";
import { bytesOf, certificatesIn } from "./pem.ts";

/**
 * SHA-256 of a certificate, in capitals with colons, as openssl prints it; undefined: this is not one
 * certificate.
 */
export async function fingerprintOf(text: string): Promise<string | undefined> {
  const [pem, ...more] = certificatesIn(text);
  if (pem === undefined || more.length > 0) return undefined;
  const sum = await crypto.subtle.digest("SHA-256", bytesOf(pem));
  return (new Uint8Array(sum).toHex().toUpperCase().match(/../g) ?? []).join(":");
}

/** Which authorities those are, where they differ, for the end of a message; empty: that cannot be told. */
export async function bothAuthorities(known: string, given: string): Promise<string> {
  const [one, other] = [certificatesIn(known)[0], certificatesIn(given)[0]];
  const here = one === undefined ? undefined : await fingerprintOf(one);
  const there = other === undefined ? undefined : await fingerprintOf(other);
  if (here === undefined || there === undefined) return "";
  return `: its authority is ${shortFingerprint(here)}, the secret's ${shortFingerprint(there)}`;
}
