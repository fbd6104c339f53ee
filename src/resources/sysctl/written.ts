/**
 * What others have written down for a setting, and who has the last word at the next start.
 *
 * systemd-sysctl and `sysctl --system` read the files of all directories in the order of their names,
 * wherever they are; of two with one name only the first directory's counts, and the last assignment
 * wins. `sysctl` reads /etc/sysctl.conf after all of them, systemd where a link leads to it. A pattern
 * (`net.ipv4.conf.*.x`) never counts against a key that is named in full.
 *
 * @module
 */

import { ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import { LIMITS } from "../../base/limits.ts";
import type { KindContext } from "../../kind/kind.ts";
import { lookAtSource } from "../shared/files/source.ts";
import { DIRECTORY } from "./fields.ts";
import { settingPath, type SysctlParams } from "./params.ts";
import { normalized, sameValue } from "./values.ts";

/** Where such files are; a name in an earlier directory takes the place of it in later ones. */
export const DIRECTORIES = [
  "/etc/sysctl.d",
  "/run/sysctl.d",
  "/usr/local/lib/sysctl.d",
  "/usr/lib/sysctl.d",
  "/lib/sysctl.d",
];
/** What `sysctl --system` reads at last. */
export const LAST = "/etc/sysctl.conf";
/** What this kind writes itself. */
const OURS = new RegExp(`^${DIRECTORY}/(90|zz)-mgmt-[^/]*\\.conf$`);
/** Files that are read at most. */
const FILES = 1000;

/** A setting that is written down elsewhere. */
export interface WrittenSetting {
  /** The file's name, by which it is sorted. */
  readonly name: string;
  readonly path: string;
  readonly value: string;
}

/** What others say of the setting, in the order in which it is read. */
export async function writtenElsewhere(
  params: SysctlParams,
  context: KindContext,
): Promise<Result<readonly WrittenSetting[]>> {
  const paths = new Map<string, string>();
  for (const directory of DIRECTORIES) {
    const listed = await context.host.files.list(directory, context.signal);
    // A directory that cannot be read says nothing.
    for (const { name } of listed.ok ? listed.value.entries : []) {
      if (name.endsWith(".conf") && !paths.has(name)) paths.set(name, `${directory}/${name}`);
    }
  }
  const found: WrittenSetting[] = [];
  for (const name of [...paths.keys()].sort().slice(0, FILES)) {
    const path = paths.get(name) ?? "";
    if (isOurs(path, params, context)) continue;
    const value = await valueIn(path, params, context);
    if (value !== undefined) found.push({ name, path, value });
  }
  return ok(found);
}

/** What is written for another setting of the graph says nothing of this one, and may be much. */
function isOurs(
  path: string,
  { file, lateFile }: SysctlParams,
  { claimed }: KindContext,
): boolean {
  return path === file || path === lateFile || (OURS.test(path) && claimed(path));
}

/** What /etc/sysctl.conf says of the setting. */
export function valueInLast(
  params: SysctlParams,
  context: KindContext,
): Promise<string | undefined> {
  return valueIn(LAST, params, context);
}

/** Who has the last word against a file of this name, and says something else. */
export function overriding(
  file: string,
  { path, value }: SysctlParams,
  others: readonly WrittenSetting[],
): WrittenSetting | undefined {
  const name = file.slice(file.lastIndexOf("/") + 1);
  const last = others.filter((other) => other.name > name).at(-1);
  return last === undefined || sameValue(path, last.value, value) ? undefined : last;
}

/** The last value that a file gives to the setting. */
async function valueIn(
  file: string,
  { path }: SysctlParams,
  context: KindContext,
): Promise<string | undefined> {
  const seen = await lookAtSource(file, context);
  if (!seen.ok || seen.value.sight.type !== "file") return undefined;
  const { content, stat } = seen.value.sight;
  if (content === undefined || stat.size > LIMITS.syncReadBytes) return undefined;
  return parseSettings(new TextDecoder().decode(content)).get(path);
}

/** The assignments of a file by where the kernel has them; patterns are left out. */
function parseSettings(text: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, key, value] = /^\s*-?\s*([^#;=\s-][^=]*?)\s*=(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined || /[*?[]/.test(key)) continue;
    settings.set(settingPath(key), normalized(value));
  }
  return settings;
}
