/** What an operator signs with: keys of Ed25519. */

import { asPem } from "./pem.ts";

/** A key and what its signatures are known by, both PEM. */
export interface SigningKey {
  readonly signer: string;
  readonly known: string;
}

/** Makes a new one. */
export async function createSigningKey(): Promise<SigningKey> {
  const keys = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  const { privateKey, publicKey } = keys as CryptoKeyPair;
  const [own, open] = await Promise.all([
    crypto.subtle.exportKey("pkcs8", privateKey),
    crypto.subtle.exportKey("spki", publicKey),
  ]);
  return {
    signer: asPem(new Uint8Array(own), "PRIVATE KEY"),
    known: asPem(new Uint8Array(open), "PUBLIC KEY"),
  };
}
