/**
 * Encryption for the keys of certain hosts and people, in the format of age (age-encryption.org). It is
 * loaded where there is something to read or write.
 *
 * @module
 */

import {
  armor,
  Decrypter,
  Encrypter,
  generateX25519Identity,
  identityToRecipient,
} from "age-encryption";
import { fail, ok, reasonOf, type Result } from "../base/result.ts";

/** A key of its own: what reads, never shown. */
export function newIdentity(): Promise<string> {
  return generateX25519Identity();
}

/** For whom must be encrypted that this identity reads it: what everybody may know. */
export async function recipientOf(identity: string): Promise<Result<string>> {
  try {
    return ok(await identityToRecipient(identity));
  } catch {
    return fail("this is no identity of age", { hint: "it begins with AGE-SECRET-KEY-" });
  }
}

/** Encrypts for all of these, as text. */
export async function encryptFor(
  value: Uint8Array,
  recipients: readonly string[],
): Promise<Result<string>> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch {
      return fail(`${JSON.stringify(recipient)} is no recipient`, {
        hint: "it begins with age1; a host shows its own with mgmt secret identity",
      });
    }
  }
  try {
    return ok(`${armor.encode(await encrypter.encrypt(value))}\n`);
  } catch (thrown) {
    // Whoever says for whom may name a point of the curve that nobody has the key of.
    return fail(`nothing can be encrypted for ${recipients.join(", ")}: ${reasonOf(thrown)}`, {
      code: "no-recipient",
    });
  }
}

/** Reads what was encrypted for one of these identities, as text or bytes. */
export async function decryptWith(
  file: Uint8Array,
  identities: readonly string[],
): Promise<Result<Uint8Array>> {
  const decrypter = new Decrypter();
  try {
    for (const identity of identities) decrypter.addIdentity(identity);
  } catch {
    return fail("what should be an identity of age is none", {
      hint: "it begins with AGE-SECRET-KEY-",
    });
  }
  try {
    return ok(await decrypter.decrypt(bytesOf(file), "uint8array"));
  } catch (thrown) {
    return fail(reasonOf(thrown), { code: "not-for-us" });
  }
}

function bytesOf(file: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(file);
  return text.trimStart().startsWith("-----BEGIN AGE") ? armor.decode(text.trim()) : file;
}
