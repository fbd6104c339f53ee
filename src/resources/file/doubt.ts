/**
 * A file of which only owner and mode are said, where a package may bring it.
 *
 * @module
 */

import type { FieldIssue } from "../../kind/kind.ts";
import type { FileParams } from "./params.ts";

/** Such a file is made empty where it is missing, which is hardly what was meant. */
export function emptinessDoubt(
  { type, path, owner, group, mode, ifExists }: FileParams,
  bringer: (path: string) => string | undefined,
): FieldIssue | undefined {
  const isAbout = owner !== undefined || group !== undefined || mode !== undefined;
  if (type !== "presence" || !isAbout || ifExists !== undefined) return undefined;
  const brings = bringer(path);
  if (brings === undefined) return undefined;
  return {
    path: ["name"],
    message: `where it is missing an empty file is made, and ${brings} may bring it`,
    hint: "if_exists: true leaves it to the package; if_exists: false says that it may be empty",
  };
}
