/**
 * What no file resource may do, because a host would not survive it or it would never end.
 *
 * @module
 */

import type { FieldIssue } from "../../kind/kind.ts";
import { parentOf } from "../shared/files/path.ts";
import { isSystemPath } from "../shared/files/system_paths.ts";

/** What of a file's parameters can be dangerous. */
interface Endangering {
  readonly path: string;
  readonly type: string;
  readonly source?: string;
  readonly recurse: boolean;
  readonly purge: boolean;
}

/** Records what parameters must not ask for. */
export function checkDangers(params: Endangering, issue: (issue: FieldIssue) => void): void {
  const { path, type, purge } = params;
  if (isSystemPath(path) && type === "absent") {
    issue({
      path: ["state"],
      message: `${path} cannot be absent: the system lives from it`,
      hint: "name what should go in it",
    });
  } else if (isSystemPath(path) && purge) {
    issue({
      path: ["purge"],
      message: `${path} cannot be purged: the system lives from it`,
      hint: "purge a directory further down",
    });
  }
  checkNesting(params, issue);
}

/** A tree that is copied into itself would be deeper with each run; one that is purged would go. */
function checkNesting(
  { path, type, source, recurse, purge }: Endangering,
  issue: (issue: FieldIssue) => void,
): void {
  if (source === undefined || type === "absent") return;
  const field = [type === "fragments" ? "fragments" : "source"];
  if (source === path) {
    issue({ path: field, message: `${field[0]} is the path itself: ${path}` });
    return;
  }
  if (type === "fragments" && parentOf(path) === source) {
    issue({
      path: field,
      message: `path is in the directory of its fragments: ${path} would be a part of itself`,
      hint: "choose a path outside of that directory",
    });
  }
  if (type !== "directory" || !(recurse || purge)) return;
  if (isBelow(path, source)) {
    issue({
      path: field,
      message: `path is inside of source: ${path} would be copied into itself`,
      hint: "choose a path outside of the source",
    });
  } else if (isBelow(source, path)) {
    issue({
      path: field,
      message: `source is inside of path: ${source} would be changed by its own copy`,
      hint: "keep the source elsewhere",
    });
  }
}

function isBelow(path: string, directory: string): boolean {
  return path.startsWith(directory === "/" ? "/" : `${directory}/`);
}
