/**
 * `mgmt cluster secure`: a plain cluster becomes one that speaks TLS. The command finds out who asks for a
 * certificate, has the operator confirm that, makes the secret on this host, and answers; what follows is
 * the leader's (`cluster/leader/securing.ts`), and goes on without it.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import { RIGHTS_LEVEL } from "../../cluster/leader/securing.ts";
import { secureKey } from "../../cluster/store/secure_keys.ts";
import { type SecureRecord, write } from "../../cluster/store/records.ts";
import type { Store } from "../../cluster/store/store.ts";
import type { Clock } from "../../os/clock.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { createLocalRandom } from "../../os/local_random.ts";
import { privateFiles } from "../../os/state/private_files.ts";
import type { PlaceFlags } from "../agent_prefix.ts";
import { trustByHand } from "../graph/graph_trust.ts";
import { unsafePrefix } from "../prefix_trust.ts";
import { type ClusterPlace, clusterPlace, withStore } from "./cluster_place.ts";
import { knownCluster, trustDirectory } from "./known_cluster.ts";
import { answerHost, newSecret, orderedMeanwhile, takeBackAnswers } from "./secure_answers.ts";
import { whoAsks } from "./secure_asking.ts";
import { confirmHosts } from "./secure_confirm.ts";
import { followSecuring } from "./secure_progress.ts";
import { lookAround, notBegun, type SecureSurvey, whyNotNow, whyNotSeen } from "./secure_survey.ts";

/** How it is done. */
export interface SecureWish {
  /** Do not ask. */
  readonly yes: boolean;
  /** Back to plain text. */
  readonly abort: boolean;
  /** How long it is followed, which goes on by itself; absent: as long as it could take. */
  readonly waitMs?: number;
  readonly say: (text: string) => Promise<void>;
}

const DEADLINE_MS = 5000;
/** How long the command tells of what goes on by itself, unless it is said. */
const FOLLOW_MS = 1_800_000;

/** Has the cluster become TLS, or go back; the result is how far it came. */
export async function secure(given: PlaceFlags, wish: SecureWish): Promise<Result<string>> {
  if (given.flags.has("seeds")) {
    return fail("secure is for a host of the cluster: it takes no --seeds");
  }
  const at = { ...given, takesSeeds: false };
  const place = clusterPlace(at);
  if (!place.ok) return place;
  const unsafe = await unsafePrefix(place.value.prefix, trustByHand());
  if (unsafe !== undefined) return { ok: false, failure: unsafe };
  const clock = createLocalClock();
  const begun = await withStore(place.value, async (store) => {
    const look = () => lookAround(store, DEADLINE_MS);
    const survey = await look();
    if (!survey.ok) return whyNotSeen(survey, wish.abort, knownCluster(place.value.prefix));
    return wish.abort
      ? await turnBack(store, survey.value)
      : await beginSecuring(store, survey.value, { place: place.value, clock, wish, look });
  });
  if (!begun.ok) return begun;
  return await followSecuring(() => clusterPlace(at), {
    ...{ ...begun.value, clock, waitMs: wish.waitMs ?? FOLLOW_MS, say: wish.say },
  });
}

/** What is to be said in the end beside how it went. */
export interface SecureBegun {
  readonly goal: SecureRecord["goal"];
  /** Hosts that have no part in it. */
  readonly leftOut: readonly string[];
}

/** By what the order is given. */
export interface SecureBeginning {
  readonly place: Pick<ClusterPlace, "prefix" | "identity" | "credentials">;
  /** Looks how the cluster is by now. */
  readonly look: () => Promise<Result<SecureSurvey>>;
  readonly clock: Clock;
  readonly wish: SecureWish;
}

/**
 * Gives the order, as far as it is not given yet: a command that is killed anywhere in it is gone on with by
 * the next one, with the same secret.
 */
export async function beginSecuring(
  store: Store,
  survey: SecureSurvey,
  beginning: SecureBeginning,
): Promise<Result<SecureBegun>> {
  const { place } = beginning;
  const { record } = survey;
  if (record !== undefined && record.servers.length > 0) {
    if (record.goal === "tls") return ok({ goal: "tls", leftOut: [] });
    return fail("the cluster is on its way back to plain text", {
      code: "goes-back",
      hint: "mgmt cluster status says how far it is; then give this order again",
    });
  }
  const self = place.identity?.member;
  const own = survey.fleet.hosts.find(({ memberId }) =>
    memberId !== undefined && memberId === self?.memberId
  );
  const why = whyNotNow(survey, { speaksTls: place.credentials !== "none", own });
  if (why !== undefined) return { ok: false, failure: why };
  const by = own?.host ?? "";
  if (record !== undefined && record.by !== by) {
    return fail(`that was begun on ${record.by}, and nobody has said yet who takes part`, {
      code: "elsewhere",
      hint: `go on there, or give it up: mgmt cluster secure --abort`,
    });
  }
  const order: SecureRecord = { level: 0, goal: "tls", by, servers: [], agents: [] };
  if (record === undefined) {
    const put = await putOrder(store, order, 0);
    if (!put.ok) return put;
  }
  return await ask(store, order, beginning);
}

/** Puts the order down, unless somebody else has meanwhile. */
async function putOrder(
  store: Store,
  record: SecureRecord,
  revision: number,
): Promise<Result<void>> {
  const key = secureKey();
  const done = await store.transact({
    when: [{ key, mod: revision }],
    then: [{ type: "put", key, value: write(record) }],
  }, { deadlineMs: DEADLINE_MS });
  if (!done.ok) return done;
  return done.value.succeeded ? ok(undefined) : orderedMeanwhile();
}

/** Waits until all have asked, has that confirmed, and answers. */
async function ask(
  store: Store,
  order: SecureRecord,
  { place, clock, wish, look }: SecureBeginning,
): Promise<Result<SecureBegun>> {
  const asking = await whoAsks(look, clock);
  if (!asking.ok) return asking;
  const { hosts, off, revision } = asking.value;
  const chosen = await confirmHosts(hosts, off, wish);
  if (!chosen.ok) return chosen;
  const random = createLocalRandom();
  const secret = await newSecret(privateFiles(trustDirectory(place.prefix)), random);
  if (!secret.ok) return secret;
  const taken = await takeBackAnswers(store, chosen.value.map(({ host }) => host), revision);
  if (!taken.ok) return taken;
  const answering = { secret: secret.value, random, revision };
  for (const host of chosen.value) {
    const answered = await answerHost(store, host, answering);
    if (!answered.ok) return answered;
  }
  const names = (role: string) =>
    chosen.value.filter(({ request }) => request.role === role).map(({ host }) => host);
  const confirmed = { ...order, servers: names("server"), agents: names("agent") };
  const put = await putOrder(store, confirmed, revision);
  if (!put.ok) return put;
  const refused = hosts.filter((each) => !chosen.value.includes(each)).map(({ host }) => host);
  return ok({ goal: "tls", leftOut: [...refused, ...off] });
}

async function turnBack(
  store: Store,
  { record, revision }: SecureSurvey,
): Promise<Result<SecureBegun>> {
  if (record === undefined) return notBegun();
  const begun = { goal: "plain", leftOut: [] } as const;
  if (record.goal === "plain") return ok(begun);
  if (record.level >= RIGHTS_LEVEL) {
    return fail("users and roles are being put in force: there is no way back any more", {
      code: "too-late",
      hint: "mgmt cluster status says how far it is",
    });
  }
  const level = Math.max(0, record.level - 1);
  const put = await putOrder(store, { ...record, level, goal: "plain" }, revision);
  return put.ok ? ok(begun) : put;
}
