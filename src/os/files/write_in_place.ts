/**
 * Writing into an existing inode: for bind mounts and hard links, where it cannot be replaced.
 *
 * @module
 */

import { chainOk } from "../../base/chain.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import { eachPiece } from "./content.ts";
import * as descriptors from "./descriptors.ts";
import type { WriteRequest } from "./files.ts";
import { attempt, errorCode } from "./system_error.ts";
import { applyAttributes, currentTarget } from "./temporary_file.ts";
import { enterParent } from "./files_context.ts";
import type { FilesContext } from "./files_context.ts";
import type { ParentEntry } from "./path_resolver.ts";
import { withTemporary } from "./write_in_steps.ts";

/**
 * Overwrites the content of the file that was seen; a crash may leave it half written. What reaches
 * beyond the old end is written first, and cut off again where there is no room for it: then the file
 * is as it was.
 */
export function writeInPlace(
  context: FilesContext,
  place: ParentEntry,
  request: WriteRequest,
): Awaitable<Result<void>> {
  if (request.validate === undefined) return overwrite(context, place, request);
  return validated(context, place, request);
}

/** The content is checked as a temporary file beside it first. */
async function validated(
  context: FilesContext,
  place: ParentEntry,
  request: WriteRequest,
): Promise<Result<void>> {
  const checked = await withTemporary(
    context,
    place,
    request,
    () => Promise.resolve(fail("accepted", { code: "accepted" })),
  );
  if (!checked.ok && checked.failure.code !== "accepted") return checked;
  return await overwrite(context, place, request);
}

function overwrite(
  context: FilesContext,
  place: ParentEntry,
  request: WriteRequest,
): Awaitable<Result<void>> {
  return chainOk(open(place, request), (file) => {
    context.known.forget(place.path);
    const { content } = request;
    if (
      content instanceof Uint8Array && content.length <= LIMITS.syncReadBytes &&
      !place.directory.mount.remote
    ) {
      const done = attempt(`write ${place.path}`, () => {
        if (lengthen(file, content)) descriptors.writeAt(file, content, 0);
        else descriptors.writeAll(file, content);
        const finished = finish(place, request, file, content.length);
        if (finished.ok) ignoringInvalid(() => descriptors.sync(file));
        return finished;
      });
      descriptors.close(file);
      return done;
    }
    return overwriteInPieces(context, place, request, file);
  });
}

function open(place: ParentEntry, { seen, ifUnchanged }: WriteRequest): Result<number> {
  return enterParent(place, (inside) =>
    attempt(`open ${place.path} to write into it`, () => {
      const file = descriptors.openToWrite(inside.at(place.name));
      const stat = descriptors.statOpen(file);
      const now = ifUnchanged ? currentTarget(place, inside, { seen, ifUnchanged }) : undefined;
      const problem = now?.ok === false ? now : refusal(place, stat, seen);
      if (problem === undefined) return ok(file);
      descriptors.close(file);
      return problem;
    }));
}

function refusal(
  place: ParentEntry,
  stat: descriptors.OpenStat,
  seen: WriteRequest["seen"],
): Result<never> | undefined {
  const same = seen.type === "file" && stat.isFile && seen.stat.inode === stat.inode &&
    seen.stat.device === stat.device;
  if (!same) {
    return fail(`${place.path} changed while it was being put right`, { code: "changed" });
  }
  if (stat.links > 1 && place.directory.trust !== "safe") {
    return fail(
      `${place.path} has ${stat.links} hard links and stands where other users can make entries`,
      { code: "hard-link", hint: "it could be a link to any file; remove it" },
    );
  }
  return undefined;
}

/** Writes what reaches beyond the old end, if anything does. What the kernel makes up has none. */
function lengthen(file: number, content: Uint8Array): boolean {
  const { size } = descriptors.statOpen(file);
  if (size === 0 || content.length <= size) return false;
  try {
    descriptors.writeAt(file, content.subarray(size), size);
    return true;
  } catch (thrown) {
    truncate(file, size);
    throw thrown;
  }
}

async function overwriteInPieces(
  context: FilesContext,
  place: ParentEntry,
  request: WriteRequest,
  file: number,
): Promise<Result<void>> {
  const doing = `write ${place.path}`;
  const { point } = place.directory.mount;
  let running: Promise<void> | undefined;
  /** A call that hangs goes on after its time, and still uses the file. */
  function call(start: () => Promise<void>): Promise<Result<void>> {
    return context.limiter.call(point, doing, () => {
      const started = start().finally(() => running = undefined);
      running = started;
      return started;
    }, request.signal);
  }
  try {
    const { content, signal } = request;
    const { size } = descriptors.statOpen(file);
    const writeAt = (piece: Uint8Array, position: number) =>
      call(() => descriptors.writeAtAsync(file, piece, position));
    const writeOn = (piece: Uint8Array) => call(() => descriptors.writeAllAsync(file, piece));
    if (size > 0) {
      const lengthened = await eachPiece(context, content, signal, writeAt, size);
      if (!lengthened.ok) {
        if (running === undefined) truncate(file, size);
        return lengthened;
      }
    }
    const written = await eachPiece(context, content, signal, size > 0 ? writeAt : writeOn);
    if (!written.ok) return written;
    const finished = attempt(doing, () => finish(place, request, file, written.value));
    if (!finished.ok) return finished;
    return await call(() => descriptors.syncAsync(file).catch(orInvalid));
  } finally {
    const close = () => descriptors.close(file);
    if (running === undefined) close();
    else running.then(close, close);
  }
}

function finish(
  place: ParentEntry,
  request: WriteRequest,
  file: number,
  size: number,
): Result<void> {
  if (descriptors.statOpen(file).size > size) truncate(file, size);
  const { seen, uid, gid } = request;
  const old = seen.type === "file" ? seen.stat : undefined;
  // Writing takes set-id bits away; everything else stays as it is unless told.
  const lost = old !== undefined && (old.mode & 0o6000) !== 0 ? old.mode : undefined;
  const mode = request.mode ?? lost;
  if (uid !== undefined || gid !== undefined || mode !== undefined) {
    const owned = applyAttributes(place.path, file, {
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
      ...(mode === undefined ? {} : { mode }),
    }, old);
    if (!owned.ok) return owned;
  }
  return ok(undefined);
}

/** What the kernel makes up (/proc, /sys) has no size to cut and no disk to go to. */
function truncate(file: number, size: number): void {
  ignoringInvalid(() => descriptors.truncate(file, size));
}

function ignoringInvalid(call: () => void): void {
  try {
    call();
  } catch (thrown) {
    orInvalid(thrown);
  }
}

function orInvalid(thrown: unknown): void {
  if (errorCode(thrown) !== "EINVAL") throw thrown;
}
