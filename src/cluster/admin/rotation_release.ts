/**
 * Hosts that a cluster which replaces its authority waits for no longer, because somebody says so: they are
 * forgotten, or whoever gave the order goes on without them.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import { rotationIn } from "../leader/rotation_view.ts";
import { rotationKey } from "../store/rotation_keys.ts";
import { type RotationRecord, write } from "../store/records.ts";
import type { CallOptions, Store } from "../store/store.ts";

/** The leader writes there, too. */
const TRIES = 5;

/** The record without that host; undefined: it does not wait for it by its name. */
export function withoutKnown(record: RotationRecord, host: string): RotationRecord | undefined {
  if (record.step === "done" || record.known?.includes(host) !== true) return undefined;
  return { ...record, known: record.known.filter((each) => each !== host) };
}

/** The record that waits for none of these any more, until they are there; undefined: it is so. */
export function withoutPatience(
  record: RotationRecord,
  hosts: readonly string[],
): RotationRecord | undefined {
  const { patience = {} } = record;
  if (record.step === "done" || hosts.every((host) => patience[host] === 0)) return undefined;
  const none = Object.fromEntries(hosts.map((host) => [host, 0]));
  return { ...record, patience: { ...patience, ...none } };
}

/** Writes the record as it is to be, whoever else writes there; true: there was something to change. */
export async function changeRotation(
  store: Store,
  change: (record: RotationRecord) => RotationRecord | undefined,
  options: CallOptions,
): Promise<Result<boolean>> {
  const key = rotationKey();
  for (let tries = 0;; tries++) {
    const found = await store.get(key, options);
    if (!found.ok) return found;
    const { entry } = found.value;
    const seen = entry && rotationIn([entry]);
    const changed = seen && change(seen.record);
    if (changed === undefined) return ok(false);
    if (tries === TRIES) {
      return fail("the record of the authority changes all the time", {
        code: "busy",
        hint: "try again",
      });
    }
    const when = [{ key, mod: seen?.revision ?? 0 }];
    const put = { type: "put", key, value: write(changed) } as const;
    const done = await store.transact({ when, then: [put] }, options);
    if (!done.ok) return done;
    if (done.value.succeeded) return ok(true);
  }
}

/** An order that stands does not wait for that host by its name any more; true: it did. */
export async function releaseFromRotation(
  store: Store,
  host: string,
  options: CallOptions,
): Promise<Result<boolean>> {
  return await changeRotation(store, (record) => withoutKnown(record, host), options);
}
