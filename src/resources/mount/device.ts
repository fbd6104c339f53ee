/**
 * Whether what is mounted somewhere is what should be.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import type { Files, Sight } from "../../os/files/files.ts";
import type { MountedFileSystem } from "../../os/mounts/mount_list.ts";
import { resolvePath } from "../shared/files/path.ts";
import type { MountParams } from "./params.ts";

/** Where the kernel's device manager keeps links by what is written in front of the sign. */
const TAGS: Readonly<Record<string, string>> = {
  UUID: "/dev/disk/by-uuid/",
  LABEL: "/dev/disk/by-label/",
  PARTUUID: "/dev/disk/by-partuuid/",
  PARTLABEL: "/dev/disk/by-partlabel/",
  ID: "/dev/disk/by-id/",
};
/** Types that are of no device: what is written in its place is only a name. */
const WITHOUT_DEVICE =
  /^(tmpfs|ramfs|devtmpfs|overlay|proc|sysfs|devpts|mqueue|hugetlbfs|cgroup2?|debugfs|tracefs|securityfs|configfs|pstore|bpf|binfmt_misc|rpc_pipefs|autofs)$/;
const LONGEST_CHAIN = 16;
const decoder = new TextDecoder();

/** The path that stands for a device; undefined: it is none of this machine. */
export function devicePath(device: string): string | undefined {
  const tag = /^([A-Z]+)=(?:"(.*)"|(.*))$/.exec(device);
  const directory = TAGS[tag?.[1] ?? ""];
  if (directory !== undefined) return directory + encodeTag(tag?.[2] ?? tag?.[3] ?? "");
  // `//server/share`, and several devices in a row.
  return device.startsWith("/") && !/^\/\/|:\//.test(device) ? device : undefined;
}

/** As the device manager writes names: what is no plain character as `\x20`. */
function encodeTag(text: string): string {
  return text.replace(
    /[^\w#+\-.:=@\u0080-\uffff]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

/** A device of this machine, as it is now. */
export interface FoundDevice {
  readonly path: string;
  readonly sight: Exclude<Sight, { readonly type: "absent" | "symlink" }>;
}

/** Asks who reads the devices themselves which one carries a tag, for instance `UUID=…`. */
export type FindTag = (tag: string) => Promise<string | undefined>;

/** Where a device is now; undefined: it is none of this machine. */
export async function findDevice(
  device: string,
  files: Files,
  signal: AbortSignal,
  findTag?: FindTag,
): Promise<Result<FoundDevice | undefined>> {
  const path = devicePath(device);
  if (path === undefined) return ok(undefined);
  const linked = await follow(path, files, signal);
  const mayBeFound = !linked.ok && linked.failure.code === "no-device" && !device.startsWith("/");
  if (!mayBeFound || findTag === undefined) return linked;
  // Nobody keeps the links where no device manager runs, as in a container.
  const found = await findTag(device);
  return found === undefined ? missing(device) : await follow(found, files, signal);
}

/** Whether a type is of no device: what is written in its place is only a name. */
export function isWithoutDevice(type: string): boolean {
  return WITHOUT_DEVICE.test(type);
}

/** Whether this is what the parameters ask for; a failure where that cannot be known. */
export async function isWanted(
  params: MountParams,
  mount: MountedFileSystem,
  files: Files,
  signal: AbortSignal,
  findTag?: FindTag,
): Promise<Result<boolean>> {
  if (params.bind) return await sameDirectory(params, files, signal);
  if (!sameType(params.type, mount.type)) return ok(false);
  if (isWithoutDevice(mount.type) || params.device === mount.source) return ok(true);
  const wanted = await findDevice(params.device, files, signal, findTag);
  if (!wanted.ok) return wanted;
  if (wanted.value === undefined) {
    return ok(plainSource(params.device) === plainSource(mount.source));
  }
  const { path, sight } = wanted.value;
  // One device may have several names, and the kernel keeps the one it was mounted by.
  if (sight.type === "other" && sight.device === mount.device) return ok(true);
  const is = await backing(mount.source, files, signal);
  return is.ok ? ok(is.value === path) : is;
}

function sameType(wanted: string, is: string): boolean {
  if (wanted === "auto" || wanted === is) return true;
  if (/^nfs4?$/.test(wanted)) return /^nfs4?$/.test(is);
  return /^(ntfs|ntfs-3g|exfat|exfat-fuse)$/.test(wanted) && is === "fuseblk";
}

/** `server:/export/` and `server:/export` are one. */
function plainSource(source: string): string {
  return source.length > 1 ? source.replace(/\/+$/, "") : source;
}

/** A directory that is seen at two places is one: the same number on the same device. */
async function sameDirectory(
  { device, path }: MountParams,
  files: Files,
  signal: AbortSignal,
): Promise<Result<boolean>> {
  const shown = await files.look(device, { signal });
  if (!shown.ok) return shown;
  if (shown.value.type === "absent") return missing(device);
  const there = await files.look(path, { signal });
  if (!there.ok) return there;
  if (there.value.type === "absent") return ok(false);
  const [a, b] = [shown.value.stat, there.value.stat];
  return ok(a.device === b.device && a.inode === b.inode);
}

/** Where links lead in the end, and what is there. */
async function follow(
  path: string,
  files: Files,
  signal: AbortSignal,
): Promise<Result<FoundDevice>> {
  let at = path;
  for (let count = 0; count < LONGEST_CHAIN; count++) {
    const seen = await files.look(at, { signal });
    if (!seen.ok) return seen;
    const sight = seen.value;
    if (sight.type === "absent") return missing(path);
    if (sight.type !== "symlink") return ok({ path: at, sight });
    at = resolvePath(sight.directory, sight.target);
  }
  return fail(`${path} is a chain of links without an end`, { code: "links" });
}

function missing(device: string): Result<never> {
  return fail(`there is no ${device} on this host now`, {
    code: "no-device",
    hint: "it is mounted as soon as it appears",
  });
}

/** What a source is in the end: of a loop device the file that it shows. */
async function backing(source: string, files: Files, signal: AbortSignal): Promise<Result<string>> {
  const loop = /^\/dev\/(loop[0-9]+)$/.exec(source)?.[1];
  if (loop !== undefined) {
    const told = `/sys/devices/virtual/block/${loop}/loop/backing_file`;
    const seen = await files.look(told, { contentUpToBytes: 8192, signal });
    if (seen.ok && seen.value.type === "file" && seen.value.content !== undefined) {
      return ok(decoder.decode(seen.value.content).replace(/\n$/, ""));
    }
  }
  if (!source.startsWith("/")) return ok(source);
  const followed = await follow(source, files, signal);
  if (followed.ok) return ok(followed.value.path);
  return followed.failure.code === "no-device" ? ok(source) : followed;
}
