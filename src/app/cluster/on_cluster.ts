/**
 * What commands do with a cluster, as one piece that is loaded when it is needed.
 *
 * @module
 */

import { resolve } from "node:path";
import { fail, ok, type Result } from "../../base/result.ts";
import { hostOfMember, idealSizeKey } from "../../cluster/store/keys.ts";
import { withGone } from "../../cluster/admin/forgetting.ts";
import {
  DEFAULT_SIZE,
  readIdealSize,
  shortened,
  unreadableSize,
} from "../../cluster/store/records.ts";
import { type ClusterStatus, readClusterStatus } from "../../cluster/admin/cluster_status.ts";
import { type FleetWaitEnd, waitForFleet } from "../../cluster/admin/fleet_waiting.ts";
import { whyNoAnswer } from "../../cluster/admin/why_no_answer.ts";
import { count } from "../../base/words.ts";
import {
  fleetCounts,
  fleetObject,
  fleetText,
  hasConverged,
  onlyUntold,
  untoldText,
} from "../../report/fleet_table.ts";
import { SnapshotFile } from "../../etcd/server/snapshot_file.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { createLocalRandom } from "../../os/local_random.ts";
import { askCluster } from "./ask.ts";
import { privateFiles } from "../../os/state/private_files.ts";
import { isThere, type PlaceFlags } from "../agent_prefix.ts";
import { trustDirectory } from "./known_cluster.ts";
import { type ClusterPlace, clusterPlace } from "./cluster_place.ts";
import {
  membersObject,
  membersText,
  sizeObject,
  snapshotObject,
  statusObject,
  statusText,
} from "../../report/cluster_tables.ts";

export { evict } from "./evict.ts";
export { forget } from "./forget.ts";
export { recover } from "./recover.ts";
export { restore } from "./restore.ts";
export { rotateAuthority } from "./rotate.ts";
export { secure } from "./secure.ts";
export { sendCommand } from "./give_order.ts";

/** For an answer of the cluster. */
const DEADLINE_MS = 5000;

/** The hosts of a cluster, as text or as an object. */
export async function members(given: PlaceFlags): Promise<Result<string>> {
  const seen = await look(given);
  if (!seen.ok) return seen;
  const { fleet } = seen.value;
  return ok(asJson(given) ? membersObject(fleet) : membersText(fleet));
}

/** How the resources of all hosts of a cluster are, as text or as an object. */
export async function fleet(given: PlaceFlags): Promise<Result<string>> {
  const seen = await look(given);
  if (!seen.ok) return seen;
  const nowMs = createLocalClock().wall().getTime();
  return ok(asJson(given) ? fleetObject(seen.value.fleet) : fleetText(seen.value.fleet, nowMs));
}

/** Waits until all hosts have converged; `text`: how they are then; `why`: there is no use in waiting. */
export async function waitForAll(
  given: PlaceFlags,
  timeoutMs: number,
): Promise<FleetWaitEnd & { readonly text: string; readonly why?: string | undefined }> {
  const clock = createLocalClock();
  const waited = await waitForFleet({
    look: async () => {
      const seen = await look(given);
      return seen.ok ? ok(seen.value.fleet) : seen;
    },
    ...{ hasConverged, onlyUntold, timeoutMs, clock },
  });
  if (!("fleet" in waited)) return { ...waited, text: "" };
  const { fleet, end } = waited;
  const text = end === "converged"
    ? `${fleetCounts(fleet)}\n`
    : fleetText(fleet, clock.wall().getTime());
  return { ...waited, text, why: end === "untold" ? untoldText(fleet) : undefined };
}

/** How a cluster is doing, as text or as an object. */
export async function status(given: PlaceFlags): Promise<Result<string>> {
  const seen = await look(given);
  if (!seen.ok) return seen;
  const { fleet, place } = seen.value;
  const nowMs = createLocalClock().wall().getTime();
  if (asJson(given)) return ok(statusObject(fleet, place));
  const asks = await keyAsked(place);
  return ok(statusText(fleet, { ...place, ...(asks === undefined ? {} : { asks }) }, nowMs));
}

/** By what the key is known with which this host asks to take part in a cluster that becomes TLS. */
async function keyAsked({ prefix, credentials }: ClusterPlace): Promise<string | undefined> {
  if (credentials !== "none" || !isThere(trustDirectory(prefix))) return undefined;
  const { ownKeyFingerprint } = await import("./secure_request.ts");
  return await ownKeyFingerprint(privateFiles(trustDirectory(prefix)));
}

