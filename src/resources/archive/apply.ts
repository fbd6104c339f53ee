/**
 * Unpacking: all of it beside its place, or what is missing or another, entry by entry.
 *
 * @module
 */

import { type Failure, failure, ok, type Result } from "../../base/result.ts";
import type { ArchivedEntry } from "../../os/archive/archives.ts";
import type { Attributes, Sight } from "../../os/files/files.ts";
import { foreseeChange } from "../shared/files/foresee.ts";
import { joinPath } from "../shared/files/path.ts";
import { type ArchiveContext, type ArchivePlan, type EntryChange, isSame } from "./check.ts";
import { judgeEntry } from "./judge.ts";
import type { ArchiveWish } from "./listing.ts";
import type { ArchiveParams } from "./params.ts";

/** Why it would not be unpacked there. */
export async function refuseArchive(
  { whole, root, changes }: ArchivePlan,
  { path }: ArchiveParams,
  context: ArchiveContext,
): Promise<Failure | undefined> {
  if (whole) return await foreseeChange({ path, seen: root, does: "make" }, context);
  if (!context.noop) return undefined;
  for (const { below, seen, wanted, attributes } of changes) {
    // What is in a directory that is still to come is not asked for.
    if (seen.type === "absent" && seen.nearestParent !== undefined) continue;
    const make = wanted.type === "file" ? "replace" : "make";
    const does = attributes === undefined ? make : "attributes";
    const refused = await foreseeChange({ path: joinPath(path, below), seen, does }, context);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

/** Unpacks it. */
export async function applyArchive(
  plan: ArchivePlan,
  params: ArchiveParams,
  context: ArchiveContext,
): Promise<Failure | undefined> {
  const { files } = context.host;
  if (plan.version === undefined) return changedSource(params);
  if (!plan.whole) return await putAll(plan.changes, params.path, { plan, params, context });
  const staged = await files.stage(params.path);
  if (!staged.ok) return staged.failure;
  const absent: Sight = { type: "absent" };
  const all = [...plan.listing].map(([below, wanted]) => ({ below, wanted, seen: absent }));
  const failed = await putAll(all, staged.value.path, { plan, params, context });
  if (failed === undefined) {
    const placed = await staged.value.place(rootAttributes(plan));
    if (placed.ok) return undefined;
    await staged.value.discard();
    return placed.failure;
  }
  await staged.value.discard();
  return failed;
}

/** An empty directory was somebody's, and stays so. */
function rootAttributes({ root, ownership: { uid, gid } }: ArchivePlan): Attributes {
  const given = { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
  if (root.type !== "directory") return given;
  const { uid: isUid, gid: isGid, mode } = root.stat;
  return { uid: isUid, gid: isGid, mode, ...given };
}

interface Unpacking {
  readonly plan: ArchivePlan;
  readonly params: ArchiveParams;
  readonly context: ArchiveContext;
}

/** Directories first, then what the archive brings, then what needs that. */
async function putAll(
  changes: readonly EntryChange[],
  root: string,
  unpacking: Unpacking,
): Promise<Failure | undefined> {
  const { params, plan, context } = unpacking;
  const contents = new Map<string, EntryChange>();
  const last: EntryChange[] = [];
  for (const change of changes) {
    const { below, wanted, attributes } = change;
    const isContent = wanted.type === "file" && attributes === undefined;
    if (isContent && wanted.from === undefined) contents.set(below, change);
    else if (isContent || wanted.type === "symlink") last.push(change);
    else {
      const done = await putOne(change, root, unpacking);
      if (!done.ok) return done.failure;
    }
  }
  if (contents.size > 0) {
    const { archives } = context.host;
    const read = await archives.each(plan.archive, params, async (entry) => {
      const judged = judgeEntry(entry, params);
      if (!judged.ok) return judged;
      const change = contents.get(judged.value.below);
      if (change === undefined || entry.type !== "file") return ok(undefined);
      contents.delete(judged.value.below);
      return await putOne(change, root, unpacking, entry);
    }, context.signal);
    if (!read.ok) return read.failure;
    if (contents.size > 0 || !await isUnchanged(unpacking)) return changedSource(params);
  }
  for (const change of last) {
    const done = await putOne(change, root, unpacking);
    if (!done.ok) return done.failure;
  }
  return undefined;
}

async function isUnchanged({ plan, context }: Unpacking): Promise<boolean> {
  const now = await context.host.files.look(plan.archive, { signal: context.signal });
  return now.ok && now.value.type === "file" && plan.version !== undefined &&
    isSame(now.value.stat, plan.version);
}

function changedSource({ source }: ArchiveParams): Failure {
  return failure(`${source} changed while it was unpacked`, {
    code: "changed",
    hint: "it is looked at again",
  });
}

async function putOne(
  { below, wanted, seen, attributes }: EntryChange,
  root: string,
  { plan: { ownership: { uid, gid } }, context }: Unpacking,
  entry?: ArchivedEntry,
): Promise<Result<void>> {
  const { host: { files }, signal } = context;
  const path = below === "" ? root : joinPath(root, below);
  if (attributes !== undefined) return await files.setAttributes(path, seen, attributes);
  const owned = { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
  if (wanted.type === "directory") {
    return await files.makeDirectory(path, { ...owned, mode: wanted.mode, inheritsGroup: false });
  }
  const kept = seen.type === "absent" ? ok(undefined) : await files.backup(path, seen);
  if (!kept.ok) return kept;
  if (wanted.type === "symlink") {
    return await files.makeLink(path, wanted.target, { ...owned, seen });
  }
  const content = entry === undefined ? copied(wanted, root) : { pieces: entry.pieces };
  return await files.write({ path, content, seen, ...owned, mode: wanted.mode, signal });
}

function copied({ from = "" }: Extract<ArchiveWish, { type: "file" }>, root: string) {
  return { copyOf: joinPath(root, from) };
}
