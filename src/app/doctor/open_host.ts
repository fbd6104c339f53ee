/**
 * Opens this machine for the checks, and closes it.
 *
 * @module
 */

import { ownUid } from "../../os/accounts.ts";
import { ownExecutable } from "../../os/executable.ts";
import { createPatientFiles } from "../../os/files/patient_files.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { machineFiles } from "../../os/machine_files.ts";
import { parseMountList } from "../../os/mounts/mount_list.ts";
import { readMountTable } from "../../os/mounts/mounts.ts";
import { createLocalNetwork } from "../../os/network/local_network.ts";
import { createLocalBus } from "../../systemd/bus/local_bus.ts";
import { type CheckedHost, seeAgent, seeHolder, seePrefix } from "./checked_host.ts";

/** For everything together. */
const ALL_MS = 30_000;

/** Does it with this machine. */
export async function withCheckedHost<T>(
  { prefix, placeWords }: Pick<CheckedHost, "prefix" | "placeWords">,
  work: (host: CheckedHost) => Promise<T>,
): Promise<T> {
  const clock = createLocalClock();
  const late = new AbortController();
  const timer = clock.after(ALL_MS, () => late.abort());
  const { signal } = late;
  const bus = createLocalBus({ scope: "system", clock, warn: () => {} });
  try {
    const files = createPatientFiles(clock, signal);
    const prefixSight = await seePrefix(files, prefix);
    const isThere = prefixSight === "there";
    const holder = isThere ? await seeHolder(files, prefix) : undefined;
    const agent = prefixSight === "forbidden"
      ? { type: "unseen" as const, why: `${prefix} belongs to another user` }
      : isThere
      ? await seeAgent(prefix, holder, clock, signal)
      : { type: "none" as const };
    return await work({
      ...{ uid: ownUid(), executable: ownExecutable(), clock, machine: machineFiles(), files },
      ...{ mounts: mountTable(), bus },
      ...{ network: createLocalNetwork({ clock }), prefix, placeWords, prefixSight },
      ...{ holder, agent, signal },
    });
  } finally {
    timer.cancel();
    bus.close();
  }
}

function mountTable() {
  try {
    return parseMountList(readMountTable());
  } catch {
    return [];
  }
}
