/**
 * Somebody is let into a cluster who is no host of it yet: a record says so, of which the leader makes a user
 * with its rights.
 *
 * @module
 */

import { fail, type Failure, ok, type Result } from "../../base/result.ts";
import { rotationKey } from "../../cluster/store/rotation_keys.ts";
import { read } from "../../cluster/store/records.ts";
import type { Store, StoreEntry } from "../../cluster/store/store.ts";
import type { Clock } from "../../os/clock.ts";
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
  takeBack(): Promise<Result<unknown>>;
}

/** By what the cluster is asked. */
export interface LetInWays {
  readonly clock: Clock;
  readonly ask: typeof askCluster;
  readonly open: typeof openStore;
}

const DEADLINE_MS = 5000;
/** The leader makes a user of each. */
const USER_MS = 15_000;
const LOOK_MS = 50;
const MOST_ADDRESSES = 8;
/** How often it is tried to take it back, and the pause between two tries. */
const TAKE_BACK_TRIES = 4;
const TAKE_BACK_MS = 1000;
/** After these nobody knows whether it was written down. */
const UNKNOWN: ReadonlySet<string | undefined> = new Set(["deadline", "unavailable", "no-quorum"]);

/** Writes it down, and waits until it counts; where that fails, nothing of it stays, or it is said what does. */
export async function letIn(
  place: ClusterPlace,
  newcomer: Newcomer,
  ways: LetInWays = { clock: createLocalClock(), ask: askCluster, open: openStore },
): Promise<Result<LetIn>> {
  const { shown, believed } = newcomer;
  const takeBack = () => erase(place, newcomer, ways);
  const addresses = await ways.ask(place, (store) => writeDown(store, newcomer));
  if (!addresses.ok) {
    if (UNKNOWN.has(addresses.failure.code)) await takeBack();
    return addresses;
  }
  const credentials = clientCredentials(shown, believed);
  const { clock, open } = ways;
  const store = await open({ clientUrls: addresses.value, credentials }, clock);
  try {
    const endMs = clock.nowMs() + USER_MS;
    for (;;) {
      const tried = await newcomer.tries(store, { deadlineMs: DEADLINE_MS });
      if (tried.ok) return ok({ addresses: addresses.value, takeBack });
      if (clock.nowMs() < endMs) await clock.sleep(LOOK_MS);
      else return late(tried.failure, await takeBack());
    }
  } finally {
    store.close();
  }
}

/** Erases what was written down, unless it is another's; whoever leads makes no user of it then. */
async function erase(
  place: ClusterPlace,
  { key, value }: Newcomer,
  { clock, ask }: LetInWays,
): Promise<Result<unknown>> {
  const transaction = { when: [{ key, value }], then: [{ type: "delete", key } as const] };
  for (let count = 1;; count++) {
    const options = { deadlineMs: DEADLINE_MS };
    const erased = await ask(place, (store) => store.transact(transaction, options));
    if (erased.ok || count === TAKE_BACK_TRIES) return erased;
    await clock.sleep(TAKE_BACK_MS);
  }
}

async function writeDown(
  store: Store,
  { key, value, taken }: Newcomer,
): Promise<Result<readonly string[]>> {
  const options = { deadlineMs: DEADLINE_MS };
  const members = await store.members(options);
  if (!members.ok) return members;
  const rotation = await store.get(rotationKey(), options);
  if (!rotation.ok) return rotation;
  const { modRevision: mod = 0, value: record } = rotation.value.entry ?? {};
  if ((read.rotation(record)?.step ?? "done") !== "done") return endsSoon();
  const put = await store.transact({
    when: [{ key, create: 0 }, { key: rotationKey(), mod }],
    then: [{ type: "put", key, value }],
    otherwise: [{ type: "get", key }],
  }, options);
  if (!put.ok) return put;
  const [there] = put.value.got;
  // It may have been written by a try of which nobody heard.
  if (there !== undefined && there.value !== value) return { ok: false, failure: taken(there) };
  if (there === undefined && !put.value.succeeded) return endsSoon();
  const voters = members.value.members.filter(({ learner }) => !learner);
  return ok(voters.flatMap(({ clientUrls }) => clientUrls).slice(0, MOST_ADDRESSES));
}

/** The authority of now signs it, and all that it signed ends when another takes its place. */
function endsSoon(): Result<never> {
  return fail(
    "the cluster replaces its authority at the moment: what is made now would end with that",
    {
      code: "busy",
      hint: "mgmt cluster status says how far that is; when it is done, give this command again",
    },
  );
}

function late({ message }: Failure, erased: Result<unknown>): Result<never> {
  if (!erased.ok) {
    return fail(`the cluster does not let it in: ${message}`, {
      code: "late",
      hint: "it is written down there, and could not be taken back " +
        `(${erased.failure.message}): the list of these shows it; remove it`,
    });
  }
  return fail(`the cluster does not let it in, so it was taken back: ${message}`, {
    code: "late",
    hint: "mgmt cluster status says who leads; then try again",
  });
}
