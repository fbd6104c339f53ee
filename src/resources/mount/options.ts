/**
 * Options of mounts: what is asked for against what is in force. Pure.
 *
 * What the kernel shows is not what was asked for: it adds defaults, leaves others out, and writes
 * sizes in its own units. So only what can be told for sure counts as a difference.
 *
 * @module
 */

import type { MountedFileSystem } from "../../os/mounts/mount_list.ts";

/** Of each of these one is in force, the first where nothing is said. */
const FLAGS = {
  access: ["rw", "ro"],
  suid: ["suid", "nosuid"],
  dev: ["dev", "nodev"],
  exec: ["exec", "noexec"],
  atime: ["relatime", "noatime", "strictatime"],
  sync: ["async", "sync"],
  diratime: ["diratime", "nodiratime"],
  symfollow: ["symfollow", "nosymfollow"],
  lazytime: ["nolazytime", "lazytime"],
  mand: ["nomand", "mand"],
} as const;

type MountFlag = keyof typeof FLAGS;

/** These count also where nothing is said of them. */
const ALWAYS: readonly MountFlag[] = ["access", "suid", "dev", "exec", "atime", "sync"];
/** What other words mean. */
const MEANS: Readonly<Record<string, readonly string[]>> = {
  defaults: ["rw", "suid", "dev", "exec", "async"],
  user: ["noexec", "nosuid", "nodev"],
  users: ["noexec", "nosuid", "nodev"],
  owner: ["nosuid", "nodev"],
  group: ["nosuid", "nodev"],
  atime: ["relatime"],
  norelatime: ["relatime"],
  nostrictatime: ["relatime"],
};
/** What is for programs that read /etc/fstab, not for the kernel. */
const FOR_PROGRAMS =
  /^(defaults|auto|noauto|user|nouser|users|owner|group|nofail|_netdev|comment=.*|[xX]-.*|bind|rbind|loop(=.*)?|uhelper=.*)$/;
/** Where the kernel leaves these out, they have their default. */
const ALWAYS_SHOWN: Readonly<Record<string, readonly string[]>> = { tmpfs: ["size", "nr_inodes"] };

/** The kernel rounds sizes to whole pages. */
const PAGE_BYTES = 4096;

const flagOf = new Map<string, MountFlag>(
  Object.entries(FLAGS).flatMap(([flag, words]) => words.map((word) => [word, flag as MountFlag])),
);

/** Whether it shows another directory, not a device. */
export function isBind(options: readonly string[]): boolean {
  return options.some((each) => /^r?bind$/.test(each));
}

/** The words of a text with commas; those in quotes separate nothing. */
export function splitOptions(text: string): string[] {
  const words = text.match(/(?:"[^"]*"|[^,"])+/g) ?? [];
  return words.map((word) => word.trim()).filter((word) => word !== "");
}

/** Whether an option means the same for file systems of all types. */
export function isCommon(option: string): boolean {
  return flagOf.has(option) || option in MEANS || FOR_PROGRAMS.test(option);
}

/** What is asked for and not in force, as `ro → rw`. */
export function optionDifferences(wanted: readonly string[], mount: MountedFileSystem): string[] {
  const differences: string[] = [];
  for (const [flag, word] of wantedFlags(wanted)) {
    const is = flagInForce(flag, mount);
    if (is !== word) differences.push(`${is} → ${word}`);
  }
  const shown = shownValues(mount);
  for (const option of wanted) {
    if (isCommon(option)) continue;
    const difference = valueDifference(option, shown, mount.type);
    if (difference !== undefined) differences.push(difference);
  }
  return differences;
}

/** The options for mounting, and with `remount` those that bring all into force that can be. */
export function kernelOptions(wanted: readonly string[], remount: boolean): string[] {
  const bind = wanted.filter((each) => /^r?bind$|^loop(=|$)/.test(each));
  const own = wanted.filter((each) => !FOR_PROGRAMS.test(each));
  if (!remount) return [...bind, ...impliedBy(wanted), ...own];
  // What is not named stays as it is, so all are named.
  const flags = [...wantedFlags(wanted).values()];
  const others = own.filter((each) => !flagOf.has(each) && !(each in MEANS));
  return isBind(wanted) ? ["remount", "bind", ...flags] : ["remount", ...flags, ...others];
}

