/**
 * The way out of a cluster: withdraw the exports, stop running etcd once the others can do without
 * it, and take everything away that says that this host was there.
 *
 * @module
 */

import { fail, type Failure, failure, ok, type Result } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import type { ClusterAgentStatus } from "../agent/agent.ts";
import type { AgentDisk } from "../agent/io.ts";
import type { Store, StoreAddress } from "../store/store.ts";
import { type ClusterStatus, readClusterStatus } from "./cluster_status.ts";
import { forgetHost, isAlone, leaveProblem } from "./leaving.ts";
import { Standstill } from "./standstill.ts";

/** This host's part in a cluster, as who leaves needs it. */
export interface LeavingPart {
  /** The connection, once there is one. */
  readonly store: Store | undefined;
  /** Whether this host would run etcd if asked; a member that would not is replaced. */
  offer(volunteer: boolean): void;
  /** Takes back what this host exports, or says why it cannot now. */
  withdraw(): Promise<Failure | undefined>;
  status(): Pick<ClusterAgentStatus, "phase">;
  /** Leaves the others be: membership and data stay. Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

export interface LeaveOptions {
  readonly host: string;
  readonly clock: Clock;
  /** A store of its own, for what is done while nothing else of it runs. */
  readonly openStore: (address: StoreAddress) => Promise<Store>;
  /** Who this host is now. */
  readonly identity: () => AgentDisk;
  readonly trouble: (failure: Failure) => void;
  /** Says how far it is. */
  readonly say: (text: string) => void;
  /** Aborts when another order has come. */
  readonly signal: AbortSignal;
}

/** Who is there after this host has left: nobody, if nobody has a part in it any more. */
export interface LeftCluster {
  /** Addresses of its members. */
  readonly members: readonly string[];
  /** Addresses of live hosts that could take a member's place. */
  readonly others: readonly string[];
}

/** What depends on others is looked at again after so long: nobody tells when they can. */
const AGAIN_MS = 500;
const DEADLINE_MS = 3000;
/** Addresses of others that are kept; a cluster of more has them among its members, too. */
const MOST_OTHERS = 32;
/** After so long without an answer the cluster counts as away; it may just be starting, too. */
const ANSWER_MS = 30_000;
/** What speaks against it must do so for this long: a voter may only be slow. */
const OBJECTION_MS = 8000;

/** Whoever has no right to ask what all may read was forgotten, or cast out; one that was just let in waits a moment. */
const NO_RIGHT: ReadonlySet<string | undefined> = new Set(["permission-denied", "revoked"]);
const NO_RIGHT_MS = 5000;
const GONE = "gone";

/** How often is looked whether the others are still there, of which one is to take the place. */
const LOOK_MS = 2000;

/**
 * Leaves; the part has stopped then. What this host keeps of it is the caller's to put away. Fails with
 * `overruled` where another order came first, and before anything is changed where it may not or cannot.
 */
export async function leave(
  part: LeavingPart,
  options: LeaveOptions,
): Promise<Result<LeftCluster>> {
  const { identity, say } = options;
  if (identity().clusterId === undefined && identity().member === undefined) return notJoined();
  const asked = await askCluster(part, options);
  if (!asked.ok && asked.failure.code === GONE) {
    // Nothing of it is there any more, and nobody would listen.
    options.say("is out of its cluster already");
    await part.stop();
    return ok({ members: identity().endpoints, others: [] });
  }
  if (!asked.ok) return asked;
  for (let fleet = asked.value;;) {
    const replaced = await handOver(part, options, fleet);
    if (!replaced.ok) return replaced;
    const doing = "withdraws its exports";
    say(doing);
    const gone = await repeat(part, options, withdrawn(part, new Standstill(options, doing)));
    if (!gone.ok) return gone;
    if (replaced.value === "replaced") {
      await part.stop();
      return ok(await removeTraces(options, fleet));
    }
    // That may have taken a while, in which somebody else has come.
    const seen = await askAgain(part, options);
    if (!seen.ok) return seen;
    if (isAlone(seen.value, identity().id, identity().member?.memberId)) {
      await part.stop();
      return ok({ members: [], others: [] });
    }
    fleet = seen.value;
  }
}

