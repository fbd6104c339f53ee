/**
 * Temporary entries on their way to become the real ones.
 *
 * @module
 */

import { fail, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import * as descriptors from "./descriptors.ts";
import type { Attributes, Stat, WriteRequest } from "./files.ts";
import type { DirectorySection } from "./in_directory.ts";
import { changedMeanwhile, type Folder, insideFolder, makeFolder } from "./shelter.ts";
import { lstat, sameVersion, statOf } from "./stat.ts";
import { attempt, errorCode, systemFailure } from "./system_error.ts";
import type { FilesContext } from "./files_context.ts";
import type { ParentEntry } from "./path_resolver.ts";

/** An open temporary file in the directory of its target. */
export interface TemporaryFile {
  /** Its path, seen from the directory of the target. */
  readonly name: string;
  /** Open for writing until `seal`. */
  readonly file: number;
  /** Notes that this uses the file. */
  during<T>(use: Promise<T>): Promise<T>;
  /**
   * Ends the writing, so that the file can be run. It stays open for reading, so that no other file
   * gets its inode.
   */
  seal(): void;
  /** Closes the file once nothing uses it; harmless when that was done before. */
  close(): void;
  readonly device: number;
  readonly inode: number;
  /** A directory of its own that only the agent can write, where others can write around it. */
  readonly folder?: Folder;
}

/** The mode of new files and of new directories. */
export const NEW_FILE_MODE = 0o644;
export const NEW_DIRECTORY_MODE = 0o755;

/** Makes an empty temporary file. */
export function makeTemporary(
  context: FilesContext,
  place: ParentEntry,
  inside: DirectorySection,
): Result<TemporaryFile> {
  const name = context.temporaries.name(place.directory.path);
  if (!name.ok) return name;
  context.step("recorded");
  return attempt(`make a new file beside ${place.path}`, () => {
    const opened = openBoth(place, inside.at(name.value));
    if (opened.ok) context.step("made");
    return opened.ok ? ok({ name: name.value, ...opened.value }) : opened;
  });
}

/**
 * Makes an empty temporary file, with the name of its target, in a temporary directory of its own.
 * Others may rename the directory, but can neither change what is in it nor move it elsewhere.
 */
export function makeSheltered(
  context: FilesContext,
  place: ParentEntry,
  inside: DirectorySection,
): Result<TemporaryFile> {
  const made = makeFolder(context, place, inside);
  if (!made.ok) return made;
  const folder = made.value;
  return attempt(
    `make a new file beside ${place.path}`,
    () =>
      insideFolder(place, inside, folder, (at) => {
        const opened = openBoth(place, at(place.name));
        const name = `${folder.name}/${place.name}`;
        return opened.ok ? ok({ name, ...opened.value, folder }) : opened;
      }),
  );
}

/** Makes a new file, and opens it once more for reading while its mode surely allows it. */
function openBoth(
  place: ParentEntry,
  path: string,
): Result<Omit<TemporaryFile, "name" | "folder">> {
  const file = descriptors.openNew(path);
  const { device, inode } = descriptors.statOpen(file);
  let reading: number;
  try {
    reading = descriptors.openToRead(path);
  } catch (thrown) {
    descriptors.close(file);
    throw thrown;
  }
  const seen = descriptors.statOpen(reading);
  if (seen.inode === inode && seen.device === device) {
    return ok({ file, ...keeper(file, reading), device, inode });
  }
  for (const each of [file, reading]) descriptors.close(each);
  return changedMeanwhile(place);
}

/** A number may mean another file as soon as its file is closed, so that happens once. */
function keeper(file: number, reading: number): Pick<TemporaryFile, "seal" | "close" | "during"> {
  let [writable, open] = [true, true];
  const uses = new Set<Promise<unknown>>();
  function seal(): void {
    if (!writable) return;
    writable = false;
    const end = () => descriptors.close(file);
    // A call that hangs still uses it.
    if (uses.size === 0) end();
    else void Promise.allSettled(uses).then(end);
  }
  function close(): void {
    seal();
    if (open) descriptors.close(reading);
    open = false;
  }
  function during<T>(use: Promise<T>): Promise<T> {
    const used = use.finally(() => uses.delete(used));
    uses.add(used);
    return used;
  }
  return { seal, close, during };
}

/** Removes a temporary file that will not be used, unless another stands there now. */
export function discardTemporary(temporary: TemporaryFile, inside: DirectorySection): void {
  temporary.close();
  const path = inside.at(temporary.name);
  try {
    const info = lstat(path);
    if (info?.ino === temporary.inode && info.dev === temporary.device) Deno.removeSync(path);
    removeFolder(temporary, inside);
  } catch {
    // The next run removes it.
  }
}

/** Removes the temporary directory once it is empty. */
export function removeFolder({ folder }: TemporaryFile, inside: DirectorySection): void {
  if (folder === undefined) return;
  try {
    Deno.removeSync(inside.at(folder.name));
  } catch {
    // The next run removes it.
  }
}

/**
 * Gives an open file its owner and mode; `old` is what it replaces. The owner comes first, because
 * changing it takes away set-id bits.
 */
export function applyAttributes(
  path: string,
  file: number,
  wanted: Attributes,
  old: Stat | undefined,
): Result<void> {
  const uid = wanted.uid ?? old?.uid;
  const gid = wanted.gid ?? old?.gid;
  if (uid !== undefined || gid !== undefined) {
    const owned = attempt(`set the owner of ${path}`, () => {
      const is = descriptors.statOpen(file);
      const [wantedUid, wantedGid] = [uid ?? is.uid, gid ?? is.gid];
      if (is.uid !== wantedUid || is.gid !== wantedGid) {
        descriptors.changeOwner(file, wantedUid, wantedGid);
      }
      return ok(undefined);
    });
    if (!owned.ok) return owned;
  }
  return attempt(`set the mode of ${path}`, () => {
    descriptors.changeMode(file, wanted.mode ?? old?.mode ?? NEW_FILE_MODE);
    return ok(undefined);
  });
}

/** What stands at the target now, if it is of the type, or the version, that the caller saw. */
export function currentTarget(
  place: ParentEntry,
  inside: DirectorySection,
  { seen, ifUnchanged }: Pick<WriteRequest, "seen" | "ifUnchanged">,
): Result<Stat | undefined> {
  const info = lstat(inside.at(place.name));
  const stat = info === undefined ? undefined : statOf(info);
  const isVersion = ifUnchanged && stat !== undefined &&
    (seen.type === "file" || seen.type === "symlink");
  const same = isVersion
    ? sameVersion(stat, seen.stat) && stat.ctimeMs === seen.stat.ctimeMs
    : (stat?.type ?? "absent") === seen.type;
  if (same) return ok(stat);
  return fail(`${place.path} changed while it was being put right`, {
    code: "changed",
    hint: "it is looked at again",
  });
}

/** Puts the temporary entry in the place of the target. */
export function renameToTarget(
  place: ParentEntry,
  inside: DirectorySection,
  temporary: string,
): Result<void> {
  try {
    Deno.renameSync(inside.at(temporary), inside.at(place.name));
    return ok(undefined);
  } catch (thrown) {
    if (errorCode(thrown) !== "EBUSY") return systemFailure(thrown, `replace ${place.path}`);
    return mountPoint(place.path);
  }
}

/** That something is mounted just there. */
export function mountPoint(path: string): Result<never> {
  return fail(`cannot replace ${path}: it is a mount point`, {
    code: "busy",
    hint: "in_place: true writes into it instead, which a crash may leave half done",
  });
}

/** Whether a temporary file still stands under its name, in the directory where it was made. */
export function stillThere(
  place: ParentEntry,
  inside: DirectorySection,
  temporary: TemporaryFile,
): Result<void> {
  const info = lstat(inside.at(temporary.name));
  if (info?.ino === temporary.inode && info.dev === temporary.device) return ok(undefined);
  return changedMeanwhile(place);
}

/** Remembers what was renamed into its place, if nothing is attached to it (`plain`). */
export function rememberTarget(
  context: FilesContext,
  place: ParentEntry,
  inside: DirectorySection,
  plain: boolean,
): Result<void> {
  return attempt(`look at ${place.path}`, () => {
    const info = plain ? lstat(inside.at(place.name)) : undefined;
    if (info?.isFile) context.known.remember(place.path, statOf(info));
    else context.known.forget(place.path);
    return ok(undefined);
  });
}

/** After the rename: the directory is synced, and the new file remembered as the agent's own. */
export function settle(
  context: FilesContext,
  place: ParentEntry,
  inside: DirectorySection,
  plain: boolean,
): Result<void> {
  return attempt(`sync ${place.directory.path}`, () => {
    descriptors.syncDirectory(inside.here);
    const remembered = rememberTarget(context, place, inside, plain);
    context.step("settled");
    return remembered;
  });
}
