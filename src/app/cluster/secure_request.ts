/** What a host of a plain cluster asks for that becomes one with TLS, and what it keeps of the answer. */

import { fail, ok, type Result } from "../../base/result.ts";
import type { SecureAnswerRecord } from "../../cluster/store/records.ts";
import type { Random } from "../../os/random.ts";
import type { PrivateFiles } from "../../os/state/private_files.ts";
import { recipientOf } from "../../secrets/age.ts";
import { readAnswer } from "../../trust/answer.ts";
import { askingIdentity } from "../../trust/joined_files.ts";
import { ownKeys } from "../../trust/make_trust.ts";
import { importKeys } from "../../trust/issuing.ts";
import { idOfKey, keyHash, requestText } from "../../trust/request.ts";
import { stageAnswer } from "../../trust/staged_trust.ts";
import { keyFile, pemFile, TRUST_FILES } from "../../trust/trust_files.ts";
import type { JoinRole } from "../../trust/token.ts";

/** What the proof in such a request counts for. */
export const SECURE_PURPOSE = "secure";

/** A request, and whether another text is one for the same. */
export interface SecureRequest {
  readonly key: string;
  readonly text: string;
  readonly isOf: (text: string) => boolean;
}

/** Asks for that role; the keys are made where there are none. */
export async function secureRequest(
  files: PrivateFiles,
  host: string,
  role: JoinRole,
): Promise<Result<SecureRequest>> {
  const keys = await ownKeys(files, "host");
  if (!keys.ok) return keys;
  const identity = await askingIdentity(files);
  if (!identity.ok) return identity;
  const recipient = await recipientOf(identity.value);
  if (!recipient.ok) return recipient;
  const wish = { role, host, recipient: recipient.value };
  const { key, text } = await requestText(keys.value, wish, SECURE_PURPOSE);
  // Each signature is another one.
  const isOf = (other: string) => withoutProof(other) === withoutProof(text);
  return ok({ key, text, isOf });
}

function withoutProof(text: string): string {
  return text.replace(/"proof":"[^"]*"/, "");
}

/** Keeps it: from then on the host is ready. It is the first that it hears of that authority. */
export async function keepSecureAnswer(
  files: PrivateFiles,
  { text, believed }: SecureAnswerRecord,
  key: string,
  random: Random,
): Promise<Result<void>> {
  const keys = await ownKeys(files, "host");
  if (!keys.ok) return keys;
  const identity = await askingIdentity(files);
  if (!identity.ok) return identity;
  const answer = await readAnswer(text, {
    id: idOfKey(key),
    publicKey: keys.value.publicKey,
    identity: identity.value,
    believed,
  });
  if (!answer.ok) return fail(answer.failure.message, { code: "bad-answer" });
  return await stageAnswer(files, answer.value, random);
}

/** By what people know the key of this host with which it asks; undefined: it has none. */
export async function ownKeyFingerprint(files: PrivateFiles): Promise<string | undefined> {
  const known = pemFile(files, keyFile("host"));
  const keys = known.ok && known.value !== undefined
    ? await importKeys(known.value.text)
    : undefined;
  return keys && keyFingerprint(await keyHash(keys.publicKey));
}

/** By what people compare keys: SHA-256, in capitals with colons. */
export function keyFingerprint(key: string): string {
  return (key.toUpperCase().match(/../g) ?? []).join(":");
}

/** Whether anything was kept for it that does not count yet. */
export function isBegun(files: PrivateFiles): boolean {
  return [TRUST_FILES.next, keyFile("host"), TRUST_FILES.secret].some((name) => {
    const content = files.read(name);
    return content.ok && content.value !== undefined;
  });
}
