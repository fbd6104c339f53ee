/**
 * Whether a key is one of ours (ECDSA on P-256, in PKCS #8) and that of a certificate: told by their bytes,
 * before the runtime is given any of them. It ends the whole program where a connection is to be made with a
 * key and a certificate that are not of each other.
 *
 * @module
 */

import type { PemFile } from "../base/credentials.ts";
import { type Failure, failure } from "../base/result.ts";
import { bytesOf, certificatesIn, keysIn } from "./pem.ts";

/** In DER, hexadecimal: what kind of key it is, ECDSA on P-256. */
const KIND = "301306072a8648ce3d020106082a8648ce3d030107";
/** A private key: its kind, its number, and the point that belongs to it. */
const PRIVATE = new RegExp(
  `^308187020100${KIND}046d306b0201010420[0-9a-f]{64}a14403420004([0-9a-f]{128})$`,
);
/** What a certificate says of the key that it is for. */
const CERTIFIED = new RegExp(`3059${KIND}03420004([0-9a-f]{128})`, "g");

/** The point of a private key; undefined: it is none of ours. */
export function pointOfKey(pem: string): string | undefined {
  const [key, ...more] = keysIn(pem);
  if (key === undefined || more.length > 0) return undefined;
  return PRIVATE.exec(bytesOf(key).toHex())?.[1];
}

/** The point of the key that a certificate is for; undefined: that is none of ours. */
export function pointOfCertificate(pem: string): string | undefined {
  const [cert, ...more] = certificatesIn(pem);
  if (cert === undefined || more.length > 0) return undefined;
  const found = [...bytesOf(cert).toHex().matchAll(CERTIFIED)];
  return found.length === 1 ? found[0]?.[1] : undefined;
}

/** Why those two files cannot be used together; undefined: they can. The files are named. */
export function whyNoPair(
  { cert, key }: { readonly cert: PemFile; readonly key: PemFile },
): Failure | undefined {
  const [certified, own] = [pointOfCertificate(cert.text), pointOfKey(key.text)];
  if (certified === undefined) {
    return failure(`${cert.path} is no certificate for a key on P-256`);
  }
  if (own === undefined) {
    return failure(`${key.path} is no key on P-256, as mgmt writes them (PKCS #8)`);
  }
  if (own === certified) return undefined;
  return failure(`the key in ${key.path} is not that of the certificate in ${cert.path}`);
}
