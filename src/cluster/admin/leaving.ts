/**
 * A host that leaves its cluster: whether it may, and what it leaves behind.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import {
  backoffKey,
  bindingKey,
  controlRanges,
  exportsRange,
  hostKeys,
  leftKey,
  liveKey,
  nominatedKey,
  operationKey,
  parseKey,
} from "../store/keys.ts";
import { read, write } from "../store/records.ts";
import { type CallOptions, listAll, type Store, type StoreOperation } from "../store/store.ts";
import type { ClusterStatus } from "./cluster_status.ts";

/** Whether nobody else has a part in the cluster. */
export function isAlone({ hosts }: ClusterStatus, hostId: string, memberId?: string): boolean {
  return hosts.every((each) =>
    each.hostId === hostId || (memberId !== undefined && each.memberId === memberId) ||
    (each.role === "client" && !each.live)
  );
}

/** Why a host may not leave; undefined: it may. */
export function leaveProblem(
  fleet: ClusterStatus,
  hostId: string,
  memberId?: string,
): Failure | undefined {
  const own = fleet.hosts.find((each) =>
    each.hostId === hostId || (memberId !== undefined && each.memberId === memberId)
  );
  if (own?.role !== "voter" || isAlone(fleet, hostId, memberId)) return undefined;
  const others = fleet.hosts.filter((each) => each !== own);
  const voters = others.filter(({ role }) => role === "voter");
  const silent = voters.filter(({ answers }) => !answers).map(({ host }) => host);
  // The leader lets nobody go who only wants to while a voter is silent.
  if (silent.length > 0) {
    const [who, verb, them] = silent.length === 1
      ? ["a voter", "does", "it"]
      : ["voters", "do", "them"];
    return failure(`${who} ${verb} not answer (${silent.join(", ")}): one less could be too few`, {
      code: "silent-voter",
      hint: `first start ${them} again, or wait until another host has taken the place: ` +
        "mgmt cluster status says how that goes",
    });
  }
  const spares = others.filter(({ role, live, volunteers }) =>
    role !== "voter" && live && volunteers
  );
  if (voters.length > 0 || spares.some((each) => each.failed === undefined)) return undefined;
  const [spare] = spares;
  if (spares.some(({ role }) => role === "learner")) return undefined; // it tries again
  if (spare !== undefined) {
    return failure(`${spare.host} is to take its place, and could not (${spare.failed})`, {
      code: "failing-spare",
      hint:
        `it takes part as before; mend that on ${spare.host}, or start another host that runs ` +
        "etcd, and give the order again",
    });
  }
  const names = others.filter(({ live }) => live).map(({ host }) => host).join(", ");
  return failure(`${own.host} has the only vote, and ${names} would be without a cluster`, {
    code: "last-voter",
    hint: "first start a host that runs etcd too, or end the agents of the others",
  });
}

/** Removes all that is written down of a host, unless its name is another host's by now. */
export async function forgetHost(
  store: Store,
  host: string,
  hostId: string,
  options: CallOptions,
): Promise<Failure | undefined> {
  const key = liveKey(host);
  const found = await store.get(key, options);
  if (!found.ok) return found.failure;
  const { entry } = found.value;
  const isOurs = entry !== undefined && read.live(entry.value)?.id === hostId;
  const when = { key, mod: isOurs ? entry.modRevision : 0 };
  const remove = (then: readonly StoreOperation[]) =>
    store.transact({ when: [when], then }, options);
  let done = await remove(tracesOf(host));
  if (!done.ok && done.failure.code === "permission-denied") {
    // Who may write only what is its own was never asked to run etcd. Its name is for the leader to free.
    const said = { type: "put", key: leftKey(host), value: write({ id: hostId }) } as const;
    done = await remove([...ownTraces(host), said]);
  }
  return done.ok ? undefined : done.failure;
}

/** What takes away all that a host wrote, and what was written for it. */
export function tracesOf(host: string): readonly StoreOperation[] {
  const keys = [nominatedKey, backoffKey, bindingKey, leftKey];
  return [
    ...ownTraces(host),
    ...keys.map((keyOf) => ({ type: "delete", key: keyOf(host) } as const)),
  ];
}

function ownTraces(host: string): readonly StoreOperation[] {
  return [
    ...hostKeys(host).map((key) => ({ type: "delete", key } as const)),
    { type: "deleteRange", range: exportsRange(host) },
  ];
}

/**
 * Ends all leases and the change under way: whoever is there says so again, and nobody waits for
 * those that are not.
 */
export async function forgetPresence(
  store: Store,
  options: CallOptions,
): Promise<Failure | undefined> {
  const leases = new Set<string>();
  const then: StoreOperation[] = [{ type: "delete", key: operationKey() }];
  for (const range of controlRanges()) {
    const page = await listAll(store, range, { ...options, limit: 500 });
    if (!page.ok) return page.failure;
    for (const { key, lease } of page.value.entries) {
      if (lease !== undefined) leases.add(lease);
      const parsed = parseKey(key);
      if (parsed?.type === "nominated" && then.length < 100) then.push({ type: "delete", key });
    }
  }
  for (const lease of leases) {
    const ended = await store.revokeLease(lease, options);
    if (!ended.ok && ended.failure.code !== "lease-gone") return ended.failure;
  }
  const done = await store.transact({ when: [], then }, options);
  return done.ok ? undefined : done.failure;
}
