/**
 * Which unit somebody may have meant who named one that is not there.
 *
 * @module
 */

import { nearest } from "../base/nearest.ts";
import { callManager } from "./manager.ts";
import { readInstallSection } from "./install_section.ts";
import type { NearUnit } from "./services.ts";
import type { LookContext } from "./unit_state.ts";

/** Files whose aliases are read. */
const READ_MAX = 2000;
/** Files that are read at the same time. */
const TOGETHER = 32;

/** A unit that has this name when it is enabled, or else one whose name is like it. */
export async function nearUnit(
  unit: string,
  { bus, signal }: LookContext,
): Promise<NearUnit | undefined> {
  const answer = await callManager(bus, "ListUnitFiles", {}, signal);
  if (!answer.ok) return undefined;
  // Suffixes are alike in all of them.
  const suffix = unit.slice(unit.lastIndexOf("."));
  const files = (answer.value[0] as [string, string][]).map(([path]) => path)
    .filter((path) => path.endsWith(suffix));
  const alias = await withAlias(unit, files, signal);
  if (alias !== undefined) return { name: alias, isAlias: true };
  const stem = unit.slice(0, -suffix.length);
  const stems = files.map((path) => nameOf(path).slice(0, -suffix.length));
  // Its own file may have come just now, and not have been read yet.
  const found = nearest(stem, stems.filter((name) => name !== stem));
  return found === undefined ? undefined : { name: `${found}${suffix}`, isAlias: false };
}

async function withAlias(
  unit: string,
  files: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const read = files.slice(0, READ_MAX);
  for (let at = 0; at < read.length && signal?.aborted !== true; at += TOGETHER) {
    const some = read.slice(at, at + TOGETHER);
    const sections = await Promise.all(
      some.map((path) => readInstallSection(nameOf(path), [path])),
    );
    const index = sections.findIndex(({ aliases }) => aliases.includes(unit));
    if (index >= 0) return nameOf(some[index] ?? "");
  }
  return undefined;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