/** The cluster as it is before its last member ends it. */
async function askAgain(
  part: LeavingPart,
  options: LeaveOptions,
): Promise<Result<ClusterStatus>> {
  const standstill = new Standstill(options, "asks whether it is still alone");
  let answer: Result<ClusterStatus> = noAnswer();
  const asked = await repeat(part, options, async () => {
    const { store } = part;
    answer = store === undefined ? noAnswer() : await readClusterStatus(store, DEADLINE_MS);
    return answer.ok || (standstill.lasts("the cluster does not answer") ?? false);
  });
  return asked.ok ? answer : asked;
}

/** Leaves a cluster that is lost: nobody is there to be told. */
export async function abandon(part: LeavingPart, options: LeaveOptions): Promise<void> {
  options.say("gives up its lost cluster");
  await part.stop();
}

/** One try to withdraw the exports: whether that is done, or why it will not be. */
function withdrawn(part: LeavingPart, standstill: Standstill): () => Promise<boolean | Failure> {
  return async () => {
    const problem = await part.withdraw();
    return problem === undefined || (standstill.lasts(problem.message) ?? false);
  };
}

/** Waits until it is no member, or the only one who is left: those who were to stay may go, too. */
async function handOver(
  part: LeavingPart,
  options: LeaveOptions,
  fleet: ClusterStatus,
): Promise<Result<"alone" | "replaced">> {
  const { clock, identity, say } = options;
  const isAloneIn = (seen: ClusterStatus) =>
    isAlone(seen, identity().id, identity().member?.memberId);
  if (isAloneIn(fleet)) return ok("alone");
  part.offer(false);
  const doing = "is a member until the others can do without it";
  if (identity().member !== undefined) say(doing);
  const standstill = new Standstill(options, doing);
  let lookAt = clock.nowMs() + LOOK_MS;
  let objectsSince: number | undefined;
  let answer: Result<"alone" | "replaced"> = ok("replaced");
  const settled = await repeat(part, options, async () => {
    const { id, member } = identity();
    if (member === undefined) return true;
    if (clock.nowMs() < lookAt) return false;
    lookAt = clock.nowMs() + LOOK_MS;
    const { store } = part;
    const seen = store === undefined ? undefined : await readClusterStatus(store, DEADLINE_MS);
    if (identity().member === undefined) return false;
    if (seen?.ok !== true) return standstill.lasts("the cluster does not answer") ?? false;
    if (isAloneIn(seen.value)) {
      answer = ok("alone");
      return true;
    }
    const problem = leaveProblem(seen.value, id, member.memberId);
    if (problem?.code === "silent-voter") return standstill.lasts(problem.message) ?? false;
    if (problem?.code === "failing-spare") {
      return standstill.lasts(problem.message, problem.hint) ?? false;
    }
    standstill.over();
    if (problem?.code !== "last-voter") objectsSince = undefined;
    else if (clock.nowMs() - (objectsSince ??= clock.nowMs()) > OBJECTION_MS) {
      answer = { ok: false, failure: problem };
      return true;
    }
    return false;
  });
  return settled.ok ? answer : settled;
}

/** Why who is in no cluster does not leave one. */
export function notJoined(): Result<never> {
  return fail("it is in no cluster", {
    code: "no-cluster",
    hint: "it still looks for one; start its agent without --seeds and the like to end that",
  });
}

