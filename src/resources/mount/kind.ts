/**
 * The kind `mount`: file systems that are mounted, and their lines in /etc/fstab.
 *
 * @module
 */

import { type Failure, failure, ok, type Result } from "../../base/result.ts";
import type { MountedFileSystem } from "../../os/mounts/mount_list.ts";
import type { Watch } from "../../os/watch/watcher.ts";
import {
  defineKind,
  type Drift,
  drift,
  type KindContext,
  type WatchContext,
} from "../../kind/kind.ts";
import { mount, remount } from "./commands.ts";
import { devicePath } from "./device.ts";
import { MOUNT_FIELDS, type MountFields } from "./fields.ts";
import { exchange, takeUp, unmountAll } from "./exchange.ts";
import { type Differences, inspect, inspectMount, mountedAt } from "./check.ts";
import { keepFstab } from "./keep_fstab.ts";
import { refusal } from "./refusals.ts";
import { claimsOf, FSTAB, type MountParams, resolveMount, tiesOf } from "./params.ts";

/** What could not be changed by mounting it with other options: nothing is tried again till it is another. */
interface MountMemory {
  stubborn: { readonly as: string; readonly why: Failure } | undefined;
}

/** Mounts in a row until the options are in force. */
const TRIES = 3;

const EXAMPLES = [
  `graph: mount
resources:
  file:
  - name: /srv/mgmt-scratch/
  - name: /srv/mgmt-shown/
  - name: /srv/mgmt-scratch/inside
    content: "on the mounted file system\\n"
  mount:
  - name: /srv/mgmt-scratch
    device: tmpfs
    type: tmpfs
    options: [size=16m, nosuid, nodev]
  - name: shown
    path: /srv/mgmt-shown
    device: /srv/mgmt-scratch
    options: bind
    fstab: false
`,
  `graph: not mounted
resources:
  mount:
  - name: /srv/mgmt-old
    state: absent
`,
];

/** A mounted file system. */
export default defineKind<MountFields, MountParams, Differences, MountMemory>({
  kind: "mount",
  summary: "a mounted file system, and its line in /etc/fstab",
  fields: MOUNT_FIELDS,
  examples: EXAMPLES,
  resolve: resolveMount,
  identity: ({ path }) => path,
  claims: claimsOf,
  relations: tiesOf,
  controls: ({ fstab }) => fstab ? [{ subject: FSTAB, part: true }] : [],
  memory: () => ({ stubborn: undefined }),
  check,
  refuses: refusal,
  apply,
  watch,
  heals: true,
  changesHost: true,
  preview: "full",
});

async function check(
  params: MountParams,
  context: KindContext<MountMemory>,
): Promise<Drift<Differences> | Failure | undefined> {
  const found = await inspect(params, context);
  if (!found.ok) return found.failure;
  const { reasons, step } = found.value;
  if (reasons.length === 0) return undefined;
  const { stubborn } = context.memory;
  if (step === "remount" && stubborn !== undefined) {
    if (stubborn.as === signatureAt(params, context)) return stubborn.why;
  }
  return drift(reasons.join("; "), found.value);
}

/** The line in /etc/fstab comes last: it stands for what is known to work. */
async function apply(
  plan: Differences,
  params: MountParams,
  context: KindContext<MountMemory>,
): Promise<Failure | undefined> {
  const found = await takenUp(plan, params, context);
  if (!found.ok) return found.failure;
  const { step, fstab } = found.value;
  const problem = await bringAbout(found.value, params, context);
  if (problem !== undefined || !fstab) return problem;
  const unwritten = await keepFstab(params, context);
  if (unwritten !== undefined || params.state !== "mounted" || step === undefined) return unwritten;
  // Until it has read the new line, systemd may undo what goes against the old one.
  const left = await inspectMount(params, context);
  if (!left.ok) return left.failure;
  return await bringAbout(left.value, params, context);
}

/** What is to be done once what a killed run has left is taken up. */
async function takenUp(
  plan: Differences,
  params: MountParams,
  context: KindContext,
): Promise<Result<Differences>> {
  const taken = await takeUp(params, context);
  if (taken === false) return ok(plan);
  if (taken !== true) return { ok: false, failure: taken };
  const found = await inspect(params, context);
  if (!found.ok) return found;
  const no = await refusal(found.value, params, context);
  return no === undefined ? found : { ok: false, failure: no };
}

async function bringAbout(
  found: Differences,
  params: MountParams,
  context: KindContext<MountMemory>,
): Promise<Failure | undefined> {
  if (found.step === undefined) return undefined;
  return found.step === "unmount"
    ? await unmountAll(params, context)
    : await bringIn(found, params, context);
}

/** Mounts it, and looks whether what the commands said they did is so. */
async function bringIn(
  found: Differences,
  params: MountParams,
  context: KindContext<MountMemory>,
): Promise<Failure | undefined> {
  for (let now = found, tries = 1;; tries++) {
    const before = signatureAt(params, context);
    const problem = await mountOnce(now, params, context);
    if (problem !== undefined) return problem;
    const left = await inspectMount(params, context);
    if (!left.ok) return left.failure;
    if (left.value.step === undefined) return undefined;
    const as = signatureAt(params, context);
    const stubborn = now.step === "remount" && as === before;
    const why = notInForce(params, left.value, stubborn);
    if (stubborn) context.memory.stubborn = { as, why };
    if (stubborn || tries === TRIES || left.value.step !== "remount") return why;
    // Not all options can be set with the first mount, and somebody else may do the same just now.
    now = left.value;
  }
}

async function mountOnce(
  { step }: Differences,
  params: MountParams,
  context: KindContext,
): Promise<Failure | undefined> {
  if (step === "remount") return await remount(params, context);
  return step === "replace" ? await exchange(params, context) : await mount(params, context);
}

function notInForce({ path }: MountParams, { reasons }: Differences, stubborn: boolean): Failure {
  return failure(`${path} was mounted so, but not all is in force: ${reasons.join("; ")}`, {
    code: "not-in-force",
    hint: stubborn
      ? "the kernel or the file system does not change it while it is mounted; unmounted once " +
        `(umount ${path}), it is mounted so; until something changes it is left as it is`
      : "does somebody else mount or unmount it?",
  });
}

/** All that is known of what is mounted there, as one text. */
function signatureAt({ path }: MountParams, context: Pick<KindContext, "host">): string {
  const mounted = mountedAt(path, context);
  return mounted.ok ? textOf(mounted.value) : mounted.failure.message;
}

function textOf(mounted: MountedFileSystem | undefined): string {
  return JSON.stringify(mounted ?? null);
}

/** Of all mounts only its own concerns it; and its file, its directory and its device. */
function watch(params: MountParams, context: WatchContext<MountMemory>): Watch {
  const { host: { watcher, mounts }, changed } = context;
  let last = signatureAt(params, context);
  const look = () => {
    const now = signatureAt(params, context);
    // What is mounted on the directory that is shown there is another thing to show.
    if (now !== last || params.bind) changed();
    last = now;
  };
  const paths = new Set([
    ...(params.fstab ? [FSTAB] : []),
    ...(params.state === "mounted" ? [params.path] : []),
    ...(params.state === "mounted" ? [devicePath(params.device) ?? []].flat() : []),
  ]);
  const watches = [
    mounts.watch(look),
    ...[...paths].map((path) =>
      watcher.watch({ path, tree: false, follow: path !== params.path, changed })
    ),
  ];
  return { close: () => watches.forEach((each) => each.close()) };
}
