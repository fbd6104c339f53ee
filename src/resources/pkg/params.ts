/** From the fields of a package to its parameters. */

import type { PackageTrust } from "../../packages/packages.ts";
import type { ResolveContext } from "../../kind/kind.ts";
import type { PkgFields } from "./fields.ts";

/** What a graph says about a package, with all that is left unsaid made plain. */
export interface PkgParams {
  readonly name: string;
  /** `installed`, `uninstalled`, `newest`, or a version. */
  readonly state: string;
  readonly trust: PackageTrust;
}

/** With the architecture, where the distribution has several: `libc6:i386`. */
const PACKAGE_NAME = /^[A-Za-z0-9][A-Za-z0-9+._-]*(:[a-z0-9_-]+)?$/;
const LONGEST_NAME = 255;
const VERSION = /^[A-Za-z0-9][A-Za-z0-9.+~:^_-]*$/;
/** Words of other programs for what is written differently here. */
const WORDS: Readonly<Record<string, string>> = {
  absent: "uninstalled",
  removed: "uninstalled",
  purged: "uninstalled",
  present: "installed",
  latest: "newest",
  exists: "installed",
};

/** Finds names that no package has, and words that are neither a state nor a version. */
export function resolvePkg(fields: PkgFields, { name, issue }: ResolveContext): PkgParams {
  const state = fields.state ?? "installed";
  if (!PACKAGE_NAME.test(name) || name.length > LONGEST_NAME) {
    issue({
      path: ["name"],
      message: `"${name}" is not the name of a package`,
      hint: "a package's name has letters, digits and + - . _ only",
    });
  }
  const meant = WORDS[state.toLowerCase()];
  if (meant !== undefined || !VERSION.test(state)) {
    issue({
      path: ["state"],
      message: `"${state}" is neither a state nor a version`,
      hint: meant === undefined ? "a version has no blanks" : `say ${meant}`,
    });
  }
  return {
    name,
    state,
    trust: {
      allowUntrusted: fields.allowuntrusted ?? false,
      allowNonfree: fields.allownonfree ?? false,
      allowUnsupported: fields.allowunsupported ?? false,
    },
  };
}
