/**
 * Waits until a host that is forgotten is no member any more: the leader lets it go when it can.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import type { CallOptions, Store } from "../store/store.ts";
import { type ClusterStatus, readClusterStatus } from "./cluster_status.ts";
import type { Forgotten } from "./forgetting.ts";

/** Between two looks whether the leader has let it go. */
const LOOK_MS = 500;

/** How long is waited, and what is said meanwhile. */
export interface ForgetOptions {
  readonly waitMs: number;
  /** Hears what the cluster is doing, whenever that is something else. */
  readonly say: (text: string) => void;
}

/**
 * Resolves when none of its members is left. Fails with `back` where it came back, with `late` where
 * that took longer than `waitMs`; the order stands then.
 */
export async function untilGone(
  store: Store,
  { host, memberIds }: Forgotten,
  clock: Clock,
  { deadlineMs, waitMs, say }: ForgetOptions & Required<Pick<CallOptions, "deadlineMs">>,
): Promise<Result<void>> {
  const endMs = clock.nowMs() + waitMs;
  let last = "";
  for (;;) {
    if (memberIds.length === 0) return ok(undefined);
    const seen = await readClusterStatus(store, deadlineMs);
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
