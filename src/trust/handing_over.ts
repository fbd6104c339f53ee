/**
 * How the key of the next authority comes to hosts with the server role: encrypted for an identity that each
 * makes for that alone, so that nobody else reads it, whoever reads the store.
 *
 * @module
 */

import { parseJson } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Random } from "../os/random.ts";
import type { PrivateFiles } from "../os/state/private_files.ts";
import { newIdentity, recipientOf } from "../secrets/age.ts";
import { answerText, readAnswer } from "./answer.ts";
import { ownKeys } from "./make_trust.ts";
import { secretText } from "./pem.ts";
import { idOfKey, readRequest, requestText } from "./request.ts";
import { type MarkedAuthority, readNextSecret } from "./rotating.ts";
import { NEXT_FILES, readOwnSecret } from "./trust_files.ts";

/** What a request counts for, and nothing else. */
const purposeOf = ({ mark }: MarkedAuthority): string => `authority ${mark}`;

/** Asks for the key of that authority, in the name of `host`; asked again, it is the same question. */
export async function keyRequest(
  files: PrivateFiles,
  host: string,
  next: MarkedAuthority,
): Promise<Result<string>> {
  const keys = await ownKeys(files, "host");
  if (!keys.ok) return keys;
  const identity = await ownIdentity(files);
  if (!identity.ok) return identity;
  const recipient = await recipientOf(identity.value);
  if (!recipient.ok) return recipient;
  const wish = { role: "server", host, recipient: recipient.value } as const;
  return ok(JSON.stringify(await requestText(keys.value, wish, purposeOf(next))));
}

/** Answers that of `host`, where this host has the key itself. */
export async function keyAnswer(
  files: PrivateFiles,
  asked: { readonly host: string; readonly text: string },
  next: MarkedAuthority,
  random: Random,
): Promise<Result<string>> {
  const { key, text } = (parseJson(asked.text) ?? {}) as { key?: unknown; text?: unknown };
  if (typeof key !== "string" || typeof text !== "string") return fail("it asks for nothing");
  const request = await readRequest(text, key, purposeOf(next));
  if (!request.ok) return request;
  if (request.value.host !== asked.host || request.value.role !== "server") {
    return fail(`the request of ${asked.host} is another host's`);
  }
  const [own, kept] = [readOwnSecret(files), readNextSecret(files)];
  if (!own.ok) return own;
  if (!kept.ok) return kept;
  const secret = [kept.value, own.value].find((each) => each?.cert === next.cert);
  if (secret === undefined) return fail("this host does not have that key itself");
  const answer = await answerText(request.value, { secret, believed: next.cert, random });
  return answer.ok ? ok(answer.value.text) : answer;
}

/** Keeps the key that an answer holds; one that is for another host, or of another authority, is refused. */
export async function keepKey(
  files: PrivateFiles,
  text: string,
  next: MarkedAuthority,
): Promise<Result<void>> {
  const keys = await ownKeys(files, "host");
  if (!keys.ok) return keys;
  const identity = await ownIdentity(files);
  if (!identity.ok) return identity;
  const { publicKey } = keys.value;
  const asked = { id: idOfKey(""), publicKey, identity: identity.value, believed: next.cert };
  const answer = await readAnswer(text, asked);
  if (!answer.ok) return answer;
  if (answer.value.role !== "server") return fail("the answer holds no key");
  const kept = files.write(NEXT_FILES.secret, secretText(answer.value.secret));
  return kept.ok ? files.remove(NEXT_FILES.identity) : kept;
}

/** The identity of age that this host asks with; made where there is none. */
async function ownIdentity(files: PrivateFiles): Promise<Result<string>> {
  const known = files.read(NEXT_FILES.identity);
  if (!known.ok) return known;
  if (known.value !== undefined) return ok(new TextDecoder().decode(known.value).trim());
  const made = await newIdentity();
  const written = files.write(NEXT_FILES.identity, `${made}\n`);
  return written.ok ? ok(made) : written;
}
