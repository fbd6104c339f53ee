/**
 * How mounts are taken back: what was mounted is unmounted, what was unmounted is mounted again, and
 * the lines in /etc/fstab are as they were.
 *
 * @module
 */

import { fail, type Failure, failure, ok, type Result } from "../../base/result.ts";
import type { KindUndo, ThingState, TouchedThing } from "../../kind/undo.ts";
import type { WorkContext } from "../../kind/work_context.ts";
import type { MountedFileSystem } from "../../os/mounts/mount_list.ts";
import { changeOfLines, LINES_UNDO } from "../shared/undo/lines.ts";
import { type Differences, type MountMemory, mountsAt } from "./check.ts";
import { run } from "./commands.ts";
import { whyBusy } from "./in_use.ts";
import { tellSystemd } from "./keep_fstab.ts";
import { FSTAB, type MountParams } from "./params.ts";

/** What a mounted file system is called. */
const MOUNT = "mount";
const TIMEOUT = { timeoutSeconds: 60 };
/** What is mounted one above the other at most. */
const STACK_MOST = 32;

/** What is mounted, and what /etc/fstab says. */
export const MOUNT_UNDO: KindUndo<MountParams, Differences, MountMemory> = {
  touches: ({ step }, { path }, context) => {
    if (step === undefined) return ok([]);
    const before = lookAtMount({ is: MOUNT, name: path }, context);
    return before.ok ? ok([{ is: MOUNT, name: path, before: before.value }]) : before;
  },
  made: async (memory, context) => {
    const { fstab } = memory;
    delete memory.fstab;
    if (fstab === undefined) return ok([]);
    return await changeOfLines(FSTAB, fstab.seen, fstab.content, context);
  },
  look: (thing, fields, context) =>
    thing.is === MOUNT ? lookAtMount(thing, context) : LINES_UNDO.look(thing, fields, context),
  foresees: (thing, wanted, context) => {
    if (thing.is !== MOUNT) return LINES_UNDO.foresees(thing, wanted, context);
    const from = bindSource(wanted, context);
    return from.ok ? undefined : from.failure;
  },
  restore: async (thing, wanted, context) => {
    if (thing.is === MOUNT) return await restoreMount(thing.name, wanted, context);
    const problem = await LINES_UNDO.restore(thing, wanted, context);
    if (problem === undefined) await tellSystemd(context);
    return problem;
  },
};

function lookAtMount({ name }: TouchedThing, context: WorkContext): Result<ThingState> {
  const stack = mountsAt(name, context);
  if (!stack.ok) return stack;
  const top = stack.value.at(-1);
  if (top === undefined) return ok({ type: "absent" });
  const { source, type: fs, root, options, superOptions } = top;
  const all = [...options, ...superOptions.filter((option) => !options.includes(option))];
  return ok({ type: MOUNT, source, fs, root, options: all.join(",") });
}

async function restoreMount(
  path: string,
  wanted: ThingState,
  context: WorkContext,
): Promise<Failure | undefined> {
  if (wanted["type"] === "absent") return await unmountAll(path, context);
  const now = lookAtMount({ is: MOUNT, name: path }, context);
  if (!now.ok) return now.failure;
  const there = now.value["type"] === MOUNT;
  const whole = there ? { ...now.value, ...wanted } : wanted;
  if (there && Object.keys(wanted).every((field) => field === "options")) {
    return await mountAgain(path, whole, true, context);
  }
  const unmounted = there ? await unmountOnce(path, context) : undefined;
  return unmounted ?? await mountAgain(path, whole, false, context);
}

async function unmountAll(path: string, context: WorkContext): Promise<Failure | undefined> {
  for (let count = 0; count < STACK_MOST; count++) {
    const stack = mountsAt(path, context);
    if (!stack.ok) return stack.failure;
    if (stack.value.length === 0) return undefined;
    const problem = await unmountOnce(path, context);
    if (problem !== undefined) return problem;
  }
  return failure(`${path} has more than ${STACK_MOST} mounts, one above the other`);
}

async function unmountOnce(path: string, context: WorkContext): Promise<Failure | undefined> {
  const problem = await run(["umount", "--", path], `unmount ${path}`, TIMEOUT, context);
  return problem?.code === "busy" ? await whyBusy(path, context) : problem;
}

async function mountAgain(
  path: string,
  wanted: ThingState,
  isThere: boolean,
  context: WorkContext,
): Promise<Failure | undefined> {
  const { source, fs, options } = wanted;
  const from = bindSource(wanted, context);
  if (!from.ok) return from.failure;
  const what = `mount ${source} on ${path} again`;
  if (from.value !== undefined && !isThere) {
    const bound = await run(["mount", "--bind", "--", from.value, path], what, TIMEOUT, context);
    return bound ?? await mountAgain(path, wanted, true, context);
  }
  const bind = from.value === undefined ? [] : ["bind"];
  const all = [...isThere ? ["remount", ...bind] : [], String(options)].join(",");
  const argv = ["mount", "-t", String(fs), "-o", all, "--", String(source), path] as const;
  return await run(argv, what, TIMEOUT, context);
}

/** Where a part of a file system is seen that was mounted by itself; undefined: it was mounted whole. */
function bindSource(wanted: ThingState, context: WorkContext): Result<string | undefined> {
  const { root, source, fs } = wanted;
  if (root === undefined || root === "/") return ok(undefined);
  const all = context.host.mounts.read();
  if (!all.ok) return all;
  const inside = (outer: string) => outer === "/" || `${root}/`.startsWith(`${outer}/`);
  const isSame = (mount: MountedFileSystem) =>
    mount.source === source && mount.type === fs && inside(mount.root);
  const whole = all.value.filter(isSame).sort((a, b) => a.root.length - b.root.length)[0];
  if (whole === undefined) {
    return fail(`${root} of ${source} was mounted there, and is mounted nowhere else now`, {
      code: "not-made",
    });
  }
  const rest = String(root).slice(whole.root === "/" ? 0 : whole.root.length);
  return ok(`${whole.point === "/" ? "" : whole.point}${rest}`);
}
