/**
 * Directories, symbolic links, attributes and removal.
 *
 * @module
 */

import fs from "node:fs";
import { chain, chainOk } from "../../base/chain.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import * as descriptors from "./descriptors.ts";
import type { Attributes, DirectoryAttributes, LinkRequest, Sight, Stat } from "./files.ts";
import { join, nameOf } from "./paths.ts";
import type { DirectorySection, Missing } from "./in_directory.ts";
import { lstat, sameEntry, statOf } from "./stat.ts";
import { attempt, systemFailure } from "./system_error.ts";
import { currentTarget, NEW_DIRECTORY_MODE, renameToTarget } from "./temporary_file.ts";
import { atPlace, enterParent, parentMissing } from "./files_context.ts";
import type { FilesContext } from "./files_context.ts";
import type { ParentEntry } from "./path_resolver.ts";

/** Entries of the directory get its group, and directories this bit. */
const SETGID = 0o2000;

/** Makes one directory in an existing parent. */
export function makeDirectory(
  context: FilesContext,
  path: string,
  attributes: DirectoryAttributes,
): Awaitable<Result<void>> {
  return atPlace(
    context,
    path,
    undefined,
    (place) =>
      enterParent(
        place,
        (inside, { name, directory }) =>
          attempt(`make the directory ${path}`, () => {
            Deno.mkdirSync(inside.at(name), { mode: 0o700 });
            const file = descriptors.openToRead(inside.at(name));
            try {
              const is = descriptors.statOpen(file);
              // Where others can write the directory, it may be theirs by now.
              const isTheirs = directory.trust === "foreign" && is.uid !== context.agentUid;
              if (!is.isDirectory || isTheirs) return changed(path);
              return changeOpen(path, file, { ...attributes, mode: modeOfNew(file, attributes) });
            } finally {
              descriptors.close(file);
            }
          }),
      ),
  );
}

/** A directory whose group is that of the one that it is in passes that on, too. */
function modeOfNew(file: number, { mode, inheritsGroup }: DirectoryAttributes): number {
  const inherited = inheritsGroup ?? mode === undefined
    ? descriptors.statOpen(file).mode & SETGID
    : 0;
  return (mode ?? NEW_DIRECTORY_MODE) | inherited;
}

/** Makes a symbolic link, or atomically replaces what was seen there and nothing else. */
export function makeLink(
  context: FilesContext,
  path: string,
  target: string,
  { seen, ...attributes }: LinkRequest,
): Awaitable<Result<void>> {
  return atPlace(context, path, undefined, (place) => {
    const owned = attributes.uid !== undefined || attributes.gid !== undefined;
    const made = enterParent(place, (inside, entry) =>
      attempt(`make the link ${path}`, () => {
        const temporary = context.temporaries.name(entry.directory.path);
        if (!temporary.ok) return temporary;
        Deno.symlinkSync(target, inside.at(temporary.value));
        if (!owned) return putLink(context, entry, inside, { temporary: temporary.value, seen });
        return ok(temporary.value);
      }));
    return chainOk(made, (temporary) => {
      if (temporary === undefined) return ok(undefined);
      return chain(
        changeLink(context, place, temporary, attributes),
        (owner) =>
          enterParent(place, (inside, entry) => {
            if (owner.ok) return putLink(context, entry, inside, { temporary, seen });
            discardLink(inside, temporary);
            return owner;
          }),
      );
    });
  });
}

function putLink(
  context: FilesContext,
  place: ParentEntry,
  inside: DirectorySection,
  { temporary, seen }: { readonly temporary: string; readonly seen: Sight },
): Result<undefined> {
  context.known.forget(place.path);
  // What came meanwhile is nobody's to replace: no copy of it was kept.
  const current = currentTarget(place, inside, { seen, ifUnchanged: true });
  const renamed = current.ok ? renameToTarget(place, inside, temporary) : current;
  if (renamed.ok) return ok(undefined);
  discardLink(inside, temporary);
  return renamed;
}

function discardLink(inside: DirectorySection, temporary: string): void {
  try {
    Deno.removeSync(inside.at(temporary));
  } catch {
    // The next run removes it.
  }
}

/** Changes the owner of a link itself. */
function changeLink(
  context: FilesContext,
  place: ParentEntry | Missing,
  name: string,
  { uid, gid }: Attributes,
): Awaitable<Result<void>> {
  if (place.type === "missing") return parentMissing(place);
  const { path, directory } = place;
  if (directory.trust === "foreign") {
    return fail(`cannot set the owner of the link ${path}: other users can write its directory`, {
      code: "untrusted-directory",
      hint: "leave owner and group of this link out",
    });
  }
  const { helpers } = context;
  if (typeof fs.lchownSync !== "function") {
    return helpers.turn(async () => {
      const started = enterParent(
        place,
        (inside) => ok(helpers.startChangeLinkOwner(inside.at(name), uid, gid)),
      );
      return started.ok ? await started.value : started;
    });
  }
  return enterParent(place, (inside) =>
    attempt(`set the owner of ${path}`, () => {
      const is = Deno.lstatSync(inside.at(name));
      fs.lchownSync(inside.at(name), uid ?? is.uid ?? 0, gid ?? is.gid ?? 0);
      return ok(undefined);
    }));
}

/** Sets owner and mode of the entry that was seen. */
export function setAttributes(
  context: FilesContext,
  path: string,
  seen: Sight,
  attributes: Attributes,
): Awaitable<Result<void>> {
  if (seen.type === "absent") return fail(`${path} is not there`, { code: "changed" });
  return atPlace(context, path, undefined, (place) => {
    if (seen.type === "symlink") return changeLink(context, place, nameOf(path), attributes);
    const plain = seen.type === "file" && context.known.isPlain(path, seen.stat);
    const changed = enterParent(
      place,
      (inside, entry) => changeEntry(entry, inside, seen.stat, attributes),
    );
    return changed.ok && plain ? rememberAgain(context, place) : changed;
  });
}

