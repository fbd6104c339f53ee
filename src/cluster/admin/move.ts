/**
 * The way from one cluster to another: the other one must be there before the first is given up, and
 * only an operator's word counts one as lost.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import { abandon, leave, type LeaveOptions, type LeavingPart, notJoined, repeat } from "./leave.ts";

/** Which cluster an order names, and whether the present one cannot be asked any more. */
export interface Destination {
  readonly urls: readonly string[];
  readonly lost: boolean;
}

interface MoveOptions extends Pick<LeaveOptions, "openStore"> {
  /** The cluster that this host is in, and where that is; undefined: none. */
  readonly clusterId: string | undefined;
  readonly endpoints: readonly string[];
}

const DEADLINE_MS = 3000;
/** A cluster that is said to be lost may only be slow, or without a leader for a moment. */
const ASK_MS = 8000;

/**
 * Leaves for there. `part` undefined: it has left before. `gone`: the host is in no cluster now, and its
 * part, if it had one, has stopped; `there`: it is in that cluster already.
 */
export async function move(
  part: LeavingPart | undefined,
  to: Destination,
  options: LeaveOptions,
): Promise<Result<"gone" | "there">> {
  const { clusterId, member, endpoints } = options.identity();
  const { openStore } = options;
  options.say(`asks who is at ${to.urls.join(", ")}`);
  const there = await whereTo(to, { openStore, clusterId, endpoints });
  if (!there.ok) return there;
  if (there.value === clusterId) return ok("there");
  if (options.signal.aborted) return fail("another order came first", { code: "overruled" });
  if (part === undefined) return ok("gone");
  if (clusterId === undefined && member === undefined) await part.stop();
  else if (to.lost) await abandon(part, options);
  else {
    const left = await leave(part, options);
    if (!left.ok) return left;
  }
  return ok("gone");
}

/** Gives its cluster up for no other one: somebody says that it is lost, and it does not answer. */
export async function giveUp(part: LeavingPart, options: LeaveOptions): Promise<Result<void>> {
  const { clock, identity, openStore, say } = options;
  const { clusterId, endpoints } = identity();
  if (clusterId === undefined) return notJoined();
  const endMs = clock.nowMs() + ASK_MS;
  let answers = false;
  say("asks once more for the cluster that is to be lost");
  const asked = await repeat(part, options, async () => {
    const here = await idOf(openStore, endpoints);
    answers = here.ok && here.value === clusterId;
    return answers || clock.nowMs() > endMs;
  });
  if (!asked.ok) return asked;
  if (answers) return notLost(clusterId);
  await abandon(part, options);
  return ok(undefined);
}

/** Whether the host may go there: the id of that cluster, or why not. */
async function whereTo(
  { urls, lost }: Destination,
  { openStore, clusterId, endpoints }: MoveOptions,
): Promise<Result<string>> {
  const there = await idOf(openStore, urls);
  if (!there.ok) {
    return fail(`no cluster answers at ${urls.join(", ")}: ${there.failure.message}`, {
      code: "no-destination",
      hint: "name the client address of a host that runs etcd for the other cluster",
    });
  }
  if (!lost || clusterId === undefined || there.value === clusterId) return there;
  const here = await idOf(openStore, endpoints.filter((url) => !urls.includes(url)));
  if (!here.ok || here.value !== clusterId) return there;
  return notLost(clusterId);
}

function notLost(clusterId: string): Result<never> {
  return fail(`its cluster ${clusterId} answers, and is not lost`, {
    code: "not-lost",
    hint: "say it without --lost: then the others hear of it, and it hands its place over",
  });
}

async function idOf(
  openStore: MoveOptions["openStore"],
  clientUrls: readonly string[],
): Promise<Result<string>> {
  if (clientUrls.length === 0) return fail("no address is known", { code: "unavailable" });
  const store = await openStore({ clientUrls });
  const members = await store.members({ deadlineMs: DEADLINE_MS });
  store.close();
  return members.ok ? ok(members.value.clusterId) : members;
}
