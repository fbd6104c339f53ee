/**
 * The hash of a password as it stands in /etc/shadow with `$6$`: SHA-512 crypt, 5000 rounds.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash, createHmac } from "node:crypto";

const ROUNDS = 5000;
const SALT_SIGNS = 16;
const ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * A salt for hashes of a secret on one machine. A salt is no secret: it only must differ from host to
 * host and from secret to secret. It says nothing of the value, or guesses could be tried on it quickly.
 */
export function saltFor(machine: string, name: string): string {
  const bytes = createHmac("sha256", "mgmt sha512crypt").update(`${machine}\0${name}`).digest();
  return Array.from(bytes.subarray(0, SALT_SIGNS), (byte) => ALPHABET[byte & 63]).join("");
}

/** The hash, with its salt (up to 16 signs of the alphabet of crypt). */
export function sha512Crypt(password: Uint8Array, salt: string): string {
  const saltBytes = Buffer.from(salt.slice(0, SALT_SIGNS));
  let digest = firstDigest(password, saltBytes);
  const passwordBytes = repeated(hash(...Array(password.length).fill(password)), password.length);
  const saltRepeats = 16 + (digest[0] ?? 0);
  const saltSequence = repeated(hash(...Array(saltRepeats).fill(saltBytes)), saltBytes.length);
  for (let round = 0; round < ROUNDS; round++) {
    const isOdd = round % 2 === 1;
    const parts: Uint8Array[] = [isOdd ? passwordBytes : digest];
    if (round % 3 !== 0) parts.push(saltSequence);
    if (round % 7 !== 0) parts.push(passwordBytes);
    parts.push(isOdd ? digest : passwordBytes);
    digest = hash(...parts);
  }
  return `$6$${saltBytes.toString()}$${encoded(digest)}`;
}

function firstDigest(password: Uint8Array, salt: Uint8Array): Uint8Array {
  const other = hash(password, salt, password);
  const parts: Uint8Array[] = [password, salt, repeated(other, password.length)];
  for (let bits = password.length; bits > 0; bits >>= 1) {
    parts.push((bits & 1) === 1 ? other : password);
  }
  return hash(...parts);
}

function hash(...parts: readonly Uint8Array[]): Uint8Array {
  const made = createHash("sha512");
  for (const part of parts) made.update(part);
  return made.digest();
}

/** As many bytes as asked for, of what is repeated. */
function repeated(bytes: Uint8Array, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => bytes[index % bytes.length] ?? 0);
}

/** Three bytes give four signs, least significant first; which three, steps by 21. */
function encoded(digest: Uint8Array): string {
  let text = "";
  let order = [0, 21, 42];
  for (let group = 0; group < 21; group++) {
    const [high = 0, middle = 0, low = 0] = order.map((index) => digest[index] ?? 0);
    text += signs((high << 16) | (middle << 8) | low, 4);
    order = [order[1] ?? 0, order[2] ?? 0, order[0] ?? 0].map((index) => index + 1);
  }
  return text + signs(digest[63] ?? 0, 2);
}

function signs(value: number, count: number): string {
  return Array.from({ length: count }, (_, index) => ALPHABET[(value >> (6 * index)) & 63]).join(
    "",
  );
}
