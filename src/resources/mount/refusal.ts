/**
 * Why a mount cannot be brought about, from what is there before anything is changed.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { Sight } from "../../os/files/files.ts";
import type { KindContext } from "../../kind/kind.ts";
import { foreseeChange } from "../shared/files/foresee.ts";
import { parentOf } from "../shared/files/path.ts";
import { type Differences, readFstab } from "./check.ts";
import { tagFinder } from "./commands.ts";
import { findDevice, isWithoutDevice } from "./device.ts";
import { mountedBelow, usedBy } from "./in_use.ts";
import { FSTAB, type MountParams } from "./params.ts";
import { leftovers } from "./side_places.ts";
import { isKnownType, needsBlockDevice } from "./types.ts";

/** Why what was found cannot be put right; undefined: nothing speaks against trying. */
export async function refusal(
  found: Differences,
  params: MountParams,
  context: KindContext,
): Promise<Failure | undefined> {
  if (context.host.users.own !== 0) {
    const what = `cannot mount or unmount ${params.path}: only root can`;
    return failure(what, { code: "EACCES", needs: [], hint: "run as root" });
  }
  // First what a killed run has left is taken up, whatever comes of the rest.
  if (!context.noop && isLeft(params, context)) return undefined;
  return await cannotStep(found, params, context) ??
    (found.fstab ? await cannotWrite(context) : undefined);
}

/** Why /etc/fstab cannot be written: whoever is mounted should be there after a restart, too. */
async function cannotWrite(context: KindContext): Promise<Failure | undefined> {
  const read = await readFstab(context);
  if (!read.ok) return read.failure;
  return await foreseeChange({ path: FSTAB, seen: read.value.seen, does: "replace" }, context);
}

async function cannotStep(
  { step }: Differences,
  params: MountParams,
  context: KindContext,
): Promise<Failure | undefined> {
  if (step === "unmount") {
    const problem = await cannotUnmount(params, context);
    if (problem !== undefined) return problem;
  }
  // Its line in /etc/fstab is for whoever mounts it later.
  if (params.state === "unmounted" && params.fstab) return await unknownType(params, context);
  if (step !== "mount" && step !== "replace") return undefined;
  return await cannotMount(params, context) ??
    (step === "replace" ? await cannotUnmount(params, context) : undefined);
}

/** Whether a killed run has left something in the middle of a change. */
function isLeft({ path }: MountParams, { host: { mounts } }: KindContext): boolean {
  return leftovers(path, mounts.read()).length > 0;
}

/** What keeps it from being unmounted; who uses it is known for sure only when it is tried. */
async function cannotUnmount(
  { path, device, state }: MountParams,
  context: KindContext,
): Promise<Failure | undefined> {
  if (path === "/" && state === "mounted") {
    return failure(`the root file system cannot be replaced by ${device} while the host runs`, {
      code: "root",
      needs: [],
      hint: "write what is mounted there as its device",
    });
  }
  const below = mountedBelow(path, context);
  return below ?? (context.noop ? await usedBy(path, context) : undefined);
}

async function cannotMount(
  params: MountParams,
  context: KindContext,
): Promise<Failure | undefined> {
  const there = await whatIsAt(params.path, context);
  if (there.type === "failure") return there;
  return await unknownType(params, context) ?? await unfitDevice(params, there, context);
}

/**
 * What stands at the mount point. A link on the way would lead elsewhere: the kernel would list the
 * mount there, and it would be mounted again and again.
 */
async function whatIsAt(
  path: string,
  { host: { files }, signal }: KindContext,
): Promise<Exclude<Sight, { readonly type: "absent" | "symlink" }> | Failure> {
  const way = [path];
  for (let at = parentOf(path); at !== "/"; at = parentOf(at)) way.unshift(at);
  for (const at of way) {
    const seen = await files.look(at, { signal });
    if (!seen.ok) return seen.failure;
    const sight = seen.value;
    if (sight.type === "symlink") {
      return failure(`cannot mount on ${path}: ${at} is a link to ${sight.target}`, {
        code: "link",
        needs: [at],
        hint: "name the path it leads to",
      });
    }
    if (sight.type === "absent") {
      return failure(`cannot mount on ${path}: ${at} does not exist`, {
        code: "no-directory",
        needs: [at],
        hint: `make it with a file resource: path: ${path}/`,
      });
    }
    if (at === path) return sight;
  }
  return failure(`cannot mount on ${path}`);
}

async function unknownType(
  params: MountParams,
  context: KindContext,
): Promise<Failure | undefined> {
  const { device, path, type, bind } = params;
  if (bind || await isKnownType(type, context)) return undefined;
  const program = `mount.${type.split(".")[0]}`;
  return failure(
    `cannot mount ${device} on ${path}: neither the kernel nor a program ${program} knows the ` +
      `type ${type}`,
    { code: "no-type", hint: "is it written right, or is the package missing that brings it?" },
  );
}

async function unfitDevice(
  { device, path, type, bind }: MountParams,
  there: Sight,
  context: KindContext,
): Promise<Failure | undefined> {
  const no = (why: string, hint?: string): Failure =>
    failure(`cannot mount ${device} on ${path}: ${why}`, {
      code: "device",
      ...(hint === undefined ? {} : { hint }),
    });
  const mustBeDirectory = !bind && there.type !== "directory";
  if (mustBeDirectory) return no(`${path} is not a directory`);
  const needsBlock = !bind && await needsBlockDevice(type, context);
  const isNamed = needsBlock || device.startsWith("/dev/") || /^[A-Z]+=/.test(device);
  if (isWithoutDevice(type) || (!bind && !isNamed)) return undefined;
  const found = await findDevice(device, context.host.files, context.signal, tagFinder(context));
  if (!found.ok) return found.failure;
  if (found.value === undefined) return undefined;
  const { sight } = found.value;
  if (bind) {
    const same = (sight.type === "directory") === (there.type === "directory");
    return same ? undefined : no(`one of them is a directory, and the other is not`);
  }
  if (!needsBlock || sight.type === "file") return undefined;
  if (sight.type === "directory") {
    return no(`${device} is a directory`, "with the option bind it is shown there");
  }
  return sight.what === "a block device" ? undefined : no(`${device} is not a block device`);
}
