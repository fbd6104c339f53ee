/**
 * `mgmt evict`: casts a host out of a cluster that speaks TLS, and waits until that is in force.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import {
  evict as evictIn,
  type EvictedHost,
  type EvictionProgress,
  type EvictionWait,
  isAnothers,
  untilOut,
} from "../../cluster/admin/evicting.ts";
import { readClusterStatus } from "../../cluster/admin/cluster_status.ts";
import { read, type RotationRecord } from "../../cluster/store/records.ts";
import { bindingKey, isHostName } from "../../cluster/store/keys.ts";
import { rotationKey } from "../../cluster/store/rotation_keys.ts";
import type { Store } from "../../cluster/store/store.ts";
import type { Clock } from "../../os/clock.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { privateFiles } from "../../os/state/private_files.ts";
import { readOwnSecret } from "../../trust/trust_files.ts";
import type { PlaceFlags } from "../agent_prefix.ts";
import { askCluster } from "./ask.ts";
import { type ClusterPlace, clusterPlace } from "./cluster_place.ts";
import { evictServer, finishEviction } from "./evict_server.ts";
import { trustDirectory } from "./known_cluster.ts";

const DEADLINE_MS = 5000;
/** What is tried again: nobody knows what became of it, and done again it is one. */
const PASSING: ReadonlySet<string | undefined> = new Set(["unavailable", "no-quorum", "deadline"]);
const TRIES = 5;
const AGAIN_MS = 500;

/** How it is asked for. */
export interface EvictWish extends EvictionWait {
  /** Of a host with the server role: at once without others that are away, which need a new token then. */
  readonly yes: boolean;
}

/** Casts out that host; the result says what is so. */
export async function evict(
  given: PlaceFlags,
  name: string,
  wait: EvictWish,
): Promise<Result<string>> {
  const place = clusterPlace(given);
  if (!place.ok) return place;
  const problem = whyNot(place.value, name);
  if (problem !== undefined) return problem;
  const clock = createLocalClock();
  const rotation = await tried(clock, () => askCluster(place.value, readRotation));
  if (!rotation.ok) return rotation;
  const { without, step } = rotation.value ?? {};
  if (rotation.value !== undefined && without?.host === name) {
    // That very order stands, or was done: of the host there may be nothing left.
    if (step !== "done") return await evictServer(given, name, wait);
    const another = await tried(
      clock,
      () => askCluster(place.value, (store) => hasTaken(store, without)),
    );
    if (!another.ok) return another;
    if (!another.value) return await finishEviction(given, rotation.value, name);
  }
  const done = await tried(clock, () => order(place.value, name, wait, clock));
  const isServer = !done.ok && done.failure.code === "server-role";
  return isServer ? await evictServer(given, name, wait) : done;
}

/** Another order that is done at this moment ends all connections, this one's, too. */
async function tried<Value>(
  clock: Clock,
  work: () => Promise<Result<Value>>,
): Promise<Result<Value>> {
  for (let count = 1;; count++) {
    const done = await work();
    if (done.ok || count === TRIES || !PASSING.has(done.failure.code)) return done;
    await clock.sleep(AGAIN_MS);
  }
}

async function readRotation(store: Store): Promise<Result<RotationRecord | undefined>> {
  const found = await store.get(rotationKey(), { deadlineMs: DEADLINE_MS });
  return found.ok ? ok(read.rotation(found.value.entry?.value)) : found;
}

/** Whether another host has that name by now; one that is off may have nothing but its binding. */
async function hasTaken(
  store: Store,
  without: NonNullable<RotationRecord["without"]>,
): Promise<Result<boolean>> {
  if (!isHostName(without.host)) return ok(false);
  const fleet = await readClusterStatus(store, DEADLINE_MS);
  if (!fleet.ok) return fleet;
  const bound = await store.get(bindingKey(without.host), { deadlineMs: DEADLINE_MS });
  if (!bound.ok) return bound;
  return ok(isAnothers(fleet.value.hosts, bound.value.entry !== undefined, without));
}

/** Gives the order, or finds that it was given, and waits. */
async function order(
  place: ClusterPlace,
  name: string,
  wait: EvictionWait,
  clock: Clock,
): Promise<Result<string>> {
  return await askCluster(place, async (store) => {
    const fleet = await readClusterStatus(store, DEADLINE_MS);
    if (!fleet.ok) return fleet;
    const { identity, host } = place;
    const own = fleet.value.hosts.find(({ hostId }) => hostId === identity?.id)?.host ?? host;
    const done = await evictIn(store, fleet.value, name, {
      deadlineMs: DEADLINE_MS,
      self: own,
      wallMs: clock.wall().getTime(),
    });
    if (!done.ok) return done;
    const out = await untilOut(store, done.value, clock, { deadlineMs: DEADLINE_MS, ...wait });
    return out.ok ? ok(describe(done.value, out.value)) : out;
  });
}

function whyNot({ prefix, credentials }: ClusterPlace, name: string): Result<never> | undefined {
  if (credentials === "none") {
    return fail(
      "the cluster is plain text: whoever reaches it has all rights, and nobody is cast out",
      {
        code: "plain-cluster",
        hint: `a host that is gone for good: mgmt forget ${name}`,
      },
    );
  }
  const secret = readOwnSecret(privateFiles(trustDirectory(prefix)));
  if (!secret.ok) return secret;
  return secret.value !== undefined ? undefined : fail(
    "this host casts nobody out: it has no server role in its cluster",
    { code: "role", hint: `on a host that runs etcd (mgmt members): mgmt evict ${name}` },
  );
}

function describe({ host, beforeAt }: EvictedHost, progress: EvictionProgress): string {
  const since = beforeAt === undefined ? "" : `, since ${new Date(beforeAt).toISOString()}`;
  const { silent, keepsOpen } = progress;
  return [
    `${host} is cast out${since}: it has no rights, what it exported is gone, and its name is free`,
    ...(silent.length === 0 ? [] : [
      `${silent.join(", ")}: not there; refuses it as soon as it is`,
    ]),
    ...keepsOpen.map(({ host: at, why }) =>
      `${at}: what ${host} has open there goes on until the agent of ${at} is started anew: ${why}`
    ),
    "",
  ].join("\n");
}
