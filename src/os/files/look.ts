/**
 * Looking at entries: what stands at a path.
 *
 * @module
 */

import { join } from "node:path";
import { chainOk } from "../../base/chain.ts";
import { LIMITS } from "../../base/limits.ts";
import { ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import { readRegular } from "./content.ts";
import type { LookOptions, Sight, Stat } from "./files.ts";
import { directoryOf } from "./paths.ts";
import { inDirectory } from "./in_directory.ts";
import type { DirectorySection } from "./in_directory.ts";
import { blockDeviceOf, describeOther, lstat, statOf } from "./stat.ts";
import { attempt } from "./system_error.ts";
import { isKernelStream, readUnsized, STREAM_TEXT } from "./unsized.ts";
import { atPlace } from "./files_context.ts";
import type { FilesContext } from "./files_context.ts";
import type { ParentEntry } from "./path_resolver.ts";

/** Looks at one path. */
export function look(
  context: FilesContext,
  path: string,
  options: LookOptions = {},
): Awaitable<Result<Sight>> {
  return atPlace(context, path, options.signal, (place) => {
    if (place.type === "missing") return ok(absent(place));
    const { directory } = place;
    // Where nobody else makes entries, what was seen is what is read.
    const upTo = options.contentUpToBytes ?? -1;
    const readAtOnce = directory.trust === "safe" && !directory.mount.remote
      ? Math.min(upTo, LIMITS.syncReadBytes)
      : -1;
    const seen = attempt(
      `look at ${path}`,
      () => inDirectory(directory, (inside) => lookInside(context, place, inside, readAtOnce)),
    );
    if (!seen.ok) return seen;
    const sight = seen.value;
    if (sight.type === "missing") return ok(absent(sight));
    if (sight.type !== "file" || sight.content !== undefined || sight.stat.size > upTo) {
      return ok(sight);
    }
    return chainOk(
      readRegular(context, path, options.signal),
      (content) => ok({ ...sight, content }),
    );
  });
}

function absent(missing: { readonly nearestParent: string; readonly obstacle?: string }): Sight {
  const { nearestParent, obstacle } = missing;
  return { type: "absent", nearestParent, ...(obstacle === undefined ? {} : { obstacle }) };
}

function lookInside(
  context: FilesContext,
  place: ParentEntry,
  inside: DirectorySection,
  readUpToBytes: number,
): Result<Sight> {
  const path = place.name === "" ? inside.here : inside.at(place.name);
  const info = lstat(path);
  if (info === undefined) {
    return place.looked ? ok({ type: "absent" }) : lookAgainForParent(context, place, inside);
  }
  const stat = statOf(info);
  switch (stat.type) {
    case "file":
      context.known.see(place.path, stat);
      if (stat.size === 0 && readUpToBytes >= 0) {
        return lookUnsized(path, place, stat);
      }
      return ok(
        stat.size <= readUpToBytes
          ? { type: "file", stat, content: Deno.readFileSync(path) }
          : { type: "file", stat },
      );
    case "symlink":
      return ok({
        type: "symlink",
        stat,
        target: Deno.readLinkSync(path),
        directory: place.directory.path,
      });
    case "directory":
      return ok({ type: "directory", stat });
    case "other": {
      const device = blockDeviceOf(info);
      const what = describeOther(info);
      return ok({ type: "other", stat, what, ...(device === undefined ? {} : { device }) });
    }
  }
}

/** What says that it is empty mostly is; only of the kernel's files it may be anything. */
function lookUnsized(
  name: string,
  { path, directory, name: entry }: ParentEntry,
  stat: Stat,
): Result<Sight> {
  if (isKernelStream(join(directory.path, entry))) {
    return ok({ type: "other", stat, what: STREAM_TEXT });
  }
  const content = readUnsized(name, path);
  return content.ok ? ok({ type: "file", stat, content: content.value }) : content;
}

/** The directory was believed to be there; it may have gone since. */
function lookAgainForParent(
  context: FilesContext,
  place: ParentEntry,
  inside: DirectorySection,
): Result<Sight> {
  if (lstat(inside.here)?.isDirectory) return ok({ type: "absent" });
  context.places.forget();
  const again = context.places.find(place.path, true);
  if (!again.ok) return again;
  return ok(
    again.value.type === "missing" ? absent(again.value) : {
      type: "absent",
      nearestParent: directoryOf(place.directory.path),
    },
  );
}
