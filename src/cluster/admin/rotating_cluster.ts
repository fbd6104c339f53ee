/**
 * Reads how far a cluster is that replaces its authority, as its leader sees it.
 *
 * @module
 */

import { ok, type Result } from "../../base/result.ts";
import { rotationIn } from "../leader/rotation_view.ts";
import { sortEntries } from "../leader/sorted_entries.ts";
import { makeView, Observations } from "../leader/view_builder.ts";
import { DEFAULT_SIZE, read } from "../store/records.ts";
import type { CallOptions, Store, StoreEntry } from "../store/store.ts";
import { statusesOf } from "./cluster_status.ts";
import type { RotatingCluster } from "./rotating.ts";

/** Asks each member; `entries`: all that the store has for its leader. */
export async function rotatingCluster(
  store: Store,
  entries: readonly StoreEntry[],
  options: CallOptions,
): Promise<Result<RotatingCluster>> {
  const members = await store.members(options);
  if (!members.ok) return members;
  const statuses = await statusesOf(store, members.value.members);
  const sorted = sortEntries(entries);
  const leader = read.leader(sorted.leader?.value)?.host;
  const memory = {
    ...{ self: leader ?? "", idealSize: DEFAULT_SIZE },
    ...{ addRefused: false, pausedUntil: undefined },
  };
  const reading = { entries, members: members.value.members, statuses };
  const view = makeView(reading, sorted, new Observations(), memory, 0);
  return ok({ entries, view, leader, record: rotationIn(entries)?.record });
}
