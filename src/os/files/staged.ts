/**
 * Directories that are filled beside their place, and put there when all is in them: nobody sees half of one.
 *
 * @module
 */

import { chainOk } from "../../base/chain.ts";
import { type Awaitable, ok, type Result } from "../../base/result.ts";
import * as descriptors from "./descriptors.ts";
import { remove, setAttributes } from "./entries.ts";
import type { DirectoryAttributes, StagedDirectory } from "./files.ts";
import { atPlace, enterParent, type FilesContext } from "./files_context.ts";
import { look } from "./look.ts";
import type { ParentEntry } from "./path_resolver.ts";
import { directoryOf, join } from "./paths.ts";
import { changedMeanwhile, type Folder, makeFolder } from "./shelter.ts";
import { lstat } from "./stat.ts";
import { attempt } from "./system_error.ts";
import { NEW_DIRECTORY_MODE, renameToTarget } from "./temporary_file.ts";

/** Makes the directory. */
export function stage(context: FilesContext, path: string): Awaitable<Result<StagedDirectory>> {
  return atPlace(
    context,
    path,
    undefined,
    (place) =>
      enterParent(place, (inside, entry) => {
        const made = makeFolder(context, entry, inside);
        if (!made.ok) return made;
        const staged = join(directoryOf(path), made.value.name);
        return ok({
          path: staged,
          place: (attributes: DirectoryAttributes) =>
            putInPlace(context, staged, { entry, folder: made.value, attributes }),
          discard: () => discard(context, staged),
        });
      }),
  );
}

async function putInPlace(
  context: FilesContext,
  staged: string,
  { entry, folder, attributes }: {
    readonly entry: ParentEntry;
    readonly folder: Folder;
    readonly attributes: DirectoryAttributes;
  },
): Promise<Result<void>> {
  await context.syncs.over();
  const opened = await chainOk(
    look(context, staged),
    (seen) =>
      setAttributes(context, staged, seen, {
        ...attributes,
        mode: attributes.mode ?? NEW_DIRECTORY_MODE,
      }),
  );
  if (!opened.ok) return opened;
  return enterParent(entry, (inside, place) =>
    attempt(`put ${place.path} in its place`, () => {
      const is = lstat(inside.at(folder.name));
      if (is?.ino !== folder.inode || is.dev !== folder.device) return changedMeanwhile(place);
      const renamed = renameToTarget(place, inside, folder.name);
      if (renamed.ok) descriptors.syncDirectory(inside.here);
      return renamed;
    }));
}

async function discard(context: FilesContext, staged: string): Promise<void> {
  const seen = await look(context, staged);
  if (!seen.ok || seen.value.type === "absent") return;
  const removed = await remove(context, staged, seen.value, { tree: true });
  if (!removed.ok) context.warn(`a temporary directory was left: ${removed.failure.message}`);
}
