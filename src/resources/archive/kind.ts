/**
 * The kind `archive`: a directory that holds what is in an archive.
 *
 * @module
 */

import { ok, type Result } from "../../base/result.ts";
import { ATTRIBUTES, type Claim } from "../../kind/claim.ts";
import { defineKind } from "../../kind/kind.ts";
import { type ThingBefore, THINGS_MOST } from "../../kind/undo.ts";
import type { WorkContext } from "../../kind/work_context.ts";
import { KnownSums } from "../shared/files/known_sums.ts";
import { joinPath } from "../shared/files/path.ts";
import { ATTRIBUTE_FIELDS, PATH_UNDO, pathBefore } from "../shared/undo/paths.ts";
import { applyArchive, refuseArchive } from "./apply.ts";
import { type ArchiveMemory, type ArchivePlan, checkArchive } from "./check.ts";
import { ARCHIVE_EXAMPLES } from "./examples.ts";
import { ARCHIVE_FIELDS, type ArchiveFields } from "./fields.ts";
import { type ArchiveParams, relationsOf, resolveArchive } from "./params.ts";

/** What is in an archive, unpacked. */
export default defineKind<ArchiveFields, ArchiveParams, ArchivePlan, ArchiveMemory>({
  kind: "archive",
  summary: "a directory that holds what is in an archive; other entries in it stay",
  fields: ARCHIVE_FIELDS,
  otherFields: {
    dest: "write path",
    src: "write source",
    creates: "leave it out: what is there is compared",
    url: "write a download, and its path as source",
  },
  examples: ARCHIVE_EXAMPLES,
  resolve: resolveArchive,
  identity: ({ path }) => path,
  remains: ({ path }) => ({ at: "path", paths: [path] }),
  claims: ({ path }): readonly Claim[] => [
    { path, says: "presence", type: "directory", attributes: ATTRIBUTES, below: "all" },
  ],
  relations: relationsOf,
  controls: ({ path }) => [{ subject: path, part: false }],
  memory: () => ({ sums: new KnownSums() }),
  check: checkArchive,
  refuses: refuseArchive,
  apply: applyArchive,
  undo: {
    touches,
    ...PATH_UNDO,
  },
  watch: ({ path, source }, { host, changed }) => {
    const watches = [
      host.watcher.watch({ path, tree: true, changed }),
      host.watcher.watch({ path: source, tree: false, follow: true, changed }),
    ];
    return { close: () => watches.forEach((watch) => watch.close()) };
  },
  heals: true,
  changesHost: false,
  preview: "full",
});

async function touches(
  { whole, root, listing, changes }: ArchivePlan,
  { path }: ArchiveParams,
  context: WorkContext,
): Promise<Result<readonly ThingBefore[]>> {
  const things: ThingBefore[] = [];
  if (whole) {
    const before = { type: "absent" };
    if (root.type === "absent") things.push({ is: "path", name: path, before });
    for (const below of listing.keys()) {
      things.push({ is: "path", name: joinPath(path, below), before });
    }
    return ok(things);
  }
  for (const { below, seen, attributes } of changes.slice(0, THINGS_MOST + 1)) {
    const fields = attributes === undefined ? undefined : ATTRIBUTE_FIELDS;
    const name = below === "" ? path : joinPath(path, below);
    const thing = await pathBefore(name, seen, context, fields);
    if (!thing.ok) return thing;
    things.push(thing.value);
  }
  return ok(things);
}
