/**
 * Whether the kernel, or this program itself, would refuse a change, without making it.
 *
 * @module
 */

import { chain } from "../../base/chain.ts";
import { ok } from "../../base/result.ts";
import type { Awaitable, Failure, Result } from "../../base/result.ts";
import { writeRefusal } from "../native/access.ts";
import { refuseMounted } from "./entries.ts";
import type { ForeseenChange } from "./files.ts";
import { directoryOf, join } from "./paths.ts";
import type { DirectorySection } from "./in_directory.ts";
import { refusedBy } from "./system_error.ts";
import { mountPoint } from "./temporary_file.ts";
import { atPlace, enterParent } from "./files_context.ts";
import type { FilesContext } from "./files_context.ts";
import type { ParentEntry } from "./path_resolver.ts";
import { hardLinked } from "./write.ts";

/** Why a change would be refused, as far as that can be told before. */
export function foresee(
  context: FilesContext,
  change: ForeseenChange,
  signal: AbortSignal | undefined,
): Awaitable<Failure | undefined> {
  const judged = atPlace(
    context,
    change.path,
    signal,
    (place) => enterParent(place, (inside, entry) => judge(context, entry, inside, change)),
  );
  return chain(
    judged,
    (result) => result.ok ? undefined : { ...result.failure, needs: [directoryOf(change.path)] },
  );
}

function judge(
  context: FilesContext,
  place: ParentEntry,
  inside: DirectorySection,
  { path, seen, does }: ForeseenChange,
): Result<void> {
  const doing = does === "remove" ? `remove ${path}` : `change ${path}`;
  const staysIn = does === "attributes" || does === "write-into";
  if (!staysIn) {
    const refused = writeRefusal(inside.here);
    if (refused !== undefined) return refusedBy(refused, doing);
  }
  if (seen.type === "absent") return ok(undefined);
  if (seen.type === "directory" && does === "remove") {
    const mounted = refuseMounted(context, place);
    if (mounted !== undefined) return mounted;
  } else if (!staysIn && context.places.mounts.on(join(place.directory.path, place.name))) {
    return mountPoint(path);
  }
  if (seen.type === "file" && does === "replace" && seen.stat.links > 1) {
    return hardLinked(path, seen.stat);
  }
  // A link is followed by that question, and what it leads to is not what is changed.
  const own = seen.type === "symlink" ? undefined : writeRefusal(inside.at(place.name));
  // Whoever may change the directory may replace a file that nobody can write.
  const counts = own !== undefined && (own !== "EACCES" || does === "write-into");
  return counts ? refusedBy(own, doing) : ok(undefined);
}
