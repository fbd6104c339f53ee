/**
 * From the fields of an archive to its parameters.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import type { ResolveContext } from "../../kind/kind.ts";
import type { Needed, Relations } from "../../kind/relations.ts";
import { plainAccount } from "../shared/accounts/number.ts";
import { namedPath } from "../shared/files/named_path.ts";
import { resolvePath } from "../shared/files/path.ts";
import { bytesOf } from "../shared/files/size.ts";
import { type ArchiveFields, DEFAULTS } from "./fields.ts";

/** What an archive asks for; plain data. */
export interface ArchiveParams {
  readonly path: string;
  readonly source: string;
  readonly strip: number;
  readonly links: boolean;
  readonly setId: boolean;
  readonly maxBytes: number;
  readonly maxEntries: number;
  readonly owner?: string;
  readonly group?: string;
}

/** Turns fields into parameters; mistakes are recorded in the context. */
export function resolveArchive(fields: ArchiveFields, context: ResolveContext): ArchiveParams {
  const { source, strip = 0, links = false, set_id, max_size, max_entries, owner, group } = fields;
  const { path } = namedPath(fields.path, context);
  const from = resolvePath(context.directory, source);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) {
    context.issue({
      path: ["source"],
      message: "source must be a file of this host, not a URL",
      hint: "let a download bring it, and name its path here",
    });
  } else if (path === "/") {
    context.issue({ path: ["path"], message: "nothing is unpacked to /: name a directory" });
  } else if (from === path || from.startsWith(`${path}/`)) {
    context.issue({ path: ["source"], message: "source is in the directory that is unpacked to" });
  }
  return {
    path,
    source: from,
    strip,
    links,
    setId: set_id ?? false,
    maxBytes: bytesOf(max_size ?? LIMITS.sourceBytes),
    maxEntries: max_entries ?? DEFAULTS.maxEntries,
    ...(owner === undefined ? {} : { owner: plainAccount(owner) }),
    ...(group === undefined ? {} : { group: plainAccount(group) }),
  };
}

/** It comes after what it is in, its source and its owner; all below is its own. */
export function relationsOf({ path, source, owner, group }: ArchiveParams): Relations {
  const needs: Needed[] = [`path:${source}`];
  if (owner !== undefined) needs.push(`user:${owner}`);
  if (group !== undefined) needs.push(`group:${group}`);
  return { entry: path, provides: [`tree:${path}`], needs };
}
