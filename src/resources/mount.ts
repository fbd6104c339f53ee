/**
 * The kind `mount`: file systems that are mounted, and their lines in /etc/fstab.
 *
 * @module
 */

import { type Failure, failure } from "../base/result.ts";
import type { MountedFileSystem } from "../host/mount_list.ts";
import type { Watch } from "../host/hub/hub.ts";
import { type Context, defineKind, type Drift, drift, type WatchContext } from "../kind/kind.ts";
import { keepFstab, mount, unmount } from "./mount/act.ts";
import { devicePath } from "./mount/device.ts";
import { MOUNT_FIELDS, type MountFields } from "./mount/fields.ts";
import { type Differences, FSTAB, inspect, mountedAt } from "./mount/inspect.ts";
import { claimsOf, type MountParams, resolveMount, tiesOf } from "./mount/params.ts";

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
  ties: tiesOf,
  decides: ({ fstab }) => fstab ? [{ subject: FSTAB, part: true }] : [],
  memory: () => ({ stubborn: undefined }),
  check,
  apply,
  watch,
  heals: true,
  preview: "full",
});

async function check(
  params: MountParams,
  context: Context<MountMemory>,
): Promise<Drift<Differences> | Failure | undefined> {
  const found = await inspect(params, context);
  if (!found.ok) return found.failure;
  const { reasons, step, fstab } = found.value;
  if (reasons.length === 0) return undefined;
  const { stubborn } = context.memory;
  if (step === "remount" && !fstab && stubborn !== undefined) {
    if (stubborn.as === signatureAt(params, context)) return stubborn.why;
  }
  return drift(reasons.join("; "), found.value);
}

async function apply(
  { step, fstab }: Differences,
  params: MountParams,
  context: Context<MountMemory>,
): Promise<Failure | undefined> {
  if (step === "unmount" || step === "replace") {
    const problem = await unmount(params, context);
    if (problem !== undefined) return problem;
  }
  if (fstab) {
    const problem = await keepFstab(params, context);
    if (problem !== undefined) return problem;
  }
  return step === undefined || step === "unmount"
    ? undefined
    : await bringIn(step, params, context);
}

/** Mounts it, and looks whether what the commands said they did is so. */
async function bringIn(
  step: "mount" | "remount" | "replace",
  params: MountParams,
  context: Context<MountMemory>,
): Promise<Failure | undefined> {
  let remount = step === "remount";
  for (let tries = 1;; tries++) {
    const before = signatureAt(params, context);
    const problem = await mount(params, context, remount);
    if (problem !== undefined) return problem;
    const left = await inspect(params, context);
    if (!left.ok) return left.failure;
    if (left.value.step === undefined) return undefined;
    const as = signatureAt(params, context);
    const stubborn = remount && as === before;
    const why = notInForce(params, left.value, stubborn);
    if (stubborn) context.memory.stubborn = { as, why };
    if (stubborn || tries === TRIES || left.value.step !== "remount") return why;
    // Not all options can be set with the first mount, and somebody else may do the same just now.
    remount = true;
  }
}

function notInForce({ path }: MountParams, { reasons }: Differences, stubborn: boolean): Failure {
  return failure(`${path} was mounted, but ${reasons.join("; ")}`, {
    code: "not-in-force",
    hint: stubborn
      ? "the kernel or the file system does not allow it; it is left so until something changes"
      : "does somebody else mount or unmount it?",
  });
}

/** All that is known of what is mounted there, as one text. */
function signatureAt({ path }: MountParams, context: Pick<Context, "host">): string {
  const mounted = mountedAt(path, context);
  return mounted.ok ? textOf(mounted.value) : mounted.failure.message;
}

function textOf(mounted: MountedFileSystem | undefined): string {
  return JSON.stringify(mounted ?? null);
}

/** Of all mounts only its own concerns it; and its file, its directory and its device. */
function watch(params: MountParams, context: WatchContext<MountMemory>): Watch {
  const { host: { hub, mounts }, changed } = context;
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
      hub.watch({ path, tree: false, follow: path !== params.path, changed })
    ),
  ];
  return { close: () => watches.forEach((each) => each.close()) };
}
