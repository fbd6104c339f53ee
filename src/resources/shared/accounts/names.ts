/**
 * The names of users and groups.
 *
 * @module
 */

import type { ResolveContext } from "../../../kind/kind.ts";

/** Why a text cannot be the name of a user or group; undefined: it can. */
export function nameMistake(name: string): string | undefined {
  if (/^[0-9]+$/.test(name)) return "is a number";
  if (name.length > 32) return "is longer than 32 characters";
  if (name === "." || name === "..") return "is a directory";
  return /^[A-Za-z0-9_.][A-Za-z0-9_.-]*\$?$/.test(name)
    ? undefined
    : "can have letters, digits and the signs _ . - only";
}

/** Names as the files of accounts list them. */
export function listed(names: readonly string[]): string {
  return names.length === 0 ? "(none)" : names.join(",");
}

/** Records that nobody can have this name, and that who is absent is root. */
export function checkName(
  name: string,
  absent: boolean,
  issue: ResolveContext["issue"],
): void {
  const mistake = nameMistake(name);
  if (mistake !== undefined) {
    issue({ path: ["name"], message: `${JSON.stringify(name)} ${mistake}` });
  }
  if (absent && name === "root") {
    issue({ path: ["state"], message: "root cannot be absent: the system lives from it" });
  }
}
