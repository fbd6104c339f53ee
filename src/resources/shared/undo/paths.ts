/**
 * What stands at a path, as it is kept to take a change back, and how it is brought back: a file, a
 * directory or a link, with its owner and mode.
 *
 * @module
 */

import { chain, chainOk } from "../../../base/chain.ts";
import { LIMITS } from "../../../base/limits.ts";
import { type Awaitable, type Failure, failure, ok, type Result } from "../../../base/result.ts";
import type { Content, Files, Sight } from "../../../os/files/files.ts";
import type { ThingBefore, ThingState, ThingToRestore, TouchedThing } from "../../../kind/undo.ts";
import type { WorkContext } from "../../../kind/work_context.ts";
import { attributesBack, attributesIn, attributesOfContent } from "./ownership.ts";

type Present = Exclude<Sight, { readonly type: "absent" }>;

/** What such things are called. */
export const PATH = "path";

/** The fields of owner and mode. */
export const ATTRIBUTE_FIELDS: ReadonlySet<string> = new Set(["type", "mode", "uid", "gid"]);

/** What was seen at a path, before it is touched. */
export function pathBefore(
  path: string,
  seen: Sight,
  { host: { files }, signal }: WorkContext,
  fields?: ReadonlySet<string>,
): Awaitable<Result<ThingBefore>> {
  if (isLarge(seen) && fields?.has("sha256") !== false) {
    const before = { ...attributesOf(seen), size: seen.stat.size, sha256: LATER };
    return ok({ is: PATH, name: path, before });
  }
  return chainOk(
    stateOf(path, seen, fields, { files, signal }),
    (before) => ok({ is: PATH, name: path, before }),
  );
}

/** Stands for the sum of a large file until the copy is made, which reads it anyway. */
const LATER = "";

/** What was there, with the sums that are known since its copy was made. */
function settledPath(
  { before, ...thing }: ThingBefore,
  { host: { files } }: WorkContext,
): ThingBefore {
  if (before["sha256"] !== LATER) return { ...thing, before };
  const sha256 = files.lastKept(thing.name);
  if (sha256 !== undefined) return { ...thing, before: { ...before, sha256 } };
  return { ...thing, before, lacks: `no copy of ${thing.name} was kept` };
}

function isLarge(seen: Sight): seen is Extract<Sight, { type: "file" }> {
  return seen.type === "file" && seen.content === undefined &&
    seen.stat.size > LIMITS.syncReadBytes;
}

function attributesOf({ type, stat: { uid, gid, mode } }: Present): ThingState {
  return { type, uid, gid, ...(type === "symlink" ? {} : { mode: mode.toString(8) }) };
}

/** What is at a path now. */
export function lookAtPath(
  { name }: TouchedThing,
  fields: ReadonlySet<string> | undefined,
  { host: { files }, signal }: WorkContext,
): Awaitable<Result<ThingState>> {
  const contentUpToBytes = fields?.has("sha256") !== false ? LIMITS.syncReadBytes : -1;
  return chainOk(
    files.look(name, { contentUpToBytes, signal }),
    (seen) => stateOf(name, seen, fields, { files, signal }),
  );
}

function stateOf(
  path: string,
  seen: Sight,
  fields: ReadonlySet<string> | undefined,
  { files, signal }: { readonly files: Files; readonly signal: AbortSignal },
): Awaitable<Result<ThingState>> {
  if (seen.type === "absent") return ok({ type: "absent" });
  const state = attributesOf(seen);
  if (seen.type === "symlink") return ok({ ...state, target: seen.target });
  if (seen.type !== "file" || fields?.has("sha256") === false) return ok(state);
  return chainOk(
    files.sum(seen.content ?? { copyOf: path }, signal),
    (sha256) => ok({ ...state, size: seen.content?.length ?? seen.stat.size, sha256 }),
  );
}

/** Brings a path back; what stands there now is kept first. */
export function restorePath(
  thing: ThingToRestore,
  wanted: ThingState,
  context: WorkContext,
): Awaitable<Failure | undefined> {
  const { name: path, judged = {} } = thing;
  const { host: { files }, signal } = context;
  const fields = judged["sha256"] === undefined ? ATTRIBUTE_FIELDS : undefined;
  return chain(files.look(path, { contentUpToBytes: LIMITS.syncReadBytes, signal }), (seen) => {
    if (!seen.ok) return seen.failure;
    // Between the judgement and now somebody may have put something else there.
    return chain(stateOf(path, seen.value, fields, { files, signal }), (now) => {
      if (!now.ok) return now.failure;
      const isAnother = Object.keys(judged).some((field) => now.value[field] !== judged[field]);
      if (isAnother) return changedSince(path);
      return failureIn(bringBack(thing, seen.value, wanted, context));
    });
  });
}

