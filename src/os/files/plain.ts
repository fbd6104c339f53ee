/**
 * Whether a file that is about to be replaced has nothing attached to it that is to be kept.
 *
 * @module
 */

import { ok } from "../../base/result.ts";
import { nativeHasAttached } from "../native/attached.ts";
import type { Stat } from "./files.ts";
import { enterParent } from "./files_context.ts";
import type { FilesContext } from "./files_context.ts";
import type { ParentEntry } from "./path_resolver.ts";
import { lstat, sameVersion, statOf } from "./stat.ts";

/** Whether nothing is attached to a file, which is asked once. */
export function isPlain(
  context: FilesContext,
  place: ParentEntry,
  path: string,
  seen: Stat,
): boolean {
  if (context.known.isPlain(path, seen)) return true;
  // Where others can write the directory, it may be another file by now.
  if (place.directory.trust === "foreign") return false;
  const asked = enterParent(place, (inside) => {
    const attached = nativeHasAttached(inside.at(place.name));
    const info = attached === false ? lstat(inside.at(place.name)) : undefined;
    const now = info === undefined ? undefined : statOf(info);
    return ok(now !== undefined && sameVersion(now, seen) && now.ctimeMs === seen.ctimeMs);
  });
  if (!asked.ok || !asked.value) return false;
  context.known.remember(path, seen);
  return true;
}
