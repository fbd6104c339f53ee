/**
 * When a cluster may be made anew out of what one host has: only where the one that was is no more.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { CallOptions, Store } from "../store/store.ts";

/**
 * Why there is nothing to recover (`majority`), or others are in the way (`member-runs`). `clientUrls`:
 * where members may be; `own`: the id of this host's member, whose etcd may have been left running.
 */
export async function whyNotRecover(
  store: Store,
  clientUrls: readonly string[],
  own: string | undefined,
  options: CallOptions,
): Promise<Failure | undefined> {
  const members = await store.members(options);
  if (members.ok) {
    return failure("the cluster answers: it has its majority, and nothing is to be recovered", {
      code: "majority",
      hint: "mgmt members shows it; start this host's agent again",
    });
  }
  const asked = await Promise.all(clientUrls.map((url) => store.status(url, options)));
  const up = clientUrls.filter((_, index) => {
    const answer = asked[index];
    return answer?.ok === true && answer.value.memberId !== own;
  });
  if (up.length === 0) return undefined;
  return failure(`another member runs at ${up.join(", ")}`, {
    code: "member-runs",
    hint: "where enough of them can be started again, nothing is lost: do that; else stop its " +
      "agent first",
  });
}

/** Why a snapshot should not take the place of this cluster (`alive`): it answers. */
export async function whyNotRestore(
  store: Store,
  clusterId: string,
  options: CallOptions,
): Promise<Failure | undefined> {
  const members = await store.members(options);
  if (!members.ok) return undefined;
  return failure(
    `the cluster of this host, ${clusterId}, answers: a restored one would be another`,
    {
      code: "alive",
      hint: "what is in it can be changed with etcdctl; to make another all the same: --force",
    },
  );
}