/** Why a path could not be brought back: its content is not kept, or it was something that is not made. */
export function foreseePath(
  { name }: TouchedThing,
  { type, sha256, target }: ThingState,
  { host: { files }, signal }: WorkContext,
): Awaitable<Failure | undefined> {
  if (typeof sha256 === "string") return failureIn(files.kept(sha256, signal));
  if (type === "other" || (type === "file" && target === undefined)) {
    return failureIn(notMade(name, type));
  }
  return undefined;
}

function failureIn(result: Awaitable<Result<unknown>>): Awaitable<Failure | undefined> {
  return chain(result, (done) => done.ok ? undefined : done.failure);
}

function bringBack(
  thing: ThingToRestore,
  seen: Sight,
  wanted: ThingState,
  context: WorkContext,
): Awaitable<Result<void>> {
  const { name: path } = thing;
  const { host: { files }, signal } = context;
  const { type, sha256, target } = wanted;
  if (type === "absent") return seen.type === "absent" ? ok(undefined) : removed(path, seen, files);
  if (typeof sha256 === "string") {
    return chainOk(
      files.kept(sha256, signal),
      (content) =>
        inPlaceOf(
          path,
          seen,
          "file",
          files,
          (now) => writeBack(thing, { content, seen: now, wanted }, context),
        ),
    );
  }
  const attributes = attributesIn(wanted);
  if (typeof target === "string") {
    const make = (now: Sight) => files.makeLink(path, target, { ...attributes, seen: now });
    return inPlaceOf(path, seen, "symlink", files, make);
  }
  if (type === "directory" && seen.type !== "directory") {
    return inPlaceOf(path, seen, "directory", files, () => files.makeDirectory(path, attributes));
  }
  if (seen.type === "absent") return gone(path);
  if (type !== undefined && type !== seen.type) return notMade(path, type);
  return attributesBack(thing, seen, wanted, files);
}

/** What is of another type makes room first; of the same, or a link, it is replaced. */
function inPlaceOf(
  path: string,
  seen: Sight,
  type: Present["type"],
  files: Files,
  make: (now: Sight) => Awaitable<Result<void>>,
): Awaitable<Result<void>> {
  if (seen.type === "absent") return make(seen);
  const isReplaced = seen.type === type || (seen.type !== "directory" && type !== "directory");
  if (isReplaced) return chainOk(files.backup(path, seen), () => make(seen));
  return chainOk(removed(path, seen, files), () => make({ type: "absent" }));
}

/** A directory goes when nothing is left in it. */
function removed(path: string, seen: Present, files: Files): Awaitable<Result<void>> {
  if (seen.type === "directory") return files.remove(path, seen, { tree: false });
  return chainOk(
    files.backup(path, seen),
    () => files.remove(path, seen, { tree: false }),
  );
}

function writeBack(
  { name: path, unchanged = {}, changedSince = [] }: ThingToRestore,
  { content, seen, wanted }: {
    readonly content: Content;
    readonly seen: Sight;
    readonly wanted: ThingState;
  },
  { host: { files }, signal }: WorkContext,
): Awaitable<Result<void>> {
  const stands = seen.type === "file" && changedSince.length === 0 ? seen.stat : undefined;
  const known = { ...unchanged, ...wanted };
  const attributes = attributesOfContent(wanted, known, stands);
  // Where several names lead to one file, or it is a mount, it can only be written as it stands.
  const inPlace = stands !== undefined && stands.links > 1;
  const write = (now: Sight) =>
    files.write({
      path,
      content,
      seen: now,
      ifUnchanged: true,
      ...attributes,
      ...(inPlace ? { inPlace } : {}),
      signal,
    });
  // The owner of what somebody has put there is not to get a content whose owner nobody knows.
  const isTheirs = seen.type === "file" && attributes.uid === undefined;
  if (!isTheirs) return write(seen);
  return chainOk(files.remove(path, seen, { tree: false }), () => write({ type: "absent" }));
}

function changedSince(path: string): Failure {
  return failure(`${path} was changed since it was looked at, and is left as it is`, {
    code: "changed",
    hint: "say it again to have it judged again",
  });
}

function gone(path: string): Result<void> {
  return { ok: false, failure: failure(`${path} is not there any more`, { code: "gone" }) };
}

function notMade(path: string, type: string | number): Result<void> {
  const what = type === "other" ? "a device, a socket or a FIFO" : `a ${type}`;
  return {
    ok: false,
    failure: failure(`${path} was ${what}, which is not made again`, { code: "not-made" }),
  };
}

/** What kinds whose things are all paths have in common. */
export const PATH_UNDO = {
  settled: settledPath,
  look: lookAtPath,
  foresees: foreseePath,
  restore: restorePath,
};
