/**
 * Making and replacing regular files, so that at every moment the old or the new one is there.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { fail } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import { makeSmallTemporary } from "./small_temporary.ts";
import type { SmallTemporary } from "./small_temporary.ts";
import type { Stat, WriteRequest } from "./files.ts";
import type { DirectorySection } from "./in_directory.ts";
import { isPlain } from "./plain.ts";
import { attempt } from "./system_error.ts";
import {
  currentTarget,
  NEW_FILE_MODE,
  rememberTarget,
  renameToTarget,
  settle,
} from "./temporary_file.ts";
import { atPlace, enterParent, parentMissing } from "./files_context.ts";
import type { FilesContext } from "./files_context.ts";
import type { ParentEntry } from "./path_resolver.ts";
import { writeInPlace } from "./write_in_place.ts";
import { writeInSteps } from "./write_in_steps.ts";

/** Makes or replaces a regular file. */
export function write(context: FilesContext, request: WriteRequest): Awaitable<Result<void>> {
  return atPlace(context, request.path, request.signal, (place) => {
    if (place.type === "missing") return parentMissing(place);
    const { seen } = request;
    if (request.inPlace && seen.type === "file") return writeInPlace(context, place, request);
    if (seen.type === "file" && seen.stat.links > 1) return hardLinked(request.path, seen.stat);
    const { content, validate } = request;
    const quick = content instanceof Uint8Array && content.length <= LIMITS.syncReadBytes &&
      validate === undefined && !place.directory.mount.remote &&
      (seen.type !== "file" || isPlain(context, place, request.path, seen.stat));
    if (!quick) return writeInSteps(context, place, request);
    const free = context.syncs.free();
    if (free === undefined) return writeAtOnce(context, place, request, content);
    return free.then(() => writeAtOnce(context, place, request, content));
  });
}

/** Of a file with several names only one could be replaced. */
export function hardLinked(path: string, { links }: Stat): Result<never> {
  return fail(`${path} has ${links} hard links; replacing it would leave the others behind`, {
    code: "hard-link",
    hint: "in_place: true writes into all of them, which a crash may leave half done",
  });
}

/** The quick way: everything in one go, so that a file is back before anybody can look. */
function writeAtOnce(
  context: FilesContext,
  place: ParentEntry,
  request: WriteRequest,
  content: Uint8Array,
): Result<void> {
  return enterParent(place, (inside) => {
    const old = attempt(
      `look at ${place.path}`,
      () => currentTarget(place, inside, request),
    );
    if (!old.ok) return old;
    const replaced = old.value?.type === "file" ? old.value : undefined;
    const syncFirst = mustSyncFirst(context, place, request, old.value);
    const made = { content, wanted: request, old: replaced, syncFirst };
    const draft = makeSmallTemporary(context, place, inside, made);
    if (!draft.ok) return draft;
    const done = fillAndRename(context, place, inside, draft.value, syncFirst);
    if (!done.ok) draft.value.discard();
    return done;
  });
}

function fillAndRename(
  context: FilesContext,
  place: ParentEntry,
  inside: DirectorySection,
  draft: SmallTemporary,
  syncFirst: boolean,
): Result<void> {
  const filled = draft.fill();
  if (!filled.ok) return filled;
  draft.close();
  if (syncFirst) context.step("synced");
  const renamed = renameToTarget(place, inside, draft.name);
  if (!renamed.ok) return renamed;
  context.step("renamed");
  if (syncFirst) return settle(context, place, inside, true);
  const remembered = rememberTarget(context, place, inside, true);
  if (remembered.ok) context.syncs.add(place);
  return remembered;
}

/**
 * Where nothing was, or the file system keeps the order, nothing can be lost by being seen first. What
 * its owner may not read, only root could open again to bring it to the disk.
 */
function mustSyncFirst(
  { agentUid }: FilesContext,
  place: ParentEntry,
  { mode }: WriteRequest,
  old: Stat | undefined,
): boolean {
  if (old !== undefined && !place.directory.mount.keepsOrder) return true;
  return agentUid !== 0 && ((mode ?? old?.mode ?? NEW_FILE_MODE) & 0o400) === 0;
}
