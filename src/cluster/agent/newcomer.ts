/**
 * What a host looks at once, when it has just joined: whether it is where somebody meant it to be.
 * Nothing of it is refused, and nothing waits for it.
 *
 * @module
 */

import { failure, type Result } from "../../base/result.ts";
import type { EffectQueue } from "./effect_queue.ts";
import { hostOfMember, liveKey, parseKey, prefixRange, ROOT_KEY } from "../store/keys.ts";
import type { Members, MemberStatus, RangePage } from "../store/store.ts";

const DEADLINE_MS = 3000;
/** Seeds that are asked; one of them is told of. */
const MOST_SEEDS = 10;

/** Warns where the etcd has not been in use for mgmt, or a seed belongs to another cluster. */
export function lookAround(queue: EffectQueue, { clusterId, members }: Members): void {
  const isOurs = members.some(({ name }) => hostOfMember(name) !== undefined);
  if (!isOurs) {
    const range = prefixRange(liveKey(""));
    queue.call("used", { type: "list", range }, { deadlineMs: DEADLINE_MS }, (found) => {
      if (found.ok && !isUsed(found.value, queue.settings.host)) tellUnused(queue, members);
    });
  }
  const listed = members.flatMap(({ clientUrls }) => clientUrls);
  for (const clientUrl of queue.settings.seeds.slice(0, MOST_SEEDS)) {
    if (listed.includes(clientUrl)) continue;
    const call = { type: "status", clientUrl } as const;
    queue.call(`seed ${clientUrl}`, call, { deadlineMs: DEADLINE_MS }, (status) => {
      const other = otherCluster(status, clusterId);
      if (other !== undefined) tellOther(queue, clusterId, other, clientUrl);
    });
  }
}

/** A host is there, and not only this one. */
function isUsed({ entries }: RangePage, host: string): boolean {
  return entries.some(({ key }) => {
    const parsed = parseKey(key);
    return parsed?.type === "live" && parsed.host !== host;
  });
}

function tellUnused(queue: EffectQueue, members: Members["members"]): void {
  const [url] = members.flatMap(({ clientUrls }) => clientUrls);
  queue.tell("unused", { what: "unused-etcd", url, below: ROOT_KEY });
}

/** What a seed is in, if that is not the cluster which was joined. */
function otherCluster(status: Result<MemberStatus>, joined: string): string | undefined {
  if (status.ok) return status.value.clusterId === joined ? undefined : status.value.clusterId;
  if (status.failure.code !== "foreign-cluster") return undefined;
  return /belongs to cluster ([0-9a-f]+)/.exec(status.failure.message)?.[1] ?? "another";
}

function tellOther(queue: EffectQueue, joined: string, other: string, seed: string): void {
  const text = `the seeds are of two clusters: this host joined ${joined}, ${seed} is of ${other}`;
  const hint = "correct --seeds; for the other cluster start with a new --prefix";
  queue.tell("two clusters", { what: "trouble", failure: failure(text, { hint }) });
}