/** The agent's own change of metadata attaches nothing to a file. */
function rememberAgain(
  context: FilesContext,
  place: Parameters<typeof enterParent>[0],
): Result<void> {
  return enterParent(place, (inside, { path, name }) => {
    const info = lstat(inside.at(name));
    if (info?.isFile) context.known.remember(path, statOf(info));
    return ok(undefined);
  });
}

function changeEntry(
  place: ParentEntry,
  inside: DirectorySection,
  seen: Stat,
  attributes: Attributes,
): Result<void> {
  const { path, name } = place;
  const safe = place.directory.trust === "safe";
  if (seen.type === "file" && seen.links > 1 && !safe) {
    return fail(
      `${path} has ${seen.links} hard links and stands where other users can make entries`,
      { code: "hard-link", hint: "it could be a link to any file; remove it" },
    );
  }
  if (seen.type === "other") return changeByName(place, inside, seen, attributes);
  let file: number;
  try {
    file = descriptors.openToRead(inside.at(name));
  } catch {
    // Unreadable for its owner, for instance: then only the name is left.
    return changeByName(place, inside, seen, attributes);
  }
  try {
    return attempt(`look at ${path}`, () => {
      const is = descriptors.statOpen(file);
      const same = is.inode === seen.inode && is.device === seen.device &&
        is.isDirectory === (seen.type === "directory");
      return same ? changeOpen(path, file, attributes) : changed(path);
    });
  } finally {
    descriptors.close(file);
  }
}

/** Where nobody else can put another entry in its place, the name is as good as the open file. */
function changeByName(
  place: ParentEntry,
  inside: DirectorySection,
  seen: Stat,
  { uid, gid, mode }: Attributes,
): Result<void> {
  const { path } = place;
  if (place.directory.trust !== "safe") {
    return fail(`cannot set owner and mode of ${path}: other users can write its directory`, {
      code: "untrusted-directory",
    });
  }
  return attempt(`set owner and mode of ${path}`, () => {
    const name = inside.at(place.name);
    const info = lstat(name);
    if (info === undefined || !sameEntry(statOf(info), seen)) return changed(path);
    if (uid !== undefined || gid !== undefined) {
      Deno.chownSync(name, uid ?? seen.uid, gid ?? seen.gid);
    }
    if (mode !== undefined) Deno.chmodSync(name, mode);
    return ok(undefined);
  });
}

function changeOpen(
  path: string,
  file: number,
  { uid, gid, mode }: Attributes,
): Result<void> {
  const owned = attempt(`set the owner of ${path}`, () => {
    if (uid === undefined && gid === undefined) return ok(undefined);
    const is = descriptors.statOpen(file);
    descriptors.changeOwner(file, uid ?? is.uid, gid ?? is.gid);
    return ok(undefined);
  });
  if (!owned.ok || mode === undefined) return owned;
  return attempt(`set the mode of ${path}`, () => {
    descriptors.changeMode(file, mode);
    return ok(undefined);
  });
}

function changed(path: string): Result<never> {
  return fail(`${path} changed while it was being put right`, {
    code: "changed",
    hint: "it is looked at again",
  });
}

/** Removes the entry that was seen; a directory with all its content only with `tree`. */
export function remove(
  context: FilesContext,
  path: string,
  seen: Sight,
  { tree }: { tree: boolean },
): Awaitable<Result<void>> {
  if (seen.type === "absent") return ok(undefined);
  return atPlace(context, path, undefined, (place) => {
    const begun = enterParent(place, (inside, entry) =>
      attempt(`remove ${path}`, () => {
        const info = lstat(inside.at(entry.name));
        if (info === undefined) return ok(undefined);
        if (!sameEntry(statOf(info), seen.stat)) return changed(path);
        const refused = seen.type === "directory" ? refuseMounted(context, entry) : undefined;
        if (refused !== undefined) return refused;
        context.places.forget();
        context.known.forget(path);
        const recursive = tree && seen.type === "directory";
        // A large tree takes its time; the runtime walks it by descriptors and follows no link.
        if (recursive && entry.directory.trust !== "foreign") {
          return ok(removeTree(path, inside.at(entry.name)));
        }
        Deno.removeSync(inside.at(entry.name), { recursive });
        return ok(undefined);
      }));
    // It went with the directory that it was in.
    if (!begun.ok && begun.failure.code === "parent-missing") return ok(undefined);
    return chainOk(begun, (later) => later ?? ok(undefined));
  });
}

async function removeTree(path: string, real: string): Promise<Result<void>> {
  try {
    await Deno.remove(real, { recursive: true });
    return ok(undefined);
  } catch (thrown) {
    return systemFailure(thrown, `remove ${path}`);
  }
}

/** Why a directory cannot be removed: what is mounted somewhere below is not its to remove. */
export function refuseMounted(
  context: FilesContext,
  { path, name, directory }: ParentEntry,
): Result<never> | undefined {
  const mounted = context.places.mounts.below(join(directory.path, name))[0];
  if (name !== "" && mounted === undefined) return undefined;
  return isMounted(path, mounted?.point ?? "/");
}

function isMounted(path: string, point: string): Result<never> {
  return fail(`cannot remove ${path}: something is mounted on ${point}`, {
    code: "busy",
    hint: `unmount ${point} first`,
  });
}
