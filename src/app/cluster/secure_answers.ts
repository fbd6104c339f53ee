/** What the host where a plain cluster was ordered to become TLS answers the others: it has the new secret. */

import { fail, ok, type Result } from "../../base/result.ts";
import { boundTo } from "../../cluster/leader/joins.ts";
import { bindingKey } from "../../cluster/store/keys.ts";
import {
  secureAnsweredHost,
  secureAnswerKey,
  secureKey,
  secureRange,
} from "../../cluster/store/secure_keys.ts";
import { type SecureAskedRecord, write } from "../../cluster/store/records.ts";
import { listAll, type Store, type StoreOperation } from "../../cluster/store/store.ts";
import type { Random } from "../../os/random.ts";
import type { PrivateFiles } from "../../os/state/private_files.ts";
import { answerText } from "../../trust/answer.ts";
import { createAuthority } from "../../trust/issuing.ts";
import { takeServerRole } from "../../trust/make_trust.ts";
import type { CertifiedKey } from "../../trust/pem.ts";
import { type CheckedRequest, readRequest } from "../../trust/request.ts";
import { stagedFiles } from "../../trust/staged_trust.ts";
import { readOwnSecret } from "../../trust/trust_files.ts";
import { SECURE_PURPOSE } from "./secure_request.ts";

const DEADLINE_MS = 5000;
const PAGE = 500;
/** Hosts in one transaction. */
const MOST_TAKEN_BACK = 50;

/** A host that asks, and what it asks for, proven by its key. */
export interface SecureCandidate {
  readonly host: string;
  readonly request: CheckedRequest;
}

/** Reads what a host asks for; it asks in its own name, as what it is in the cluster. */
export async function readAsked(
  host: string,
  { request: text, key }: SecureAskedRecord,
  isMember: boolean,
): Promise<Result<SecureCandidate>> {
  const request = await readRequest(text, key, SECURE_PURPOSE);
  if (!request.ok) return request;
  const role = isMember ? "server" : "agent";
  if (request.value.host !== host || request.value.role !== role) {
    return fail(`${host} asks as another than it is`, { code: "bad-request" });
  }
  return ok({ host, request: request.value });
}

/** The new secret of the cluster, which this host keeps; the one of an order that was cut short goes on. */
export async function newSecret(
  files: PrivateFiles,
  random: Random,
): Promise<Result<CertifiedKey>> {
  const staged = stagedFiles(files);
  const known = readOwnSecret(staged);
  if (!known.ok) return known;
  const secret = known.value ?? await createAuthority(random);
  const taken = await takeServerRole(staged, secret, random);
  return taken.ok ? ok(secret) : taken;
}

/** Who answers. */
export interface SecureAnswering {
  readonly secret: CertifiedKey;
  readonly random: Random;
  /** Of the order: one that was given up meanwhile leaves nothing behind. */
  readonly revision: number;
}

/** Answers one host, and binds its name to its key where it is to have rights by that. */
export async function answerHost(
  store: Store,
  { host, request }: SecureCandidate,
  { secret, random, revision }: SecureAnswering,
): Promise<Result<void>> {
  const text = await answerText(request, { secret, believed: secret.cert, random });
  if (!text.ok) return text;
  const { serial, text: answer } = text.value;
  const value = write({ text: answer, believed: secret.cert });
  // With the certificate that it has now, for when it is cast out.
  const binding = write(boundTo(request.id, serial, undefined));
  const then: StoreOperation[] = [
    { type: "put", key: secureAnswerKey(host), value },
    ...(request.role === "server"
      ? []
      : [{ type: "put", key: bindingKey(host), value: binding } as const]),
  ];
  const when = [{ key: secureKey(), mod: revision }];
  const put = await store.transact({ when, then }, { deadlineMs: DEADLINE_MS });
  if (!put.ok) return put;
  return put.value.succeeded ? ok(undefined) : orderedMeanwhile();
}

/**
 * Takes back what hosts were answered that are not confirmed now: a command that was killed before it had
 * confirmed any may have been told otherwise. A certificate without a name that is bound to it counts for
 * nothing.
 */
export async function takeBackAnswers(
  store: Store,
  confirmed: readonly string[],
  revision: number,
): Promise<Result<void>> {
  const options = { deadlineMs: DEADLINE_MS };
  const page = await listAll(store, secureRange(), { ...options, limit: PAGE });
  if (!page.ok) return page;
  const others = page.value.entries.flatMap(({ key }) => secureAnsweredHost(key) ?? [])
    .filter((host) => !confirmed.includes(host));
  for (let from = 0; from < others.length; from += MOST_TAKEN_BACK) {
    const then = others.slice(from, from + MOST_TAKEN_BACK)
      .flatMap((host) => [secureAnswerKey(host), bindingKey(host)])
      .map((key) => ({ type: "delete", key } as const));
    const when = [{ key: secureKey(), mod: revision }];
    const done = await store.transact({ when, then }, options);
    if (!done.ok) return done;
    if (!done.value.succeeded) return orderedMeanwhile();
  }
  return ok(undefined);
}

/** The order is not the one that was read. */
export function orderedMeanwhile(): Result<never> {
  return fail("somebody else has ordered something meanwhile", {
    hint: "mgmt cluster status says what; then give this order again",
  });
}
