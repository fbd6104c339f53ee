/**
 * What a file resource gives to others and needs from them.
 *
 * @module
 */

import type { Needed, Ties } from "../../kind/ties.ts";
import type { FileParams } from "./params.ts";
import { parentOf, resolvePath } from "./path.ts";

/** It provides its path; it comes after its directory, its package, its owner and its origin. */
export function tiesOf({ path, type, source, target, owner, group, recurse }: FileParams): Ties {
  const needs: Needed[] = [`within:${path}`, `package-of:${path}`];
  if (type === "absent") return { provides: [`path:${path}`], needs, removes: true };
  if (owner !== undefined) needs.push(`user:${owner}`);
  if (group !== undefined) needs.push(`group:${group}`);
  if (source !== undefined) needs.push(`path:${source}`);
  if (target !== undefined) needs.push(`path:${resolvePath(parentOf(path), target)}`);
  const copied = type === "directory" && source !== undefined && recurse;
  return { provides: [copied ? `tree:${path}` : `path:${path}`], needs };
}
