/**
 * Looking at entries: what stands at a path, and what is in a directory.
 *
 * @module
 */

import { chainOk } from "../../base/chain.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import { readRegular } from "./content.ts";
import type { DirectoryEntry, LookOptions, RawEntry, Sight } from "./files.ts";
import { unnameableIn } from "./native_names.ts";
import { directoryOf } from "./paths.ts";
import { enter } from "./section.ts";
import type { Inside } from "./section.ts";
import { blockDeviceOf, describeOther, lstat, statOf, typeOf } from "./stat.ts";
import { attempt } from "./system_error.ts";
import { atPlace } from "./workshop.ts";
import type { Entry, Workshop } from "./workshop.ts";

/** Looks at one path. */
export function look(
  shop: Workshop,
  path: string,
  options: LookOptions = {},
): Awaitable<Result<Sight>> {
  return atPlace(shop, path, options.signal, (place) => {
    if (place.type === "missing") return ok(absent(place));
    const { directory } = place;
    // Where nobody else makes entries, what was seen is what is read.
    const upTo = options.contentUpToBytes ?? -1;
    const readAtOnce = directory.trust === "safe" && !directory.mount.remote
      ? Math.min(upTo, LIMITS.syncReadBytes)
      : -1;
    const seen = attempt(
      `look at ${path}`,
      () => enter(directory, (inside) => lookInside(shop, place, inside, readAtOnce)),
    );
    if (!seen.ok) return seen;
    const sight = seen.value;
    if (sight.type === "missing") return ok(absent(sight));
    if (sight.type !== "file" || sight.content !== undefined || sight.stat.size > upTo) {
      return ok(sight);
    }
    return chainOk(
      readRegular(shop, path, options.signal),
      (content) => ok({ ...sight, content }),
    );
  });
}

function absent(missing: { readonly nearestParent: string; readonly obstacle?: string }): Sight {
  const { nearestParent, obstacle } = missing;
  return { type: "absent", nearestParent, ...(obstacle === undefined ? {} : { obstacle }) };
}

function lookInside(
  shop: Workshop,
  place: Entry,
  inside: Inside,
  readUpToBytes: number,
): Result<Sight> {
  const path = place.name === "" ? inside.here : inside.at(place.name);
  const info = lstat(path);
  if (info === undefined) {
    return place.looked ? ok({ type: "absent" }) : lookAgainForParent(shop, place, inside);
  }
  const stat = statOf(info);
  switch (stat.type) {
    case "file":
      shop.known.see(place.path, stat);
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

/** The directory was believed to be there; it may have gone since. */
function lookAgainForParent(shop: Workshop, place: Entry, inside: Inside): Result<Sight> {
  if (lstat(inside.here)?.isDirectory) return ok({ type: "absent" });
  shop.places.forget();
  const again = shop.places.find(place.path, true);
  if (!again.ok) return again;
  return ok(
    again.value.type === "missing" ? absent(again.value) : {
      type: "absent",
      nearestParent: directoryOf(place.directory.path),
    },
  );
}

interface Listing {
  readonly entries: DirectoryEntry[];
  readonly unnameable: readonly RawEntry[];
}

/** The entries of a directory, sorted by name. */
export function list(
  shop: Workshop,
  path: string,
  signal?: AbortSignal,
): Awaitable<Result<Listing>> {
  // The directory itself is entered by asking for the place of something in it.
  return atPlace(shop, path === "/" ? "/." : `${path}/.`, signal, (place) => {
    if (place.type === "missing") {
      return fail(`cannot list ${path}: no such directory`, { code: "ENOENT" });
    }
    const entries = attempt(
      `list ${path}`,
      () => enter(place.directory, (inside) => readEntries(path, inside)),
    );
    if (!entries.ok) return entries;
    if ("entries" in entries.value) return ok(entries.value);
    return fail(`cannot list ${path}: no such directory`, { code: "ENOENT" });
  });
}

function readEntries(
  path: string,
  inside: Inside,
): Result<Listing> {
  const entries: DirectoryEntry[] = [];
  for (const { name, ...type } of Deno.readDirSync(inside.here)) {
    // The runtime puts U+FFFD for what is no UTF-8, or leaves such names out.
    if (name.includes("\ufffd") && lstat(inside.at(name)) === undefined) continue;
    entries.push({ name, type: typeOf(type) });
    if (entries.length > LIMITS.treeEntries) {
      return fail(`${path} has more than ${LIMITS.treeEntries} entries`, { code: "too-many" });
    }
  }
  entries.sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  return ok({ entries, unnameable: unnameableIn(inside.here) });
}
