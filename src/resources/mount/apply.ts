/**
 * Mounting, remounting and unmounting, until it is as it should be.
 *
 * @module
 */

import { type Failure, failure, ok, type Result } from "../../base/result.ts";
import type { KindContext } from "../../kind/kind.ts";
import { type Differences, inspect, inspectMount, type MountMemory, signatureAt } from "./check.ts";
import { mount, remount } from "./commands.ts";
import { exchange, takeUp, unmountAll } from "./exchange.ts";
import { keepFstab } from "./keep_fstab.ts";
import type { MountParams } from "./params.ts";
import { refusal } from "./refusal.ts";

/** Mounts in a row until the options are in force. */
const TRIES = 3;

/** The line in /etc/fstab comes last: it stands for what is known to work. */
export async function apply(
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
