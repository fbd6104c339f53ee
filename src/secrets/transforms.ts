/**
 * What can be made of a secret's value before it is put in.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { SecretTransform } from "../base/secret_token.ts";
import { sha512Crypt } from "./sha512_crypt.ts";

/** Makes of a value what is asked for; `salt`: of hashes, the same for the same secret on one host. */
export function transformed(
  value: Uint8Array,
  transforms: readonly SecretTransform[],
  salt: () => string,
): Uint8Array {
  return transforms.reduce((bytes, transform) => {
    switch (transform) {
      case "trim":
        return trimmed(bytes);
      case "base64":
        return Buffer.from(Buffer.from(bytes).toString("base64"));
      case "json":
        return Buffer.from(JSON.stringify(Buffer.from(bytes).toString("utf8")).slice(1, -1));
      case "sha512crypt":
        return Buffer.from(sha512Crypt(bytes, salt()));
    }
  }, value);
}

/** Without blanks, tabs and line breaks at both ends. */
export function trimmed(bytes: Uint8Array): Uint8Array {
  let [start, end] = [0, bytes.length];
  while (start < end && isBlank(bytes[start])) start++;
  while (end > start && isBlank(bytes[end - 1])) end--;
  return bytes.subarray(start, end);
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}
