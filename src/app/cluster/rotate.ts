/**
 * `mgmt cluster rotate ca`: asks a cluster to replace the authority that signs its certificates, and follows
 * that until it is done.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import { readControl } from "../../cluster/admin/control_entries.ts";
import { withGone } from "../../cluster/admin/forgetting.ts";
import { readClusterStatus } from "../../cluster/admin/cluster_status.ts";
import {
  hostsOf,
  isSameOrder,
  type RotatingCluster,
  whyNotRotate,
  type Without,
} from "../../cluster/admin/rotating.ts";
import { rotatingCluster } from "../../cluster/admin/rotating_cluster.ts";
import { changeRotation, withoutPatience } from "../../cluster/admin/rotation_release.ts";
import { isWithout } from "../../cluster/leader/rotation.ts";
import { bindingKey, operationKey, rollingKey } from "../../cluster/store/keys.ts";
import { rotationKey } from "../../cluster/store/rotation_keys.ts";
import { secureKey } from "../../cluster/store/secure_keys.ts";
import { type RotationRecord, write } from "../../cluster/store/records.ts";
import type { Store, StoreEntry } from "../../cluster/store/store.ts";
import { hostName } from "../../os/host_name.ts";
import { privateFiles } from "../../os/state/private_files.ts";
import { readOwnSecret } from "../../trust/trust_files.ts";
import type { PlaceFlags } from "../agent_prefix.ts";
import { askCluster } from "./ask.ts";
import { type ClusterPlace, clusterPlace } from "./cluster_place.ts";
import { trustDirectory } from "./known_cluster.ts";
import { costOf } from "./rotate_cost.ts";
import { type FollowOptions, followRotation } from "./rotate_progress.ts";

const DEADLINE_MS = 5000;

/** How it is asked for. */
export interface RotateWish extends FollowOptions {
  /** Without hosts that are away and need a new token then. */
  readonly yes: boolean;
  /** The host that is cast out so; absent: none. */
  readonly without?: Without;
}

/** Has the authority replaced; the result says what has become of it. */
export async function rotateAuthority(
  given: PlaceFlags,
  wish: RotateWish,
): Promise<Result<string>> {
  const place = clusterPlace(given);
  if (!place.ok) return place;
  const refused = whyNotHere(place.value);
  if (refused !== undefined) return refused;
  const ordered = await askCluster(place.value, (store) => order(store, place.value, wish));
  return ordered.ok ? await followRotation(given, wish, look) : ordered;
}

function whyNotHere({ prefix, credentials }: ClusterPlace): Result<never> | undefined {
  if (credentials === "none") {
    return fail(`the cluster of ${prefix} is plain text: nobody has certificates in it`, {
      code: "plain-cluster",
    });
  }
  const secret = readOwnSecret(privateFiles(trustDirectory(prefix)));
  if (!secret.ok) return secret;
  if (secret.value !== undefined) return undefined;
  return fail("this host has no server role in its cluster", {
    code: "role",
    hint: "on a host that runs etcd (mgmt members): mgmt cluster rotate ca",
  });
}

/** Writes the order down, where nothing is in its way. */
async function order(
  store: Store,
  place: ClusterPlace,
  { yes, without, say }: RotateWish,
): Promise<Result<void>> {
  const options = { deadlineMs: DEADLINE_MS };
  const seen = await look(store);
  if (!seen.ok) return seen;
  const { cluster, entries } = seen.value;
  if (isSameOrder(cluster, without)) return yes ? await goOnWithout(store, cluster) : ok(undefined);
  const why = whyNotRotate(cluster, without);
  if (why !== undefined) return { ok: false, failure: why };
  const known = hostsOf(cluster).filter((host) => !isWithout(without, host));
  const all = await readClusterStatus(store, DEADLINE_MS);
  if (!all.ok) return all;
  // Of some hosts nothing is left but what they export.
  const gone = (await withGone(store, all.value, options)).hosts
    .filter(({ leftExports, host }) => leftExports === true && host !== without?.host);
  const silent = known.filter(({ live }) => !live);
  const away = [...new Set([...silent, ...gone].map(({ host }) => host))].toSorted();
  const cost = costOf(cluster, without, away);
  if (cost.asks !== undefined && !yes) return { ok: false, failure: cost.asks };
  if (cost.size !== undefined) say(cost.size);
  const names = new Set([...known.map(({ host }) => host), ...away]);
  const record: RotationRecord = {
    step: "asked",
    by: place.host ?? hostName(),
    // Of who is bound the binding says until when it counts.
    known: [...names].filter((host) => !entries.some(({ key }) => key === bindingKey(host))),
    ...(away.length === 0 ? {} : { patience: Object.fromEntries(away.map((host) => [host, 0])) }),
    ...(without === undefined ? {} : { without }),
  };
  const revision = entries.find(({ key }) => key === rotationKey())?.modRevision ?? 0;
  const begun = await store.transact({
    when: [
      { key: rotationKey(), mod: revision },
      ...[operationKey(), rollingKey(), secureKey()].map((key) => ({ key, create: 0 })),
    ],
    then: [{ type: "put", key: rotationKey(), value: write(record) }],
  }, options);
  if (!begun.ok) return begun;
  return begun.value.succeeded ? ok(undefined) : fail("the cluster has just begun something else", {
    code: "busy",
    hint: "try again in a moment; mgmt cluster status says how the cluster is",
  });
}

/** An order that stands waits for nobody any more who is away now. */
async function goOnWithout(store: Store, cluster: RotatingCluster): Promise<Result<void>> {
  const away = hostsOf(cluster).filter(({ live, isMember }) => !live && !isMember)
    .map(({ host }) => host);
  if (away.length === 0) return ok(undefined);
  const options = { deadlineMs: DEADLINE_MS };
  const given = await changeRotation(store, (record) => withoutPatience(record, away), options);
  return given.ok ? ok(undefined) : given;
}

async function look(
  store: Store,
): Promise<Result<{ readonly cluster: RotatingCluster; readonly entries: readonly StoreEntry[] }>> {
  const options = { deadlineMs: DEADLINE_MS };
  const entries = await readControl(store, options);
  if (!entries.ok) return entries;
  const cluster = await rotatingCluster(store, entries.value, options);
  return cluster.ok ? ok({ cluster: cluster.value, entries: entries.value }) : cluster;
}
