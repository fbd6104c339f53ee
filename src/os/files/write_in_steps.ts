/**
 * Writing what takes longer: large content, content that a command must accept first, and files
 * whose extended attributes are to be kept.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { fail, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import { eachPiece } from "./content.ts";
import * as descriptors from "./descriptors.ts";
import type { Stat, WriteRequest } from "./files.ts";
import { join } from "./paths.ts";
import { isPlain } from "./plain.ts";
import { changedMeanwhile, insideFolder, withNeighbours } from "./shelter.ts";
import { endSparse, writeSparse } from "./sparse.ts";
import { lstat, sameVersion, statOf } from "./stat.ts";
import { attempt } from "./system_error.ts";
import {
  applyAttributes,
  currentTarget,
  discardTemporary,
  makeSheltered,
  makeTemporary,
  removeFolder,
  renameToTarget,
  settle,
  stillThere,
} from "./temporary_file.ts";
import type { TemporaryFile } from "./temporary_file.ts";
import { enterParent } from "./files_context.ts";
import type { FilesContext } from "./files_context.ts";
import type { ParentEntry } from "./path_resolver.ts";

/** A filled temporary file and what it will replace. */
interface Prepared {
  readonly temporary: TemporaryFile;
  readonly old: Stat | undefined;
}

/** Writes a temporary file piece by piece, lets it be checked, and puts it in place. */
export async function writeInSteps(
  context: FilesContext,
  place: ParentEntry,
  request: WriteRequest,
): Promise<Result<void>> {
  const { path, seen } = request;
  // Asked now, no program needs to be: neither before the rename nor after it.
  if (seen.type === "file" && !place.directory.mount.remote) {
    isPlain(context, place, path, seen.stat);
  }
  let plain = true;
  const written = await withTemporary(
    context,
    place,
    request,
    ({ temporary, old }) => {
      plain = old?.type !== "file" || context.known.isPlain(place.path, old);
      return Promise.resolve(enterParent(place, (inside) =>
        attempt(`write ${place.path}`, () => {
          const current = currentTarget(place, inside, request);
          if (!current.ok) return current;
          const there = stillThere(place, inside, temporary);
          if (!there.ok) return there;
          const renamed = renameToTarget(place, inside, temporary.name);
          if (!renamed.ok) return renamed;
          context.step("renamed");
          temporary.close();
          removeFolder(temporary, inside);
          return settle(context, place, inside, plain);
        })));
    },
  );
  if (written.ok && !plain) await learn(context, place);
  return written;
}

/**
 * Makes a temporary file with the content and attributes that the request asks for, validated and
 * synced, and hands it to `use`. It is gone afterwards unless `use` has renamed it.
 */
export async function withTemporary(
  context: FilesContext,
  place: ParentEntry,
  request: WriteRequest,
  use: (prepared: Prepared) => Promise<Result<void>>,
): Promise<Result<void>> {
  const begun = enterParent(place, (inside) => {
    const old = attempt(`look at ${place.path}`, () => currentTarget(place, inside, request));
    if (!old.ok) return old;
    const sheltered = request.validate !== undefined || needsShelter(context, place, old.value);
    const make = sheltered ? makeSheltered : makeTemporary;
    const temporary = make(context, place, inside);
    return temporary.ok ? ok({ temporary: temporary.value, old: old.value }) : temporary;
  });
  if (!begun.ok) return begun;
  const { temporary } = begun.value;
  const filled = await fill(context, place, request, begun.value);
  const done = filled.ok ? await use(begun.value) : filled;
  temporary.close();
  if (!done.ok) {
    // Where the directory has gone, the temporary file has too.
    enterParent(place, (inside) => {
      discardTemporary(temporary, inside);
      return ok(undefined);
    });
  }
  return done;
}

async function fill(
  context: FilesContext,
  place: ParentEntry,
  request: WriteRequest,
  { temporary, old }: Prepared,
): Promise<Result<void>> {
  const { file } = temporary;
  const { signal } = request;
  const mountPoint = place.directory.mount.point;
  const doing = `write ${place.path}`;
  const written = await eachPiece(
    context,
    request.content,
    signal,
    (piece, position) =>
      context.limiter.call(
        mountPoint,
        doing,
        () => temporary.during(writePiece(file, piece, position)),
        signal,
      ),
  );
  if (!written.ok) return written;
  const sized = attempt(doing, () => ok(endSparse(file, written.value)));
  if (!sized.ok) return sized;
  context.step("filled");
  const replaced = old?.type === "file" ? old : undefined;
  if (replaced !== undefined) await keepAttached(context, place, temporary, replaced);
  const owned = applyAttributes(place.path, file, request, replaced);
  if (!owned.ok) return owned;
  context.step("owned");
  const synced = await context.limiter.call(
    mountPoint,
    doing,
    () => temporary.during(descriptors.syncAsync(file)),
    signal,
  );
  if (!synced.ok) return synced;
  temporary.seal();
  context.step("synced");
  return await validated(context, place, request, temporary);
}

