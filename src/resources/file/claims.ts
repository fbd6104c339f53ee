/**
 * What a file resource says of paths, and where collected ones may come.
 *
 * @module
 */

import type { AttributeExpectation, AttributeName, Claim } from "../../kind/claim.ts";
import type { CollectRule } from "../../kind/export.ts";
import { type FileParams, isTree } from "./params.ts";
import { resolvePath } from "../shared/files/path.ts";

/** What it says of its path; a tree also of what is below. */
export function claimsOf(params: FileParams): readonly Claim[] {
  const claim = claimOf(params);
  if (!params.ifExists) return [claim];
  // Somebody else brings it.
  return [{ ...claim, says: claim.says === "all" ? "part" : claim.says, entry: "needed" }];
}

function claimOf(params: FileParams): Claim {
  const { path, type, source, recurse } = params;
  switch (type) {
    case "absent":
    case "link":
      return { path, says: "all", type };
    case "content":
    case "source":
    case "fragments":
      return { path, says: "all", type: "file" };
    case "presence":
      return { path, says: "presence", type: "file", attributes: attributesOf(params) };
    case "directory": {
      const attributes = attributesOf(params);
      const claim: Claim = { path, says: "presence", type, attributes };
      if (!isTree(params)) return claim;
      const below = { deep: recurse, attributes: recurse ? attributes : [] };
      return { ...claim, below: source === undefined ? below : { ...below, source } };
    }
  }
}

function attributesOf({ owner, group, mode }: FileParams): readonly AttributeName[] {
  return Object.entries({ owner, group, mode })
    .filter(([, value]) => value !== undefined).map(([name]) => name as AttributeName);
}

/** Where a rule puts files: in the directory of its pattern, or where it allows them to be. */
export function placesOf({ pattern, allow }: CollectRule): readonly AttributeExpectation[] {
  if (pattern !== undefined) return [{ path: resolvePath("/", pattern), reach: "entries" }];
  return allow.filter((place) => place.startsWith("/")).map((place) => ({
    path: resolvePath("/", place),
    reach: place.endsWith("/") ? "below" : "itself",
  }));
}
