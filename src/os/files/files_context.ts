/**
 * What the parts of {@linkcode Files} share, and how they get to a path.
 *
 * @module
 */

import { chainOk } from "../../base/chain.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import type { Clock } from "../clock.ts";
import type { Helpers } from "./attributes.ts";
import type { SlowMountLimiter } from "./slow_mount_limiter.ts";
import { directoryOf } from "./paths.ts";
import type { ParentEntry, PathResolver, ResolvedPath } from "./path_resolver.ts";
import { inDirectory } from "./in_directory.ts";
import type { DirectorySection, Missing } from "./in_directory.ts";
import type { DeferredSyncs } from "./sync_queue.ts";
import type { KnownFiles } from "./known_files.ts";
import type { Temporaries } from "./temporaries.ts";

export interface FilesContext {
  readonly clock: Clock;
  /** Whom new files belong to. */
  readonly agentUid: number;
  readonly places: PathResolver;
  readonly limiter: SlowMountLimiter;
  readonly temporaries: Temporaries;
  readonly known: KnownFiles;
  readonly helpers: Helpers;
  /** Files in their places that are still to be brought to the disk. */
  readonly syncs: DeferredSyncs;
  /** Called between the steps of a write; tests end the process there. */
  readonly step: (name: WriteStep) => void;
  /** Says something that is no failure but should be known. */
  readonly warn: (text: string) => void;
}

/** The moments of a write at which a crash may come. */
export type WriteStep =
  | "recorded"
  | "made"
  | "filled"
  | "owned"
  | "synced"
  | "renamed"
  | "settled";

/**
 * Finds the place of a path and goes on there; at once on a local file system. On a mount that may
 * hang it first asks, on another thread, for everything on the way, so that the kernel most likely
 * knows the answers to what follows.
 */
export function atPlace<T>(
  context: FilesContext,
  path: string,
  signal: AbortSignal | undefined,
  work: (place: ParentEntry | Missing) => Awaitable<Result<T>>,
): Awaitable<Result<T>> {
  const goOn = (place: ResolvedPath): Awaitable<Result<T>> => {
    if (place.type === "remote") return fail(`${path}: its mount changes all the time`);
    return work(place.type === "entry" ? { ...place, path } : place);
  };
  return chainOk(context.places.find(path, false), (place) => {
    if (place.type !== "remote") return goOn(place);
    return chainOk(
      askForWay(context, place.mount.point, path, signal),
      () => chainOk(context.places.find(path, true), goOn),
    );
  });
}

/** Asks a mount that may hang for each component down to the path. */
async function askForWay(
  context: FilesContext,
  mountPoint: string,
  path: string,
  signal: AbortSignal | undefined,
): Promise<Result<void>> {
  // The mount may have been reached through a link: then its own directory is what can be asked.
  const below = path === mountPoint || path.startsWith(`${mountPoint}/`);
  const way = below ? [path] : [mountPoint];
  for (let at = path; below && at !== mountPoint;) way.unshift(at = directoryOf(at));
  for (const at of way) {
    const answer = await context.limiter.call(
      mountPoint,
      `look at ${path}`,
      () => Deno.lstat(at),
      signal,
    );
    if (answer.ok) continue;
    const { code } = answer.failure;
    return code === "ENOENT" || code === "ENOTDIR" ? ok(undefined) : answer;
  }
  return ok(undefined);
}

/** Like {@linkcode inDirectory}, for work that needs the directory: that it is missing is a failure. */
export function enterParent<T>(
  place: ParentEntry | Missing,
  work: (inside: DirectorySection, place: ParentEntry) => Result<T>,
): Result<T> {
  if (place.type === "missing") return parentMissing(place);
  const result = inDirectory(place.directory, (inside) => {
    const done = work(inside, place);
    return done.ok ? ok({ type: "done" as const, value: done.value }) : done;
  });
  if (!result.ok) return result;
  return result.value.type === "missing" ? parentMissing(result.value) : ok(result.value.value);
}

/** The failure for something that should be made where the parent is not. */
export function parentMissing(missing: Missing): Result<never> {
  if (missing.obstacle !== undefined) {
    return fail(`${missing.obstacle} stands in the way: it is not a directory`, {
      code: "parent-missing",
      hint: "remove it, or choose another path",
    });
  }
  return fail(
    `the parent directory is missing; the nearest that exists is ${missing.nearestParent}`,
    {
      code: "parent-missing",
      hint: "make it with a file resource whose path ends with /",
    },
  );
}
