/**
 * How authorities are told apart where their certificates are too long: in what hosts say of themselves.
 *
 * @module
 */

import { bytesOf, certificatesIn } from "./pem.ts";

const DIGITS = 16;

/** The mark of an authority's certificate (PEM): the first hexadecimal digits of its hash. */
export async function markOf(cert: string): Promise<string> {
  const sum = await crypto.subtle.digest("SHA-256", bytesOf(cert));
  return new Uint8Array(sum).toHex().slice(0, DIGITS);
}

/** Those of all certificates in a text, in its order. */
export function marksIn(text: string): Promise<readonly string[]> {
  return Promise.all(certificatesIn(text).map(markOf));
}