/** Has the command look, which must leave the file as it is: what it made of it is not what was asked for. */
async function validated(
  context: FilesContext,
  place: ParentEntry,
  { validate }: WriteRequest,
  temporary: TemporaryFile,
): Promise<Result<void>> {
  const { folder } = temporary;
  if (validate === undefined || folder === undefined) return ok(undefined);
  const shown = lookAtTemporary(place, temporary);
  if (!shown.ok) return shown;
  return await withNeighbours(context, place, folder, async () => {
    const refusal = await validate(join(place.directory.path, temporary.name));
    if (refusal !== undefined) return { ok: false, failure: refusal };
    const left = lookAtTemporary(place, temporary);
    if (!left.ok) return left;
    return isUntouched(shown.value, left.value) ? ok(undefined) : touched(place);
  });
}

function lookAtTemporary(
  place: ParentEntry,
  { folder, name }: TemporaryFile,
): Result<Stat | undefined> {
  return enterParent(place, (inside) =>
    attempt(`look at the new ${place.path}`, () => {
      if (lstat(inside.at(folder?.name ?? name)) === undefined) return changedMeanwhile(place);
      const info = lstat(inside.at(name));
      return ok(info === undefined ? undefined : statOf(info));
    }));
}

function isUntouched(shown: Stat | undefined, left: Stat | undefined): boolean {
  if (shown === undefined || left === undefined) return false;
  return sameVersion(shown, left) && shown.mode === left.mode && shown.uid === left.uid &&
    shown.gid === left.gid;
}

function touched({ path }: ParentEntry): Result<never> {
  return fail(`the command that was to validate the new ${path} changed it`, {
    code: "validate",
    hint: "it must only look; what it makes of the file, the graph has to say",
  });
}

/** Whether a file has anything attached is asked once, so that the next time it is replaced at once. */
async function learn(context: FilesContext, place: ParentEntry): Promise<void> {
  if (place.directory.trust === "foreign" || place.directory.mount.remote) return;
  const { helpers, known } = context;
  await helpers.turn(async () => {
    const begun = enterParent(place, (inside) => {
      const info = lstat(inside.at(place.name));
      if (!info?.isFile || info.size > LIMITS.syncReadBytes) return ok(undefined);
      return ok({ stat: statOf(info), asked: helpers.startHasAttached(inside.at(place.name)) });
    });
    if (!begun.ok || begun.value === undefined) return;
    const { stat, asked } = begun.value;
    // What is attached from now on changes the time that is remembered here.
    if (!await asked) known.remember(place.path, stat);
  });
}

const SYNC_BYTES = 32 * 1024 * 1024;

async function writePiece(file: number, piece: Uint8Array, position: number): Promise<void> {
  await writeSparse(file, piece, position);
  // A large file goes to the disk bit by bit, so that the last sync is short.
  const end = position + piece.length;
  if (position % SYNC_BYTES > end % SYNC_BYTES) await descriptors.syncAsync(file);
}

/**
 * Where others can write the directory, they could point the copy of the attributes at another file:
 * there the temporary file needs a directory of its own.
 */
function needsShelter(context: FilesContext, place: ParentEntry, old: Stat | undefined): boolean {
  return old?.type === "file" && place.directory.trust === "foreign" &&
    !context.known.isPlain(place.path, old);
}

/** Copies access list and extended attributes from the file that will be replaced. */
async function keepAttached(
  context: FilesContext,
  place: ParentEntry,
  temporary: TemporaryFile,
  old: Stat,
): Promise<void> {
  if (context.known.isPlain(place.path, old)) return;
  const { helpers } = context;
  const { folder, name } = temporary;
  const copied = await helpers.turn(async () => {
    const started = enterParent(place, (inside) => {
      if (folder === undefined && place.directory.trust === "foreign") {
        return ok(Promise.resolve(ok(undefined)));
      }
      if (folder === undefined || inside.here !== ".") {
        return ok(helpers.startCopyAttributes(inside.at(place.name), inside.at(name)));
      }
      return attempt(`write ${place.path}`, () =>
        insideFolder(
          place,
          inside,
          folder,
          (at) => ok(helpers.startCopyAttributes(`../${place.name}`, at(place.name))),
        ));
    });
    return started.ok ? await started.value : started;
  });
  if (copied.ok) return;
  context.warn(
    `${place.path}: its extended attributes and access list were not kept: ${copied.failure.message}`,
  );
}
