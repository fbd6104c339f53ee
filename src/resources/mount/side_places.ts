/**
 * Where file systems are mounted for a moment while one takes the place of another. Pure.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import type { MountedFileSystem } from "../../os/mounts/mount_list.ts";

/** Only root enters it. */
export const SIDE_ROOT = "/run/mgmt-mounts";
/** The one that comes, and the one that goes. */
export const FRESH = "fresh";
export const FORMER = "former";

/** The directory for one mount point, and a place in it. */
export function sidePlace(path: string, name?: typeof FRESH | typeof FORMER): string {
  const directory = `${SIDE_ROOT}/${encodeURIComponent(path)}`;
  return name === undefined ? directory : `${directory}/${name}`;
}

/** Where something is mounted that an exchange has left, the last one first. */
export function leftovers(
  path: string,
  mounts: Result<readonly MountedFileSystem[]>,
): readonly string[] {
  const directory = `${sidePlace(path)}/`;
  if (!mounts.ok) return [];
  return mounts.value.map(({ point }) => point).filter((point) => point.startsWith(directory))
    .reverse();
}
