/**
 * Asks the cluster of a command: at the addresses that are named, and where those are of hosts that run
 * no etcd, at those which they name. Where nobody answers, it is said who is missing.
 *
 * @module
 */

import { fail, type Failure, type Result } from "../../base/result.ts";
import { type Hello, readHello } from "../../cluster/agent/hello.ts";
import { missingVoters, whoAnswers } from "../../cluster/admin/missing_voters.ts";
import type { Store } from "../../cluster/store/store.ts";
import { askAround } from "../../cluster/admin/cluster_status.ts";
import { whyNoAnswer } from "../../cluster/admin/why_no_answer.ts";
import type { Clock } from "../../os/clock.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { createLocalNetwork } from "../../os/network/local_network.ts";
import { takeStateLock } from "../../os/state/state_lock.ts";
import { CONTACT, readContact } from "../../cluster/admin/last_contact.ts";
import { missingText } from "../../report/cluster_text.ts";
import { type ClusterPlace, withStore } from "./cluster_place.ts";
import { helloDoor } from "./hello_door.ts";
import { whyRefused } from "./operator_place.ts";

const ASK_MS = 1500;
/** Hosts that are asked where their cluster is. */
const MOST_ASKED = 10;
/** A command is no host: who is asked learns nothing from it. */
const COMMAND: Hello = { id: "", cluster: "none", clientUrls: [], hosts: [], endpoints: [] };

/** Asks the store at these addresses; `ask` may be done again, at others, where nobody answered. */
export async function askCluster<T>(
  place: ClusterPlace,
  ask: (store: Store, clientUrls: readonly string[]) => Promise<Result<T>>,
): Promise<Result<T>> {
  return await withStore(place, async (store) => {
    const found = await askAt(place, store, ask);
    if (!found.ok && found.failure.code === "speaks-tls") return asWhom(found.failure);
    if (found.ok || place.operator === undefined) return found;
    return { ok: false, failure: await whyRefused(store, place.operator, found.failure) };
  });
}

/** A command that has nothing to show joins no cluster. */
function asWhom(failure: Failure): Result<never> {
  const hint =
    "ask as a host of that cluster, with the state of its agent on this machine (--prefix, " +
    "--hostname; as that agent's user), or as an operator (mgmt operator add NAME > FILE, on a host of it " +
    "that runs etcd; --operator FILE); an etcd that others run: --cacert";
  return { ok: false, failure: { ...failure, hint } };
}

async function askAt<T>(
  place: ClusterPlace,
  store: Store,
  ask: (store: Store, clientUrls: readonly string[]) => Promise<Result<T>>,
): Promise<Result<T>> {
  const answer = await askAround(store, () => ask(store, place.clientUrls));
  if (answer.ok) return answer;
  const clock = createLocalClock();
  const why = await whyNoAnswer(store, place.clientUrls, answer);
  if (why.ok || why.failure.code !== "unavailable") return await named(place, store, clock, why);
  const others = await guides(place, clock);
  if (others.length === 0) return await named(place, store, clock, why);
  store.setEndpoints(others);
  const second = await askAround(store, () => ask(store, others));
  return second.ok ? second : await whyNoAnswer(store, others, second);
}

/** Where hosts that run no etcd last saw their cluster. */
async function guides(
  { clientUrls, credentials }: ClusterPlace,
  clock: Clock,
): Promise<readonly string[]> {
  const door = helloDoor(createLocalNetwork({ clock }), { credentials, listenAt: [] });
  const asked = clientUrls.slice(0, MOST_ASKED);
  const found = await Promise.all(asked.map((url) => door.ask(url, COMMAND, ASK_MS)));
  const named = found.flatMap((each) => each.ok ? readHello(each.value)?.endpoints ?? [] : []);
  return [...new Set(named)].filter((url) => !clientUrls.includes(url));
}

/** Names the voters that are missing, by what this host wrote down of its own cluster. */
async function named(
  { prefix, texts, identity, clusterId }: ClusterPlace,
  store: Store,
  clock: Clock,
  why: Result<never>,
): Promise<Result<never>> {
  const contact = readContact(texts.get(CONTACT));
  if (why.ok || clusterId === undefined || contact === undefined) return why;
  if (!["unavailable", "no-quorum"].includes(why.failure.code ?? "")) return why;
  const runs = await agentRuns(prefix, clock);
  const there = await whoAnswers(contact.members, async (url) => {
    const status = await store.status(url, { deadlineMs: ASK_MS });
    return status.ok ? status.value.memberId : undefined;
  });
  // The etcd of this host answers nobody before it has found a majority.
  const own = runs ? identity?.member?.memberId : undefined;
  const missing = missingVoters(contact.members, ({ id }) => id === own || there.has(id));
  if (missing === undefined || there.size === 0 && !runs) return why;
  return fail(`the cluster cannot decide anything now: ${missingText(missing)}`, {
    code: "no-quorum",
    hint: "first see whether this host's own network is cut off; else start those members again; " +
      "only where they are lost for good: mgmt cluster recover; where they have left and " +
      "ended the cluster: mgmt leave --lost, then mgmt volunteer on",
  });
}

async function agentRuns(prefix: string, clock: Clock): Promise<boolean> {
  const lock = await takeStateLock(prefix, "a command", clock);
  if (lock.ok) lock.value.close();
  return !lock.ok && lock.failure.code === "locked";
}
