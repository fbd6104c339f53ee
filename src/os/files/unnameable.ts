/**
 * Removing entries whose names are not UTF-8: they are given a name first.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import type { Backups } from "./backups.ts";
import { remove } from "./entries.ts";
import type { RawDirectoryEntry } from "./files.ts";
import { look } from "./look.ts";
import { renameRaw } from "../native/names.ts";
import { join } from "./paths.ts";
import { atPlace, enterParent, type FilesContext } from "./files_context.ts";

/**
 * Keeps a copy of such an entry, with all that is in it, and removes it. Where it cannot be removed it
 * has its name again.
 */
export async function removeUnnameable(
  context: FilesContext,
  backups: Backups,
  directory: string,
  entry: RawDirectoryEntry,
): Promise<Result<void>> {
  const named = await rename(context, directory, entry, undefined);
  if (!named.ok) return named;
  const path = join(directory, named.value);
  const gone = await keepAndRemove(context, backups, path, join(directory, entry.shown), entry);
  if (!gone.ok) await rename(context, directory, entry, named.value);
  return gone;
}

/** Gives the entry a temporary name, or takes that away again; the result is the temporary name. */
function rename(
  context: FilesContext,
  directory: string,
  { bytes, shown }: RawDirectoryEntry,
  back: string | undefined,
): Awaitable<Result<string>> {
  return atPlace(
    context,
    `${directory}/.`,
    undefined,
    (place) =>
      enterParent(place, (inside, at) => {
        const temporary = back === undefined
          ? context.temporaries.name(at.directory.path)
          : ok(back);
        if (!temporary.ok) return temporary;
        const [from, to] = back === undefined ? [bytes, temporary.value] : [back, bytes];
        if (renameRaw(inside.at(""), from, to)) return temporary;
        return fail(`cannot remove ${join(directory, shown)}: it cannot be given another name`, {
          code: "unnameable",
        });
      }),
  );
}

async function keepAndRemove(
  context: FilesContext,
  backups: Backups,
  path: string,
  shown: string,
  { type }: RawDirectoryEntry,
): Promise<Result<void>> {
  const seen = await look(context, path, { contentUpToBytes: LIMITS.syncReadBytes });
  if (!seen.ok) return seen;
  const sight = seen.value;
  // Numbers in directories are not always those of what is there (on an overlay, of directories). Nothing
  // can account for such a name, whatever stands there by now; only a directory may have been left alone.
  if (sight.type === "absent" || (type !== sight.type && sight.type === "directory")) {
    return fail(`${shown} changed while it was being put right`, { code: "changed" });
  }
  // What must still be read is read where it is now.
  const hasContent = sight.type !== "directory" &&
    (sight.type !== "file" || sight.content !== undefined);
  const kept = await backups.keep(hasContent ? shown : path, sight);
  return kept.ok ? await remove(context, path, sight, { tree: true }) : kept;
}
