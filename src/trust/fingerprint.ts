/**
 * By what people compare certificates. Without the library: whoever looks at one shows it.
 *
 * @module
 */

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
