/**
 * A host asks to be let in with a token: it shows the token's certificate to a member, puts its request
 * there, and takes the answer.
 *
 * @module
 */

import type { TlsCredentials } from "../../base/credentials.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { ANOTHER_TOKEN, NAME_LIVES } from "../../cluster/leader/joins.ts";
import { joinedKey, joinKey } from "../../cluster/store/keys.ts";
import type { Store } from "../../cluster/store/store.ts";
import type { Clock } from "../../os/clock.ts";
import type { Random } from "../../os/random.ts";
import type { PrivateFiles } from "../../os/state/private_files.ts";
import { recipientOf } from "../../secrets/age.ts";
import { type Answer, readAnswer } from "../../trust/answer.ts";
import { clientCredentials } from "../../trust/client_credentials.ts";
import { askingIdentity, type JoinedAs, keepAnswer } from "../../trust/joined_files.ts";
import { ownKeys } from "../../trust/make_trust.ts";
import type { OpenToken } from "../../trust/open_token.ts";
import { joinUser } from "../../trust/profiles.ts";
import { readRefused } from "../../trust/refused_answer.ts";
import { idOfKey, requestText } from "../../trust/request.ts";
import { openStore } from "../cluster/open_store.ts";
import { otherCluster } from "./seeds_of_token.ts";

/** Who asks, and with what. */
export interface JoinParts {
  readonly token: OpenToken;
  /** What the host is to be called, and its id where it certifies itself. */
  readonly host: string;
  readonly id: string;
  /** Where to ask before the token's addresses. */
  readonly seeds: readonly string[];
  readonly files: PrivateFiles;
  readonly clock: Clock;
  readonly random: Random;
  /** That its name is somebody's who is there is not final yet. */
  readonly waitsForName?: boolean;
}

/** So long a request stands that nobody answers. */
const LEASE_MS = 600_000;
const CALL_MS = 3000;
/** For an answer: a leader may have to be found first. */
const ANSWER_MS = 30_000;
const LOOK_MS = 50;
/** Who else has the token can remove the request: so it is put again. */
const AGAIN_MS = 5000;

/** Failures that another try does not change. */
export const JOIN_REFUSED = "join-refused";

/** What is shown by who has a token. */
export function tokenCredentials({ believed, shown }: OpenToken): TlsCredentials {
  return clientCredentials(shown, believed);
}

/** Asks once, and keeps what is answered. A failure with the code `join-refused` is final. */
export async function joinOnce(parts: JoinParts, signal: AbortSignal): Promise<Result<JoinedAs>> {
  const { token, seeds, clock } = parts;
  const other = await otherCluster(token, seeds, clock, signal);
  if (other !== undefined) return final(other.message, other.hint);
  const clientUrls = [...new Set([...seeds, ...token.addresses])];
  const store = await openStore({ clientUrls, credentials: tokenCredentials(token) }, clock);
  try {
    return await askAt(store, parts, signal);
  } finally {
    store.close();
  }
}

async function askAt(
  store: Store,
  parts: JoinParts,
  signal: AbortSignal,
): Promise<Result<JoinedAs>> {
  const { token, host, files } = parts;
  const keys = await ownKeys(files, "host");
  if (!keys.ok) return keys;
  const identity = await askingIdentity(files);
  if (!identity.ok) return identity;
  const recipient = await recipientOf(identity.value);
  if (!recipient.ok) return recipient;
  const wish = { role: token.role, host, recipient: recipient.value };
  const request = await requestText(keys.value, wish, joinUser(token.id));
  const text = await answered(store, { ...parts, key: request.key, text: request.text }, signal);
  if (!text.ok) return text;
  const answer = await readAnswer(text.value, {
    id: idOfKey(request.key),
    publicKey: keys.value.publicKey,
    identity: identity.value,
    believed: token.believed,
  });
  if (!answer.ok) return final(answer.failure.message, answer.failure.hint);
  return await keep(store, answer.value, { ...parts, key: request.key });
}

/** The text of the answer: one that was given before, or that to a request put there now. */
async function answered(
  store: Store,
  { token, clock, key, text, waitsForName }: JoinParts & {
    readonly key: string;
    readonly text: string;
  },
  signal: AbortSignal,
): Promise<Result<string>> {
  const options = { deadlineMs: CALL_MS };
  const place = joinedKey(token.id, key);
  const before = await store.get(place, options);
  if (!before.ok) return notLetIn(before, token, clock);
  const known = before.value.entry?.value;
  if (known !== undefined && readRefused(known) === undefined) return ok(known);
  const lease = await store.grantLease(LEASE_MS, options);
  if (!lease.ok) return notLetIn(lease, token, clock);
  const asking = { ...options, lease: lease.value.id };
  const endMs = clock.nowMs() + ANSWER_MS;
  /** The revision of the request that was put last. */
  let of = 0;
  for (let againMs = -Infinity; clock.nowMs() < endMs && !signal.aborted;) {
    if (clock.nowMs() >= againMs) {
      againMs = clock.nowMs() + AGAIN_MS;
      const put = await store.put(joinKey(token.id, key), text, asking);
      if (!put.ok) return notLetIn(put, token, clock);
      of = put.value.revision;
    }
    await clock.sleep(LOOK_MS, signal);
    const found = await store.get(place, options);
    if (!found.ok) return notLetIn(found, token, clock);
    const value = found.value.entry?.value;
    const refused = value === undefined ? undefined : readRefused(value);
    if (value !== undefined && refused === undefined) return ok(value);
    if (refused?.of === of) {
      const { why } = refused;
      const mayEnd = waitsForName === true && why.code === NAME_LIVES;
      return mayEnd ? { ok: false, failure: why } : final(why.message, why.hint);
    }
    // What was refused was written over it, by another that has the token.
    if (refused !== undefined && refused.of > of) againMs = -Infinity;
  }
  return fail("the cluster has not answered whether this host may join: nobody leads there", {
    code: "unavailable",
    hint: "mgmt cluster status, on a host of it, says what it waits for",
  });
}

/** What etcd says to who has a token that counts no more, or comes from another cluster. */
function notLetIn(
  { failure }: Extract<Result<never>, { ok: false }>,
  { untilMs }: OpenToken,
  clock: Clock,
): Result<never> {
  const isOver = clock.wall().getTime() > untilMs;
  const isUnknown = failure.code === "permission-denied";
  if (!isOver && !isUnknown) return { ok: false, failure };
  const why = isUnknown
    ? "it has ended, or was revoked"
    : `it ended at ${new Date(untilMs).toISOString()}`;
  return final(`the token counts no more: ${why}`, ANOTHER_TOKEN);
}

async function keep(
  store: Store,
  answer: Answer,
  { token, host, id, key, files, random }: JoinParts & { readonly key: string },
): Promise<Result<JoinedAs>> {
  const members = await store.members({ deadlineMs: CALL_MS });
  if (!members.ok) return members;
  const { clusterId, members: all } = members.value;
  const voters = all.filter(({ learner }) => !learner).flatMap(({ clientUrls }) => clientUrls);
  const joined = {
    ...(answer.role === "agent" ? { id: idOfKey(key), host } : { id }),
    clusterId,
    endpoints: voters.length > 0 ? voters : token.addresses,
  };
  const kept = await keepAnswer(files, answer, joined, random);
  return kept.ok ? ok(joined) : kept;
}

function final(message: string, hint?: string): Result<never> {
  return fail(message, { code: JOIN_REFUSED, ...(hint === undefined ? {} : { hint }) });
}
