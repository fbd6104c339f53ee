/**
 * A small temporary file that is written in one go. Three ways: in one step where it can be made with
 * its mode at once, by name where nobody else can put another entry in its place, and by the open file
 * elsewhere. Each is much quicker than the next.
 *
 * @module
 */

import { ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import * as descriptors from "./descriptors.ts";
import type { Attributes, Stat } from "./files.ts";
import type { DirectorySection } from "./in_directory.ts";
import { lstat } from "./stat.ts";
import { attempt } from "./system_error.ts";
import {
  applyAttributes,
  discardTemporary,
  makeTemporary,
  NEW_FILE_MODE,
} from "./temporary_file.ts";
import type { FilesContext } from "./files_context.ts";
import type { ParentEntry } from "./path_resolver.ts";

/** What a draft becomes. */
export interface SmallTemporaryRequest {
  readonly content: Uint8Array;
  readonly wanted: Attributes;
  /** What it replaces. */
  readonly old: Stat | undefined;
  /** It must be on the disk before it is seen. */
  readonly syncFirst: boolean;
}

/** A temporary file on its way. */
export interface SmallTemporary {
  readonly name: string;
  /** Makes it what it should be. */
  fill(): Result<void>;
  /** To be called in the turn of the loop in which it was made: no command may find it open. */
  close(): void;
  /** Closes and removes it. */
  discard(): void;
}

/** Begins one in the directory of an entry. */
export function makeSmallTemporary(
  context: FilesContext,
  place: ParentEntry,
  inside: DirectorySection,
  request: SmallTemporaryRequest,
): Result<SmallTemporary> {
  if (place.directory.trust === "foreign") return draftByFile(context, place, inside, request);
  const named = context.temporaries.name(place.directory.path);
  if (!named.ok) return named;
  context.step("recorded");
  const make = canBeAtOnce(context, request) ? draftAtOnce : draftByName;
  return make(context, place, inside, named.value, request);
}

function draftByFile(
  context: FilesContext,
  place: ParentEntry,
  inside: DirectorySection,
  { content, wanted, old, syncFirst }: SmallTemporaryRequest,
): Result<SmallTemporary> {
  const made = makeTemporary(context, place, inside);
  if (!made.ok) return made;
  const { name, file, close } = made.value;
  return ok({
    name,
    fill: () =>
      attempt(`write ${place.path}`, () => {
        descriptors.writeAll(file, content);
        context.step("filled");
        const owned = applyAttributes(place.path, file, wanted, old);
        if (!owned.ok) return owned;
        context.step("owned");
        if (syncFirst) descriptors.sync(file);
        return ok(undefined);
      }),
    close,
    discard: () => discardTemporary(made.value, inside),
  });
}

function draftByName(
  context: FilesContext,
  place: ParentEntry,
  inside: DirectorySection,
  name: string,
  { content, wanted, old, syncFirst }: SmallTemporaryRequest,
): Result<SmallTemporary> {
  const path = inside.at(name);
  return attempt(`make a new file beside ${place.path}`, () => {
    const file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
    context.step("made");
    let open = true;
    const close = () => {
      if (open) file.close();
      open = false;
    };
    return ok({
      name,
      fill: () =>
        attempt(`write ${place.path}`, () => {
          for (let done = 0; done < content.length;) done += file.writeSync(content.subarray(done));
          context.step("filled");
          const owned = setAttributes(place.path, path, wanted, old);
          if (!owned.ok) return owned;
          context.step("owned");
          if (syncFirst) file.syncSync();
          return ok(undefined);
        }),
      close,
      discard() {
        close();
        removeIfThere(path);
      },
    });
  });
}

/**
 * Whether a file may have its mode from the beginning: there is nothing that a change of owner or
 * content would take away again, it belongs to the agent's user, and where it may come into another
 * group than it should (in a directory that hands its group down), that group has no more rights.
 */
function canBeAtOnce(
  { agentUid }: FilesContext,
  { wanted, old, syncFirst }: SmallTemporaryRequest,
): boolean {
  const mode = wanted.mode ?? old?.mode ?? NEW_FILE_MODE;
  if (syncFirst || mode > 0o777) return false;
  if ((wanted.uid ?? old?.uid ?? agentUid) !== agentUid) return false;
  return (wanted.gid ?? old?.gid) === undefined || (mode >> 3 & ~mode & 0o7) === 0;
}

/** Making, giving the mode, writing and closing are one call of the runtime. */
function draftAtOnce(
  context: FilesContext,
  place: ParentEntry,
  inside: DirectorySection,
  name: string,
  { content, wanted, old }: SmallTemporaryRequest,
): Result<SmallTemporary> {
  const path = inside.at(name);
  let made = false;
  return ok({
    name,
    fill: () =>
      attempt(`make a new file beside ${place.path}`, () => {
        const mode = wanted.mode ?? old?.mode ?? NEW_FILE_MODE;
        try {
          Deno.writeFileSync(path, content, { createNew: true, mode });
        } catch (thrown) {
          made = !(thrown instanceof Deno.errors.AlreadyExists);
          throw thrown;
        }
        made = true;
        context.step("made");
        context.step("filled");
        const owned = setOwner(place.path, path, wanted, old);
        if (owned.ok) context.step("owned");
        return owned;
      }),
    close: () => {},
    discard: () => made && removeIfThere(path),
  });
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It was not made, or renamed before something failed, or the next run removes it.
  }
}

/** The owner comes first, because changing it takes away set-id bits. */
function setAttributes(
  target: string,
  path: string,
  wanted: Attributes,
  old: Stat | undefined,
): Result<void> {
  const owned = setOwner(target, path, wanted, old);
  if (!owned.ok) return owned;
  return attempt(`set the mode of ${target}`, () => {
    Deno.chmodSync(path, wanted.mode ?? old?.mode ?? NEW_FILE_MODE);
    return ok(undefined);
  });
}

function setOwner(
  target: string,
  path: string,
  wanted: Attributes,
  old: Stat | undefined,
): Result<void> {
  const uid = wanted.uid ?? old?.uid;
  const gid = wanted.gid ?? old?.gid;
  if (uid === undefined && gid === undefined) return ok(undefined);
  return attempt(`set the owner of ${target}`, () => {
    const is = lstat(path);
    const [isUid, isGid] = [is?.uid ?? 0, is?.gid ?? 0];
    const [wantedUid, wantedGid] = [uid ?? isUid, gid ?? isGid];
    if (isUid !== wantedUid || isGid !== wantedGid) Deno.chownSync(path, wantedUid, wantedGid);
    return ok(undefined);
  });
}
