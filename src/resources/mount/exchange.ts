/**
 * Putting one file system in the place of another without losing either: the new one is mounted in a
 * place of its own first, and the old one is kept in another until the new one is where it belongs.
 * What a killed run leaves in these places is taken up by the next one.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import type { MountedFileSystem } from "../../os/mounts/mount_list.ts";
import type { KindContext } from "../../kind/kind.ts";
import { bind, mount, run, tagFinder, unmount } from "./commands.ts";
import { whyBusy } from "./in_use.ts";
import { isWanted } from "./device.ts";
import { mountedAt, mountsAt } from "./check.ts";
import type { MountParams } from "./params.ts";
import { FORMER, FRESH, leftovers, SIDE_ROOT, sidePlace } from "./side_places.ts";

/** Puts it in the place of what is mounted there. */
export async function exchange(
  params: MountParams,
  context: KindContext,
): Promise<Failure | undefined> {
  const stack = mountsAt(params.path, context);
  if (!stack.ok) return stack.failure;
  const above = await countAbove(stack.value, params, context);
  if (above !== undefined) return await unmountSome(above, params, context);
  const old = stack.value.at(-1);
  if (old === undefined) return await mount(params, context);
  const made = await makePlaces(params, context);
  if (made !== undefined) return made;
  const problem = await swap(params, old, context);
  const left = await removePlaces(params, context);
  if (left !== undefined) context.warn(left.message);
  return problem;
}

/** How many are mounted on top of what is wanted; undefined: that is none of them. */
async function countAbove(
  stack: readonly MountedFileSystem[],
  params: MountParams,
  context: KindContext,
): Promise<number | undefined> {
  const { host: { files }, signal } = context;
  // What a bind mount shows can be seen only of the one on top.
  if (params.bind) return undefined;
  for (let above = 1; above < stack.length; above++) {
    const under = stack[stack.length - 1 - above];
    const is = under && await isWanted(params, under, files, signal, tagFinder(context));
    if (is?.ok && is.value) return above;
  }
  return undefined;
}

async function swap(
  params: MountParams,
  old: MountedFileSystem,
  context: KindContext,
): Promise<Failure | undefined> {
  const { path, options = [] } = params;
  const [fresh, former] = [sidePlace(path, FRESH), sidePlace(path, FORMER)];
  // What is mounted below is shown with it, and would be unmounted with the copy.
  const canBeTried = !options.includes("rbind");
  const refused = canBeTried ? await mount(params, context, fresh) : undefined;
  if (refused?.code === "busy" && isDisk(old)) return await oneAfterTheOther(params, old, context);
  if (refused !== undefined) return refused;
  const unkept = await bind(path, former, params, context);
  if (unkept !== undefined) return unkept;
  const problem = await unmountSome(1, params, context) ??
    (canBeTried
      ? await bind(fresh, path, params, unstopped(context))
      : await mount(params, context));
  if (problem === undefined || isThere(old, params, context)) return problem;
  return withOld(problem, await bind(former, path, params, unstopped(context)));
}

/** What takes a moment, and must not be left half done. */
function unstopped(context: KindContext): KindContext {
  return { ...context, signal: new AbortController().signal };
}

/** Whether a file system is mounted there, maybe below others. */
function isThere(
  { device, root }: MountedFileSystem,
  { path }: MountParams,
  context: KindContext,
): boolean {
  const stack = mountsAt(path, context);
  return stack.ok && stack.value.some((each) => each.device === device && each.root === root);
}

/** A device that is mounted cannot be mounted as another type; what it holds is not lost. */
async function oneAfterTheOther(
  params: MountParams,
  old: MountedFileSystem,
  context: KindContext,
): Promise<Failure | undefined> {
  const { path } = params;
  const { source, type, options } = old;
  const problem = await unmountSome(1, params, context) ?? await mount(params, context);
  if (problem === undefined || isThere(old, params, context)) return problem;
  const argv = ["mount", "-t", type, "-o", options.join(","), "--", source, path] as const;
  const what = `mount ${source} on ${path} again`;
  return withOld(problem, await run(argv, what, params, unstopped(context)));
}

function withOld(problem: Failure, lost: Failure | undefined): Failure {
  const what = lost === undefined ? "what was mounted before is mounted again" : lost.message;
  return { ...problem, message: `${problem.message}; ${what}` };
}

function isDisk({ source, root }: MountedFileSystem): boolean {
  return source.startsWith("/dev/") && root === "/";
}

/**
 * Takes up what an exchange left that was killed: what was there before is mounted again unless it, or
 * what was to come, is there; and the places are freed. True: something was done.
 */
export async function takeUp(
  params: MountParams,
  context: KindContext,
): Promise<boolean | Failure> {
  const { path } = params;
  if (leftovers(path, context.host.mounts.read()).length === 0) return false;
  const former = mountedAt(sidePlace(path, FORMER), context);
  if (!former.ok) return former.failure;
  if (former.value !== undefined && !hasComeOrStayed(former.value, params, context)) {
    const problem = await bind(former.value.point, path, params, context);
    if (problem !== undefined) return problem;
  }
  return await removePlaces(params, context) ?? true;
}

function hasComeOrStayed(
  former: MountedFileSystem,
  params: MountParams,
  context: KindContext,
): boolean {
  if (isThere(former, params, context)) return true;
  const fresh = mountedAt(sidePlace(params.path, FRESH), context);
  if (fresh.ok && fresh.value !== undefined) return isThere(fresh.value, params, context);
  // What was not tried before came without a place of its own.
  const stack = mountsAt(params.path, context);
  return stack.ok && stack.value.length > 0;
}

/** Unmounts all that is mounted there, one above the other; what is in use stays. */
export async function unmountAll(
  params: MountParams,
  context: KindContext,
): Promise<Failure | undefined> {
  const stack = mountsAt(params.path, context);
  return stack.ok ? await unmountSome(stack.value.length, params, context) : stack.failure;
}

/** Unmounts those on top. */
async function unmountSome(
  count: number,
  params: MountParams,
  context: KindContext,
): Promise<Failure | undefined> {
  for (let left = count; left > 0; left--) {
    const problem = await unmount(params, context);
    if (problem?.code === "busy") return await whyBusy(params.path, context);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

async function makePlaces(
  { path }: MountParams,
  { host: { files } }: KindContext,
): Promise<Failure | undefined> {
  const places = [sidePlace(path), sidePlace(path, FRESH), sidePlace(path, FORMER)];
  for (const place of [SIDE_ROOT, ...places]) {
    const seen = await files.look(place);
    if (!seen.ok) return seen.failure;
    if (seen.value.type === "directory") continue;
    const made = await files.makeDirectory(place, { uid: 0, gid: 0, mode: 0o700 });
    if (!made.ok) return made.failure;
  }
  return undefined;
}

/** Unmounts what is in the places, and removes them. */
async function removePlaces(
  params: MountParams,
  context: KindContext,
): Promise<Failure | undefined> {
  const { path } = params;
  const { files, mounts } = context.host;
  for (const place of leftovers(path, mounts.read())) {
    const problem = await unmount(params, unstopped(context), place);
    if (problem !== undefined) return problem;
  }
  for (const place of [sidePlace(path, FRESH), sidePlace(path, FORMER), sidePlace(path)]) {
    const seen = await files.look(place);
    if (!seen.ok || seen.value.type !== "directory") continue;
    await files.remove(place, seen.value, { tree: false });
  }
  return undefined;
}
