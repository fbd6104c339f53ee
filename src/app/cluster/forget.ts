/**
 * `mgmt forget`: says to a cluster that a host does not come back, and waits until it is gone.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import { forget as forgetIn, type Forgotten } from "../../cluster/admin/forgetting.ts";
import type { Store } from "../../cluster/store/store.ts";
import { type ClusterStatus, readClusterStatus } from "../../cluster/admin/cluster_status.ts";
import { count } from "../../base/words.ts";
import type { Clock } from "../../os/clock.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { userSeal } from "./loopback_mac.ts";
import { askCluster } from "./ask.ts";
import type { PlaceFlags } from "../agent_prefix.ts";
import { clusterPlace } from "./cluster_place.ts";

const DEADLINE_MS = 5000;
/** Between two looks whether the leader has let it go. */
const LOOK_MS = 500;

/** How long is waited, and what is said meanwhile. */
export interface ForgetOptions {
  readonly waitMs: number;
  readonly say: (text: string) => void;
}

/** Forgets that host; the result says what went. */
export async function forget(
  given: PlaceFlags,
  name: string,
  options: ForgetOptions,
): Promise<Result<string>> {
  const place = clusterPlace(given);
  if (!place.ok) return place;
  return await askCluster(place.value, async (store) => {
    const fleet = await readClusterStatus(store, DEADLINE_MS);
    if (!fleet.ok) return fleet;
    const clock = createLocalClock();
    const done = await forgetIn(store, fleet.value, name, {
      deadlineMs: DEADLINE_MS,
      sealFor: userSeal,
      wallMs: clock.wall().getTime(),
    });
    if (!done.ok) return done;
    const gone = await untilGone(store, done.value, clock, options);
    return gone.ok ? ok(`${describe(done.value)}\n`) : gone;
  });
}

function describe({ host, memberIds, exports }: Forgotten): string {
  const went = [
    ...(exports === 0 ? [] : [count(exports, "export")]),
    ...(memberIds.length === 0 ? [] : ["its place among the members"]),
  ];
  return `${host} is forgotten${went.length === 0 ? "" : `: gone ${verb(went, exports)}`}`;
}

function verb(went: readonly string[], exports: number): string {
  return `${went.length === 1 && exports <= 1 ? "is" : "are"} ${went.join(" and ")}`;
}

async function untilGone(
  store: Store,
  { host, memberIds }: Forgotten,
  clock: Clock,
  { waitMs, say }: ForgetOptions,
): Promise<Result<void>> {
  const endMs = clock.nowMs() + waitMs;
  let last = "";
  for (;;) {
    if (memberIds.length === 0) return ok(undefined);
    const seen = await readClusterStatus(store, DEADLINE_MS);
    const doing = seen.ok ? seen.value.doing : seen.failure.message;
    if (seen.ok) {
      const left = membersLeft(seen.value, memberIds);
      if (left.length === 0) return ok(undefined);
      if (left.some(({ live, answers }) => live || answers)) return isBack(host);
    }
    if (doing !== last) say(last = doing);
    if (clock.nowMs() >= endMs) return late(host, doing);
    await clock.sleep(LOOK_MS);
  }
}

function membersLeft({ hosts }: ClusterStatus, ids: readonly string[]): ClusterStatus["hosts"] {
  return hosts.filter(({ memberId }) => memberId !== undefined && ids.includes(memberId));
}

function isBack(host: string): Result<never> {
  return fail(`${host} came back meanwhile: it stays, and exports again`, {
    code: "back",
    hint: "to take it out of the cluster: mgmt leave, on that host",
  });
}

function late(host: string, doing: string): Result<never> {
  return fail(`not done within --wait: ${host} is a member until the leader lets it go: ${doing}`, {
    code: "late",
    hint: "the order stands; what it exported is gone; mgmt cluster status says what is waited for",
  });
}
