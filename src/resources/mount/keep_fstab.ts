/**
 * Keeping /etc/fstab.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import { Turns } from "../../base/turns.ts";
import type { KindContext } from "../../kind/kind.ts";
import type { WorkContext } from "../../kind/work_context.ts";
import { patienceOf } from "../../kind/waiting.ts";
import { withEntry, withoutEntry } from "./fstab.ts";
import { entryOf, type MountMemory, readFstab } from "./check.ts";
import { FSTAB, type MountParams } from "./params.ts";

/** Reading, changing and writing the file is the work of one resource at a time. */
const turns = new Turns();
/** Tries to change a file that somebody else changes at the same moments. */
const TRIES = 10;

/** Brings the entry in /etc/fstab in order, on what the file says now. */
export async function keepFstab(
  params: MountParams,
  context: KindContext<MountMemory>,
): Promise<Failure | undefined> {
  const edit = () => editFstab(params, context);
  const problem = await turns.take(FSTAB, edit, patienceOf(context));
  if (problem === undefined) await tellSystemd(context);
  return problem;
}

async function editFstab(
  params: MountParams,
  context: KindContext<MountMemory>,
): Promise<Failure | undefined> {
  const { host: { files }, signal } = context;
  for (let tries = 1;; tries++) {
    const read = await readFstab(context);
    if (!read.ok) return read.failure;
    const { seen, text } = read.value;
    const edited = params.state === "absent"
      ? withoutEntry(text, params.path)
      : withEntry(text, entryOf(params));
    if (edited === text) return undefined;
    if (seen.type !== "absent") {
      const kept = await files.backup(FSTAB, seen);
      if (!kept.ok) return kept.failure;
    }
    const content = new TextEncoder().encode(edited);
    const written = await files.write({ path: FSTAB, content, seen, ifUnchanged: true, signal });
    if (written.ok) {
      context.memory.fstab = { seen, content };
      return undefined;
    }
    if (written.failure.code !== "changed" || tries >= TRIES || signal.aborted) {
      return written.failure;
    }
  }
}

/**
 * systemd makes a unit of each line, and undoes mounts that go against the lines that it has read.
 */
export async function tellSystemd(context: WorkContext): Promise<void> {
  const { host, signal } = context;
  const runs = await host.files.look("/run/systemd/system", { signal });
  if (!runs.ok || runs.value.type !== "directory") return;
  const problem = await host.services.system.reloadUnitFiles(signal);
  if (problem !== undefined) {
    context.warn(`systemd has not read the new ${FSTAB}: ${problem.message}`);
  }
}