/** What the words for programs ask of the kernel; a later word may take it back. */
function impliedBy(wanted: readonly string[]): string[] {
  return wanted.flatMap((each) => each === "defaults" ? [] : MEANS[each] ?? [])
    .filter((word) => FLAGS[flagOf.get(word) ?? "access"].some((each) => each === word));
}

function wantedFlags(wanted: readonly string[]): Map<MountFlag, string> {
  // Who shows a directory a second time shows it as it is, where nothing else is said.
  const always = isBind(wanted) ? [] : ALWAYS;
  const flags = new Map<MountFlag, string>(always.map((flag) => [flag, FLAGS[flag][0]]));
  for (const option of wanted) {
    for (const word of MEANS[option] ?? [option]) {
      const flag = flagOf.get(word);
      if (flag !== undefined) flags.set(flag, word);
    }
  }
  // The kernel does not say more than that.
  if (flags.get("atime") === "noatime") flags.delete("diratime");
  return flags;
}

function flagInForce(flag: MountFlag, { options, superOptions }: MountedFileSystem): string {
  const all = [...options, ...superOptions];
  const [first, ...others] = FLAGS[flag];
  if (flag === "atime") {
    return all.includes("noatime") ? "noatime" : all.includes(first) ? first : "strictatime";
  }
  return others.find((word) => all.includes(word)) ?? first;
}

function shownValues({ options, superOptions }: MountedFileSystem): Map<string, string> {
  return new Map([...superOptions, ...options].map((option) => {
    const at = option.indexOf("=");
    return at < 0 ? [option, ""] : [option.slice(0, at), option.slice(at + 1)];
  }));
}

/** One option of a file system. What the kernel does not show at all cannot be told. */
function valueDifference(
  option: string,
  shown: ReadonlyMap<string, string>,
  type: string,
): string | undefined {
  const at = option.indexOf("=");
  if (at < 0) {
    const opposite = option.startsWith("no") ? option.slice(2) : `no${option}`;
    return !shown.has(option) && shown.has(opposite) ? `${opposite} → ${option}` : undefined;
  }
  const given = option.slice(0, at);
  const key = given === "nfsvers" ? "vers" : given;
  const value = option.slice(at + 1).replace(/^"(.*)"$/, "$1");
  const is = shown.get(key);
  if (is === undefined) {
    return ALWAYS_SHOWN[type]?.includes(key) ? `no ${key} → ${option}` : undefined;
  }
  return sameValue(key, is, value) ? undefined : `${key}=${is} → ${option}`;
}

function sameValue(key: string, is: string, wanted: string): boolean {
  if (is === wanted) return true;
  if (key === "vers") return is.startsWith(`${wanted}.`);
  if (key === "subvol") return is.replace(/^\//, "") === wanted.replace(/^\//, "");
  if (/^[df]?mode$|mask$/.test(key)) return parseInt(is, 8) === parseInt(wanted, 8);
  // A name, or a share of what there is: the kernel shows what became of it.
  if (/^[ug]id$/.test(key) && !/^[0-9]+$/.test(wanted)) return true;
  if (wanted.endsWith("%")) return true;
  const page = key === "size" ? PAGE_BYTES : 1;
  const [a, b] = [sizeOf(is), sizeOf(wanted)].map((size) => Math.ceil((size ?? NaN) / page));
  return a === b;
}

/** `16384k`, `16m`. */
function sizeOf(text: string): number | undefined {
  const match = /^([0-9]+)([kmgt]?)$/i.exec(text);
  if (match === null) return undefined;
  const unit = ["", "k", "m", "g", "t"].indexOf((match[2] ?? "").toLowerCase());
  return Number(match[1]) * 1024 ** unit;
}
