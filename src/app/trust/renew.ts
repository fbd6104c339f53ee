/**
 * A host without the server role has its certificate renewed: it asks in the store under its own name, for the
 * key that it has, and takes what the leader answers there.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import { certificateKey, requestKey } from "../../cluster/store/keys.ts";
import { read, write } from "../../cluster/store/records.ts";
import type { Store } from "../../cluster/store/store.ts";
import type { Clock } from "../../os/clock.ts";
import type { PrivateFiles } from "../../os/state/private_files.ts";
import { readAnswer } from "../../trust/answer.ts";
import { keepRenewed } from "../../trust/joined_files.ts";
import { ownKeys } from "../../trust/make_trust.ts";
import { idOfKey, renewalOf, requestText } from "../../trust/request.ts";
import { pemFile, TRUST_FILES } from "../../trust/trust_files.ts";

/** Who asks. */
export interface RenewingHost {
  /** Its name in the cluster. */
  readonly host: string;
  readonly files: PrivateFiles;
  readonly clock: Clock;
}

/** So long a request stands that nobody answers. */
const LEASE_MS = 120_000;
const CALL_MS = 3000;
/** For an answer: a leader may have to be found first. */
const ANSWER_MS = 60_000;
const LOOK_MS = 200;

/** Asks once, and keeps what is answered. What it had counts on where that fails. */
export async function renewByLeader(
  store: Store,
  { host, files, clock }: RenewingHost,
  signal: AbortSignal,
): Promise<Result<void>> {
  const [keys, believed] = [await ownKeys(files, "host"), pemFile(files, TRUST_FILES.believed)];
  if (!keys.ok) return keys;
  if (!believed.ok) return believed;
  const wish = { role: "agent", host, recipient: "" } as const;
  const { key, text } = await requestText(keys.value, wish, renewalOf(host));
  const said = await answered(store, { host, value: write({ key, text }), clock }, signal);
  if (!said.ok) return said;
  const answer = await readAnswer(said.value, {
    id: idOfKey(key),
    publicKey: keys.value.publicKey,
    identity: "",
    believed: believed.value?.text ?? "",
  });
  if (!answer.ok) return answer;
  if (answer.value.role !== "agent") return fail("the cluster answered something else");
  const kept = keepRenewed(files, answer.value);
  if (!kept.ok) return kept;
  // Where that fails, its lease does it.
  await store.transact({ when: [], then: [{ type: "delete", key: requestKey(host) }] }, {
    deadlineMs: CALL_MS,
  });
  return ok(undefined);
}

/** Puts a request, and waits for the answer to that very one. */
async function answered(
  store: Store,
  { host, value, clock }: { readonly host: string; readonly value: string; readonly clock: Clock },
  signal: AbortSignal,
): Promise<Result<string>> {
  const options = { deadlineMs: CALL_MS, signal };
  const lease = await store.grantLease(LEASE_MS, options);
  if (!lease.ok) return lease;
  const put = await store.put(requestKey(host), value, { ...options, lease: lease.value.id });
  if (!put.ok) return put;
  const endMs = clock.nowMs() + ANSWER_MS;
  while (clock.nowMs() < endMs && !signal.aborted) {
    await clock.sleep(LOOK_MS, signal);
    const found = await store.get(certificateKey(host), options);
    if (!found.ok) return found;
    const record = read.certificate(found.value.entry?.value);
    if (record?.of !== put.value.revision) continue;
    return record.answer === undefined
      ? fail("the cluster refuses to renew this host's certificate", { code: "refused" })
      : ok(record.answer);
  }
  return fail("nobody answers the request to renew this host's certificate", {
    code: "unavailable",
  });
}
