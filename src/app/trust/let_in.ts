/**
 * Somebody is let into a cluster who is no host of it yet: a record says so, of which the leader makes a user
 * with its rights.
 *
 * @module
 */

import { fail, type Failure, ok, type Result } from "../../base/result.ts";
import type { Store, StoreEntry } from "../../cluster/store/store.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { clientCredentials } from "../../trust/client_credentials.ts";
import type { CertifiedKey } from "../../trust/pem.ts";
import { askCluster } from "../cluster/ask.ts";
import type { ClusterPlace } from "../cluster/cluster_place.ts";
import { openStore } from "../cluster/open_store.ts";

/** Who is let in. */
export interface Newcomer {
  /** Where it is written down, and what. */
  readonly key: string;
  readonly value: string;
  /** What it shows, and whom it believes. */
  readonly shown: CertifiedKey;
  readonly believed: string;
  /** What it may do from then on. */
  readonly tries: (store: Store, options: { readonly deadlineMs: number }) => Promise<
    Result<unknown>
  >;
  /** What is there under that key already. */
  readonly taken: (entry: StoreEntry) => Failure;
}

/** One that counts. */
export interface LetIn {
  /** Where members answer. */
  readonly addresses: readonly string[];
  /** For where it comes to nothing after all. */
  takeBack(): Promise<void>;
}

const DEADLINE_MS = 5000;
/** The leader makes a user of each. */
const USER_MS = 15_000;
const LOOK_MS = 50;
const MOST_ADDRESSES = 8;

/** Writes it down, and waits until it counts; where that fails, nothing of it stays. */
export async function letIn(place: ClusterPlace, newcomer: Newcomer): Promise<Result<LetIn>> {
  const { key, value, shown, believed } = newcomer;
  const addresses = await askCluster(place, (store) => writeDown(store, newcomer));
  if (!addresses.ok) return addresses;
  const takeBack = async () => {
    const transaction = { when: [{ key, value }], then: [{ type: "delete", key } as const] };
    await askCluster(place, (store) => store.transact(transaction, { deadlineMs: DEADLINE_MS }));
  };
  const credentials = clientCredentials(shown, believed);
  const clock = createLocalClock();
  const store = await openStore({ clientUrls: addresses.value, credentials }, clock);
  try {
    const endMs = clock.nowMs() + USER_MS;
    for (;;) {
      const tried = await newcomer.tries(store, { deadlineMs: DEADLINE_MS });
      if (tried.ok) return ok({ addresses: addresses.value, takeBack });
      if (clock.nowMs() < endMs) await clock.sleep(LOOK_MS);
      else {
        await takeBack();
        return late(tried.failure);
      }
    }
  } finally {
    store.close();
  }
}

async function writeDown(
  store: Store,
  { key, value, taken }: Newcomer,
): Promise<Result<readonly string[]>> {
  const options = { deadlineMs: DEADLINE_MS };
  const members = await store.members(options);
  if (!members.ok) return members;
  const put = await store.transact({
    when: [{ key, create: 0 }],
    then: [{ type: "put", key, value }],
    otherwise: [{ type: "get", key }],
  }, options);
  if (!put.ok) return put;
  const [there] = put.value.got;
  // It may have been written by a try of which nobody heard.
  if (there !== undefined && there.value !== value) return { ok: false, failure: taken(there) };
  const voters = members.value.members.filter(({ learner }) => !learner);
  return ok(voters.flatMap(({ clientUrls }) => clientUrls).slice(0, MOST_ADDRESSES));
}

function late({ message }: Failure): Result<never> {
  return fail(`the cluster does not let it in, so it was taken back: ${message}`, {
    code: "late",
    hint: "mgmt cluster status says who leads; then try again",
  });
}
