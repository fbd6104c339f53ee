/**
 * The way out of a cluster: withdraw the exports, stop running etcd once the others can do without
 * it, and take everything away that says that this host was there.
 *
 * @module
 */

import { fail, type Failure, ok, type Result } from "../base/result.ts";
import type { AgentDisk } from "../cluster/agent_io.ts";
import { forgetHost, isAlone, leaveProblem } from "../cluster/leaving.ts";
import { type Fleet, survey } from "../cluster/survey.ts";
import type { Clock } from "../host/clock.ts";
import { keepAside } from "../host/etcd/aside.ts";
import type { ClusterPart } from "./cluster_part.ts";

export interface LeaveOptions {
  readonly host: string;
  readonly clock: Clock;
  /** Who this host is now. */
  readonly identity: () => AgentDisk;
  /** Makes it another one. */
  readonly forget: (identity: AgentDisk) => Failure | undefined;
  readonly warn: (text: string) => void;
  /** Says how far it is. */
  readonly say: (text: string) => void;
  /** Aborts when another order has come. */
  readonly signal: AbortSignal;
}

/** What depends on others is looked at again after so long: nobody tells when they can. */
const AGAIN_MS = 500;
const DEADLINE_MS = 3000;
/** After so long without an answer the cluster counts as away; it may just be starting, too. */
const ANSWER_MS = 30_000;
/** What speaks against it must do so for this long: a voter may only be slow. */
const OBJECTION_MS = 8000;

/**
 * Leaves; the part has stopped then. Fails with `overruled` where another order came first, and
 * before anything is changed where it may not or cannot.
 */
export async function leave(part: ClusterPart, options: LeaveOptions): Promise<Result<void>> {
  const { identity, say } = options;
  if (identity().clusterId === undefined && identity().member === undefined) return notJoined();
  const fleet = await askCluster(part, options);
  if (!fleet.ok) return fleet;
  const { id, member } = identity();
  const alone = isAlone(fleet.value, id, member?.memberId);
  if (!alone) {
    part.driver.offer(false);
    if (identity().member !== undefined) say("is a member until the others can do without it");
    if (!await repeat(options, () => identity().member === undefined)) return overruled();
  }
  say("withdraws its exports");
  if (!await repeat(options, async () => await part.exchange.withdraw() === undefined)) {
    return overruled();
  }
  await part.stop();
  if (alone) endCluster(part, options);
  else await removeTraces(part, options);
  return ok(undefined);
}

function notJoined(): Result<never> {
  return fail("it is in no cluster", {
    code: "no-cluster",
    hint: "it still looks for one; start its agent without --seeds and the like to end that",
  });
}

/** The cluster as it is now, where it lets this host go. */
async function askCluster(part: ClusterPart, options: LeaveOptions): Promise<Result<Fleet>> {
  const { clock, identity, say } = options;
  let endMs = clock.nowMs() + ANSWER_MS;
  let answer: Result<Fleet> = noAnswer();
  say("asks the cluster whether it may go");
  const asked = await repeat(options, async () => {
    const { store } = part.driver;
    const found = store === undefined ? undefined : await survey(store, DEADLINE_MS);
    if (found?.ok !== true) {
      say("waits for the cluster, which does not answer");
      return clock.nowMs() > endMs;
    }
    const { id, member } = identity();
    const problem = leaveProblem(found.value, id, member?.memberId);
    endMs = Math.min(endMs, clock.nowMs() + OBJECTION_MS);
    answer = problem === undefined ? found : { ok: false, failure: problem };
    return problem?.code !== "silent-voter" || clock.nowMs() > endMs;
  });
  return asked ? answer : overruled();
}

function noAnswer(): Result<Fleet> {
  return fail("the cluster does not answer: nobody could take its place or hear that it goes", {
    code: "no-answer",
    hint:
      "first start the other members again; where the cluster is lost for good: stop the agent " +
      "and move PREFIX/cluster away",
  });
}

/** Tries until it is done; false: another order came first. */
async function repeat(
  { clock, signal }: LeaveOptions,
  isDone: () => boolean | Promise<boolean>,
): Promise<boolean> {
  while (!signal.aborted) {
    if (await isDone()) return true;
    await clock.sleep(AGAIN_MS, signal);
  }
  return false;
}

/** Nobody is left: the data stays where it can be found. */
function endCluster(part: ClusterPart, { identity, forget, clock, warn }: LeaveOptions): void {
  const { id, member } = identity();
  const problems = [
    member === undefined ? undefined : keepAside(part.directory, member.name, clock.wall()),
    forget({ id, endpoints: [] }),
  ];
  for (const problem of problems) if (problem !== undefined) warn(problem.message);
}

/** Its leases do the same a little later, where this fails. */
async function removeTraces(
  part: ClusterPart,
  { host, identity, warn }: LeaveOptions,
): Promise<void> {
  const { id, endpoints, clusterId } = identity();
  if (clusterId === undefined) return;
  const store = await part.openStore({ clientUrls: endpoints, clusterId });
  const problem = await forgetHost(store, host, id, { deadlineMs: DEADLINE_MS });
  store.close();
  if (problem !== undefined) warn(problem.message);
}

function overruled(): Result<never> {
  return fail("another order came first", { code: "overruled" });
}
