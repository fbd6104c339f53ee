/**
 * What was read a moment ago, for the many resources that ask for one file: a burst of them reads it
 * once. Whether it is still what stands there, each asks the kernel anew.
 *
 * @module
 */

import { chainOk } from "../../../base/chain.ts";
import { LIMITS } from "../../../base/limits.ts";
import { type Awaitable, ok, type Result } from "../../../base/result.ts";
import type { WorkContext } from "../../../kind/work_context.ts";
import type { Sight, Stat } from "../../../os/files/files.ts";

/** A regular file that was looked at. */
export type FileSight = Extract<Sight, { readonly type: "file" }>;

/** Enough for a burst, so that nothing is kept for longer than that. */
const BELIEVED_MS = 100;
/** The kernel's times of changes are as coarse: of what was written so lately another write may not show. */
const SETTLED_MS = 2500;
const KEPT_BYTES = 4 * LIMITS.lineFileBytes;

let recent = new Map<string, FileSight>();
let [sinceMs, bytes] = [0, 0];

/** Looks at a file, with its content up to a number of bytes. */
export function lookAtRecent(
  path: string,
  mostBytes: number,
  context: WorkContext,
): Awaitable<Result<Sight>> {
  const { host: { files, clock }, signal } = context;
  const nowMs = clock.nowMs();
  if (nowMs - sinceMs > BELIEVED_MS) forget(nowMs);
  const known = recent.get(path);
  if (known === undefined) return read(path, mostBytes, context);
  return chainOk(files.look(path, { signal }), (seen) => {
    const isSame = seen.type === "file" && isUnchanged(known.stat, seen.stat);
    return isSame ? ok(known) : read(path, mostBytes, context);
  });
}

function read(path: string, mostBytes: number, context: WorkContext): Awaitable<Result<Sight>> {
  const { host: { files, clock }, signal } = context;
  const startMs = clock.wall().getTime();
  const seen = files.look(path, { contentUpToBytes: mostBytes, signal });
  return chainOk(seen, (sight) => {
    if (sight.type === "file") keep(path, sight, startMs);
    else recent.delete(path);
    return ok(sight);
  });
}

function keep(path: string, sight: FileSight, startMs: number): void {
  recent.delete(path);
  const { content, stat: { mtimeMs, ctimeMs } } = sight;
  if (content === undefined || Math.max(mtimeMs, ctimeMs) > startMs - SETTLED_MS) return;
  bytes += content.length;
  if (bytes <= KEPT_BYTES) recent.set(path, sight);
}

function forget(nowMs: number): void {
  if (recent.size > 0) recent = new Map();
  [sinceMs, bytes] = [nowMs, 0];
}

function isUnchanged(a: Stat, b: Stat): boolean {
  return a.inode === b.inode && a.device === b.device && a.size === b.size &&
    a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.mode === b.mode &&
    a.uid === b.uid && a.gid === b.gid && a.links === b.links;
}
