/**
 * Names of hosts as hashes, as ssh writes them with `HashKnownHosts`: a salt and an HMAC of SHA-1.
 *
 * @module
 */

import { createHash, createHmac } from "node:crypto";

const HASHED = /^\|1\|([A-Za-z0-9+/=]+)\|([A-Za-z0-9+/=]+)$/;
const SALT_BYTES = 20;

/** Whether what stands for names is a hash. */
export function isHashed(names: string): boolean {
  return names.startsWith("|");
}

/** Whether a hash is that of a name. */
export function isHashOf(hashed: string, name: string): boolean {
  const [, salt, hash] = HASHED.exec(hashed) ?? [];
  return salt !== undefined && hmac(salt, name) === hash;
}

/** A name as a hash. The same name of the same key is the same again: `seed` takes the place of chance. */
export function hashedName(name: string, seed: string): string {
  const salt = createHash("sha256").update(`${seed}\0${name}`).digest().subarray(0, SALT_BYTES)
    .toString("base64");
  return `|1|${salt}|${hmac(salt, name)}`;
}

function hmac(salt: string, name: string): string {
  const key = Uint8Array.from(atob(salt), (sign) => sign.charCodeAt(0));
  return createHmac("sha1", key).update(name).digest("base64");
}
