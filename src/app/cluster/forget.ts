/**
 * `mgmt forget`: says to a cluster that a host does not come back, and waits until it is gone.
 *
 * @module
 */

import { ok, type Result } from "../../base/result.ts";
import { forget as forgetIn, type Forgotten } from "../../cluster/admin/forgetting.ts";
import { type ForgetOptions, untilGone } from "../../cluster/admin/forgetting_wait.ts";
import { readClusterStatus } from "../../cluster/admin/cluster_status.ts";
import { count } from "../../base/words.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { userSeal } from "./loopback_mac.ts";
import { askCluster } from "./ask.ts";
import type { PlaceFlags } from "../agent_prefix.ts";
import { clusterPlace } from "./cluster_place.ts";

const DEADLINE_MS = 5000;
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
    const gone = await untilGone(store, done.value, clock, {
      deadlineMs: DEADLINE_MS,
      ...options,
    });
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