/** The cluster as it is now, where it lets this host go. */
async function askCluster(
  part: LeavingPart,
  options: LeaveOptions,
): Promise<Result<ClusterStatus>> {
  const { clock, identity, say } = options;
  let endMs = clock.nowMs() + ANSWER_MS;
  let answer: Result<ClusterStatus> = noAnswer();
  let deniedSince: number | undefined;
  say("asks the cluster whether it may go");
  const asked = await repeat(part, options, async () => {
    const { store } = part;
    const { phase } = part.status();
    if (phase.type === "outcast" && phase.why.code === "cast-out") {
      return failure("", { code: GONE });
    }
    const found = store === undefined ? undefined : await readClusterStatus(store, DEADLINE_MS);
    if (found?.ok === false && NO_RIGHT.has(found.failure.code)) {
      deniedSince ??= clock.nowMs();
      if (clock.nowMs() - deniedSince >= NO_RIGHT_MS) return failure("", { code: GONE });
    } else deniedSince = undefined;
    if (found?.ok !== true) {
      const seconds = ANSWER_MS / 1000;
      say(`waits for the cluster, which does not answer; gives up ${seconds} s after the order`);
      return clock.nowMs() > endMs;
    }
    const { id, member } = identity();
    const problem = leaveProblem(found.value, id, member?.memberId);
    endMs = Math.min(endMs, clock.nowMs() + OBJECTION_MS);
    // Who could not run etcd is asked again, now and then.
    const mayWait = problem === undefined || problem.code === "failing-spare";
    answer = mayWait ? found : { ok: false, failure: problem };
    return problem?.code !== "silent-voter" || clock.nowMs() > endMs;
  });
  return asked.ok ? answer : asked;
}

function noAnswer(): Result<ClusterStatus> {
  return fail("the cluster does not answer: nobody could take its place or hear that it goes", {
    code: "no-answer",
    hint: "first start the other members again; where the cluster is lost for good, or has ended " +
      "without this host: mgmt leave --lost, which puts its data aside",
  });
}

/**
 * Tries until it is done, or fails as `isDone` says, where another order came first, or it turns out to
 * be a copy.
 */
export async function repeat(
  part: LeavingPart,
  { clock, signal }: LeaveOptions,
  isDone: () => Promise<boolean | Failure>,
): Promise<Result<void>> {
  while (!signal.aborted) {
    const copied = whyCopy(part);
    if (copied !== undefined) return { ok: false, failure: copied };
    const done = await isDone();
    if (typeof done !== "boolean") return { ok: false, failure: done };
    if (done) return ok(undefined);
    await clock.sleep(AGAIN_MS, signal);
  }
  return overruled();
}

/** Why what stands in the cluster under the identity of this host is another's; undefined: it is not. */
export function whyCopy(part: LeavingPart): Failure | undefined {
  const { phase } = part.status();
  return phase.type === "outcast" && phase.why.code === "copied" ? phase.why : undefined;
}

/** Its leases do the same a little later, where this fails. */
async function removeTraces(
  { host, identity, openStore, trouble }: LeaveOptions,
  before: ClusterStatus,
): Promise<LeftCluster> {
  const { id, endpoints, clusterId } = identity();
  if (clusterId === undefined) return { members: [], others: [] };
  const store = await openStore({ clientUrls: endpoints, clusterId });
  const problem = await forgetHost(store, host, id, { deadlineMs: DEADLINE_MS });
  const seen = await readClusterStatus(store, DEADLINE_MS);
  store.close();
  if (problem !== undefined) trouble(problem);
  const left = otherHosts(seen.ok ? seen.value : before, host);
  // Who has taken its place since is known from having been its client.
  return seen.ok ? left : { ...left, members: [...new Set([...left.members, ...endpoints])] };
}

function otherHosts({ hosts }: ClusterStatus, own: string): LeftCluster {
  const others = hosts.filter(({ host }) => host !== own);
  const members = others.filter(({ role }) => role !== "client");
  const offered = others.filter(({ role, live }) => role === "client" && live)
    .flatMap(({ offeredUrls = [] }) => offeredUrls);
  return {
    members: [...new Set(members.flatMap(({ clientUrls }) => clientUrls))],
    others: [...new Set(offered)].slice(0, MOST_OTHERS),
  };
}

function overruled(): Result<never> {
  return fail("another order came first", { code: "overruled" });
}
