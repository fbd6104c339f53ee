/**
 * Where systemd looks for units and their drop-ins.
 *
 * @module
 */

import { namesOfUnit } from "../../base/unit_names.ts";

/** Where an administrator puts unit files. */
export const LOCAL_UNITS = "/etc/systemd/system";

/** Where the files of the system's units are; what comes with packages is in the last two. */
const UNIT_DIRECTORIES = [
  LOCAL_UNITS,
  "/run/systemd/system",
  "/usr/local/lib/systemd/system",
  "/usr/lib/systemd/system",
  "/lib/systemd/system",
];

const PACKAGED = UNIT_DIRECTORIES.slice(-2);

const BELOW = new RegExp(`^(?:${UNIT_DIRECTORIES.join("|")})/([^/]+)(/[^/]+)?$`);

/** Whether what is in a directory may be a unit's file or drop-in. */
export function mayHoldUnits(directory: string): boolean {
  return UNIT_DIRECTORIES.some((each) => directory.startsWith(each));
}

/** The unit that a path belongs to, and whether as its file or as a drop-in. */
export function unitOfPath(path: string): { unit: string; dropIn: boolean } | undefined {
  const [, first, second] = BELOW.exec(path) ?? [];
  if (first === undefined) return undefined;
  if (first.endsWith(".d")) return { unit: first.slice(0, -".d".length), dropIn: true };
  return second === undefined ? { unit: first, dropIn: false } : undefined;
}

/** The paths that a unit's file has where it comes with a package. */
export function packagedPathsOf(unit: string): readonly string[] {
  return namesOfUnit(unit).flatMap((name) => PACKAGED.map((directory) => `${directory}/${name}`));
}
