/** What a package is, against what it should be. */

import type { PackageState } from "../../packages/packages.ts";
import type { PkgParams } from "./params.ts";

/** What is not as it should be, as one line; undefined: all is. */
export function difference(
  { name, state }: PkgParams,
  { installed, available, broken }: PackageState,
): string | undefined {
  const there = installed === undefined ? "" : ` ${installed}`;
  if (broken !== undefined) return `${name}${there} is ${broken}`;
  if (state === "uninstalled") {
    return installed === undefined ? undefined : `${name}${there} is installed`;
  }
  if (installed === undefined) {
    const offer = state !== "installed" && state !== "newest"
      ? `${state} is wanted`
      : available === undefined
      ? "and no source is known to offer it"
      : `${available} is available`;
    return `${name} is not installed (${offer})`;
  }
  if (state === "installed") return undefined;
  if (state === "newest") {
    const newer = available !== undefined && available !== installed;
    return newer ? `${name}${there} → ${available}` : undefined;
  }
  return installed === state ? undefined : `${name}${there} → ${state}`;
}
