/**
 * What a file resource gives to others and needs from them.
 *
 * @module
 */

import type { Needed, Relations } from "../../kind/relations.ts";
import { parentOf, resolvePath } from "../shared/files/path.ts";
import type { FileParams } from "./params.ts";

/** It provides its path; it comes after its directory, its package, its owner and its origin. */
export function relationsOf(
  { path, type, source, target, owner, group, recurse }: FileParams,
): Relations {
  if (type === "absent") return { entry: path, removes: true };
  const needs: Needed[] = [];
  if (owner !== undefined) needs.push(`user:${owner}`);
  if (group !== undefined) needs.push(`group:${group}`);
  if (source !== undefined) needs.push(`path:${source}`);
  if (source !== undefined && type === "fragments") needs.push(`entries-of:${source}`);
  if (target !== undefined) needs.push(`path:${resolvePath(parentOf(path), target)}`);
  const copied = type === "directory" && source !== undefined && recurse;
  return copied ? { entry: path, provides: [`tree:${path}`], needs } : { entry: path, needs };
}
