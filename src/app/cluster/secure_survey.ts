/** How a plain cluster is that is to become TLS, and what is in the way of that. */

import { fail, type Failure, failure, ok, type Result } from "../../base/result.ts";
import {
  type ClusterStatus,
  type HostStatus,
  readClusterStatus,
} from "../../cluster/admin/cluster_status.ts";
import { withGone } from "../../cluster/admin/forgetting.ts";
import type { KnownCluster } from "./known_cluster.ts";
import { operationKey } from "../../cluster/store/keys.ts";
import { secureAskedHost, secureKey, secureRange } from "../../cluster/store/secure_keys.ts";
import { read, type SecureAskedRecord, type SecureRecord } from "../../cluster/store/records.ts";
import { listAll, type Store } from "../../cluster/store/store.ts";

/** What was found. */
export interface SecureSurvey {
  readonly fleet: ClusterStatus;
  /** The order; undefined: nobody has given one. */
  readonly record: SecureRecord | undefined;
  /** Of that; 0: there is none. */
  readonly revision: number;
  readonly asked: ReadonlyMap<string, SecureAskedRecord>;
  /** The list of members is changed at the moment. */
  readonly isChanging: boolean;
}

const PAGE = 500;

/** Looks. */
export async function lookAround(store: Store, deadlineMs: number): Promise<Result<SecureSurvey>> {
  const options = { deadlineMs };
  const seen = await readClusterStatus(store, deadlineMs);
  if (!seen.ok) return seen;
  const fleet = await withGone(store, seen.value, options);
  const then = [secureKey(), operationKey()].map((key) => ({ type: "get", key } as const));
  const found = await store.transact({ when: [], then }, options);
  if (!found.ok) return found;
  const [order, operation] = found.value.got;
  const page = await listAll(store, secureRange(), { ...options, limit: PAGE });
  if (!page.ok) return page;
  const asked = new Map<string, SecureAskedRecord>();
  for (const { key, value } of page.value.entries) {
    const host = secureAskedHost(key);
    const record = host === undefined ? undefined : read.secureAsked(value);
    if (host !== undefined && record !== undefined) asked.set(host, record);
  }
  return ok({
    fleet,
    record: read.secure(order?.value),
    revision: order?.modRevision ?? 0,
    asked,
    isChanging: operation !== undefined,
  });
}

/**
 * What is said where that may not be seen: only who has the server role may, once rights are in force, and
 * then there is nothing to be done any more.
 */
export function whyNotSeen(
  refused: Result<never>,
  abort: boolean,
  known: KnownCluster,
): Result<never> {
  const isDenied = !refused.ok && refused.failure.code === "permission-denied";
  if (!isDenied || known !== "tls") return refused;
  return abort ? notBegun() : { ok: false, failure: isSecure() };
}

/** What is said where there is no such order. */
export function notBegun(): Result<never> {
  return fail("there is nothing to give up: the cluster is not on its way to TLS", {
    code: "not-begun",
  });
}

function isSecure(): Failure {
  return failure("the cluster speaks TLS already", {
    code: "tls",
    hint:
      "each host may do what is its own there; another authority for it: mgmt cluster rotate ca",
  });
}

/** Why it cannot begin now; undefined: it can. */
export function whyNotNow(
  { fleet: { hosts, leader }, isChanging, record }: SecureSurvey,
  { speaksTls, own }: { readonly speaksTls: boolean; readonly own: HostStatus | undefined },
): Failure | undefined {
  if (speaksTls && record === undefined) {
    return isSecure();
  }
  const members = hosts.filter(({ role }) => role !== "client");
  const names = members.map(({ host }) => host).join(", ");
  if (own === undefined || own.role === "client") {
    return failure(
      "this host runs no etcd of the cluster, and the new secret is made where one runs",
      {
        code: "no-member",
        hint: `give the order on one of ${names}`,
      },
    );
  }
  const strange = members.find(({ whose }) => whose !== "ours");
  if (strange !== undefined) {
    return failure(`${strange.host} is a member that mgmt does not run: it could not be made TLS`, {
      code: "foreign",
      hint: "remove it first (mgmt cluster status names it)",
    });
  }
  const silent = members.find(({ answers, live }) => !answers || !live);
  if (silent !== undefined) {
    const why = silent.answers ? "its agent is not there" : "it is silent";
    return failure(
      `each etcd is to be started anew, and without ${silent.host} a majority could be lost: ${why}`,
      {
        code: "majority",
        hint: `start it again; where it is lost for good: mgmt forget ${silent.host}`,
      },
    );
  }
  const isOnTheWay = members.some(({ role }) => role === "learner");
  if (isChanging || isOnTheWay || leader === undefined) {
    return failure("the members of the cluster are being changed at the moment", {
      code: "changing",
      hint: "mgmt cluster status says what goes on; try again when it is done",
    });
  }
  return undefined;
}
