/**
 * Casts out a host that has the secret of its cluster: the cluster gets another authority, and that host
 * neither its key nor a certificate of it.
 *
 * @module
 */

import { ok, type Result } from "../../base/result.ts";
import { readClusterStatus } from "../../cluster/admin/cluster_status.ts";
import { forget } from "../../cluster/admin/forgetting.ts";
import { rotatedText } from "../../cluster/admin/rotating.ts";
import type { RotationRecord } from "../../cluster/store/records.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { sizeText } from "../../report/cluster_size_text.ts";
import type { PlaceFlags } from "../agent_prefix.ts";
import { askCluster } from "./ask.ts";
import { clusterPlace } from "./cluster_place.ts";
import { rotateAuthority, type RotateWish } from "./rotate.ts";

const DEADLINE_MS = 5000;
/** What it said of itself goes with its lease. */
const LEASE_MS = 20_000;
const LOOK_MS = 500;

/** Casts out that host, and waits until nobody believes what it has. */
export async function evictServer(
  given: PlaceFlags,
  host: string,
  wish: Omit<RotateWish, "without">,
): Promise<Result<string>> {
  const id = await idOf(given, host);
  if (!id.ok) return id;
  const without = { host, ...(id.value === undefined ? {} : { id: id.value }) };
  const rotated = await rotateAuthority(given, { ...wish, without });
  return rotated.ok ? await finish(given, host, rotated.value) : rotated;
}

/** Does what is left where the command that gave the order was killed, or waited no longer. */
export async function finishEviction(
  given: PlaceFlags,
  done: RotationRecord,
  host: string,
): Promise<Result<string>> {
  return await finish(given, host, rotatedText(done));
}

async function finish(given: PlaceFlags, host: string, said: string): Promise<Result<string>> {
  const gone = await removeTraces(given, host);
  if (!gone.ok) return gone;
  const left = await whatIsLeft(given);
  return ok(`${said}What ${host} exported is gone, and its name is free.\n${left}`);
}

/** What the cluster survives without it; it is out also where nobody says that. */
async function whatIsLeft(given: PlaceFlags): Promise<string> {
  const place = clusterPlace(given);
  if (!place.ok) return "";
  const fleet = await askCluster(place.value, (store) => readClusterStatus(store, DEADLINE_MS));
  if (!fleet.ok) return "";
  const members = fleet.value.hosts.filter(({ role }) => role !== "client").length;
  return `The cluster has ${sizeText({ ...fleet.value, members })}.\n`;
}

/** By its id it is known under another name, too. */
async function idOf(given: PlaceFlags, host: string): Promise<Result<string | undefined>> {
  const place = clusterPlace(given);
  if (!place.ok) return place;
  const fleet = await askCluster(place.value, (store) => readClusterStatus(store, DEADLINE_MS));
  return fleet.ok ? ok(fleet.value.hosts.find((each) => each.host === host)?.hostId) : fleet;
}

/** Removes what it has left, as soon as its lease is over: it cannot write anything any more. */
async function removeTraces(given: PlaceFlags, host: string): Promise<Result<void>> {
  const clock = createLocalClock();
  const endMs = clock.nowMs() + LEASE_MS;
  for (;;) {
    const place = clusterPlace(given);
    if (!place.ok) return place;
    const gone = await askCluster(place.value, async (store) => {
      const fleet = await readClusterStatus(store, DEADLINE_MS);
      if (!fleet.ok) return fleet;
      return await forget(store, fleet.value, host, {
        deadlineMs: DEADLINE_MS,
        // In a cluster with TLS exports have no MAC.
        sealFor: () => undefined,
        wallMs: clock.wall().getTime(),
      });
    });
    // Somebody forgot it meanwhile, or there was nothing.
    if (gone.ok || gone.failure.code === "unknown") return ok(undefined);
    if (gone.failure.code !== "live" || clock.nowMs() >= endMs) return gone;
    await clock.sleep(LOOK_MS);
  }
}
