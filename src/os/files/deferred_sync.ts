/**
 * Bringing files to the disk after they were renamed into their places. Everybody sees them already,
 * and what they replaced was wrong or missing, so nothing is lost if the power fails before: the next
 * start heals it. It happens on other threads and nobody waits for it but the end of the run.
 *
 * It also happens a while later, for many at once: the kernel makes whoever changes a directory wait
 * while its journal is written, so that a sync after each repair would hold up the next one. Until then
 * no file is kept open: one that is open for writing cannot be run.
 *
 * @module
 */

import { ok, type Result } from "../../base/result.ts";
import * as descriptors from "./descriptors.ts";
import { attempt, systemFailure } from "./system_error.ts";
import { enterParent } from "./files_context.ts";
import type { FilesContext } from "./files_context.ts";
import type { ParentEntry } from "./path_resolver.ts";

/** Brings files to the disk, and then, each once, the directories that they are in. */
export async function syncLater(
  context: FilesContext,
  places: readonly ParentEntry[],
): Promise<void> {
  const directories = new Map<string, number>();
  await Promise.all(places.map(async (place) => {
    const synced = await landFile(place, directories);
    if (synced.ok) context.step("synced");
    else if (!isGone(synced)) warnOf(context, place.path, synced.failure.message);
  }));
  for (const [path, directory] of directories) {
    const synced = await syncAndClose(directory, path);
    if (!synced.ok) warnOf(context, path, synced.failure.message);
  }
  context.step("settled");
}

function landFile(place: ParentEntry, directories: Map<string, number>): Promise<Result<void>> {
  const opened = enterParent(place, (inside) =>
    attempt(`sync ${place.path}`, () => {
      const file = descriptors.openToRead(inside.at(place.name));
      if (!directories.has(place.directory.path)) {
        const directory = descriptors.openDirectory(inside.here);
        if (directory !== undefined) directories.set(place.directory.path, directory);
      }
      return ok(file);
    }));
  return opened.ok ? syncAndClose(opened.value, place.path) : Promise.resolve(opened);
}

async function syncAndClose(file: number, path: string): Promise<Result<void>> {
  try {
    await descriptors.syncAsync(file);
    return ok(undefined);
  } catch (thrown) {
    return systemFailure(thrown, `sync ${path}`);
  } finally {
    descriptors.close(file);
  }
}

/** Removed or replaced since: what is put there now lands by itself. */
function isGone(synced: Result<void>): boolean {
  const gone = ["ENOENT", "ENOTDIR", "ELOOP", "ENXIO", "EINVAL", "parent-missing", "changed"];
  return !synced.ok && gone.includes(synced.failure.code ?? "");
}

function warnOf(context: FilesContext, path: string, reason: string): void {
  context.warn(
    `${path} is in place, but cannot be brought to the disk, so that a power failure may take it ` +
      `away again: ${reason}`,
  );
}