/** The size that is wanted, or another one from now on. */
export async function size(given: PlaceFlags, wanted?: number): Promise<Result<string>> {
  const place = clusterPlace(given);
  if (!place.ok) return place;
  const options = { deadlineMs: DEADLINE_MS };
  const done = await askCluster<Result<string>>(place.value, async (store, clientUrls) => {
    const before = await store.get(idealSizeKey(), options);
    if (!before.ok) return before;
    const text = before.value.entry?.value;
    if (wanted === undefined) return ok(sizeSaid(given, text));
    const members = await store.members(options);
    if (!members.ok) return members;
    // None of them is named as ours are.
    if (members.value.members.every(({ name }) => hostOfMember(name) === undefined)) {
      return ok(othersMembers(clientUrls));
    }
    const written = await store.put(idealSizeKey(), String(wanted), options);
    // Who has answered once is asked nowhere else: what it was before would be another.
    if (!written.ok) return ok(await whyNoAnswer(store, clientUrls, written));
    return ok(ok(sizeChanged(given, wanted, text)));
  });
  return done.ok ? done.value : done;
}

function sizeSaid(given: PlaceFlags, text: string | undefined): Result<string> {
  const is = sizeIn(text);
  if (is === undefined) return noSize(text);
  return ok(asJson(given) ? sizeObject({ idealSize: is }) : `${is}\n`);
}

function sizeChanged(given: PlaceFlags, wanted: number, text: string | undefined): string {
  const before = sizeIn(text);
  if (asJson(given)) return sizeObject({ idealSize: wanted, before: before ?? null });
  const parity = wanted % 2 === 0 ? "; an odd number survives as much with one host less" : "";
  const was = before ?? shortened(text ?? "");
  return `${count(wanted, "member")} wanted, before: ${was}${parity}\n`;
}

/** Who they are is decided by those who run them. */
function othersMembers([url = ""]: readonly string[]): Result<never> {
  return fail(
    `the etcd at ${url} is one that others run: mgmt neither adds members there nor removes any`,
    {
      code: "others-etcd",
      hint: "its size is theirs to change (etcdctl member add, etcdctl member remove)",
    },
  );
}

/** The size that is written down, or the default; undefined: it cannot be read. */
function sizeIn(text: string | undefined): number | undefined {
  return text === undefined ? DEFAULT_SIZE : readIdealSize(text);
}

function noSize(text = ""): Result<never> {
  return fail(unreadableSize(idealSizeKey(), text), {
    code: "unreadable",
    hint: "say it again with mgmt cluster size NUMBER; until then the leader goes by its own " +
      `--ideal-cluster-size, or by ${DEFAULT_SIZE}`,
  });
}

/** Writes all that the store has into a file. */
export async function snapshot(
  given: PlaceFlags,
  file: string,
  force: boolean,
): Promise<Result<string>> {
  const place = clusterPlace(given);
  if (!place.ok) return place;
  const path = resolve(file);
  const opened = SnapshotFile.open(path, force, createLocalRandom().hex(4));
  if (!opened.ok) return opened;
  const { readSnapshot } = await import("../../etcd/client/snapshot.ts");
  const target = opened.value;
  const clock = createLocalClock();
  const read = await askCluster<Result<void>>(place.value, async (store, clientUrls) => {
    let begun = false;
    const whole = await readSnapshot({ ...place.value, clientUrls }, clock, (piece) => {
      begun = true;
      return target.write(piece);
    });
    // What the file has of one member is not gone on with by another.
    if (begun && !whole.ok) return ok(await whyNoAnswer(store, clientUrls, whole));
    return whole.ok ? ok(whole) : whole;
  });
  const failed = read.ok ? read.value : read;
  if (!failed.ok) {
    target.discard();
    return failed;
  }
  const finished = target.finish();
  if (!finished.ok) return finished;
  const { bytes } = finished.value;
  if (asJson(given)) return ok(snapshotObject({ path, bytes }));
  return ok(
    `${path}: ${bytes} bytes, to be restored with mgmt cluster restore\n`,
  );
}

async function look(
  given: PlaceFlags,
): Promise<Result<{ readonly fleet: ClusterStatus; readonly place: ClusterPlace }>> {
  const place = clusterPlace(given);
  if (!place.ok) return place;
  return await askCluster(place.value, async (store) => {
    const fleet = await readClusterStatus(store, DEADLINE_MS);
    if (!fleet.ok) return fleet;
    const whole = await withGone(store, fleet.value, { deadlineMs: DEADLINE_MS });
    return ok({ fleet: whole, place: place.value });
  });
}

function asJson({ flags }: PlaceFlags): boolean {
  return flags.get("output") === "json";
}
