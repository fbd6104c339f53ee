/**
 * Changing a user's own file of ssh, and the directory around it.
 *
 * @module
 */

import { type Awaitable, type Failure, failure } from "../../../base/result.ts";
import { Turns } from "../../../base/turns.ts";
import type { KindContext } from "../../../kind/kind.ts";
import type { ThingChange } from "../../../kind/undo.ts";
import { patienceOf } from "../../../kind/waiting.ts";
import type { Attributes } from "../../../os/files/files.ts";
import { foreseeChange } from "../files/foresee.ts";
import { applyWith } from "../parts/apply.ts";
import { ATTRIBUTE_FIELDS, lookAtPath, PATH } from "../undo/paths.ts";
import { closedMode, findPlace, type OwnFileParams, type OwnPlace } from "./own_file.ts";
import {
  type OwnFileEdit,
  type OwnFileMemory,
  type OwnFilePlan,
  placed,
  withDirectory,
} from "./own_file_check.ts";

/** The directory is the work of one resource at a time. */
const turns = new Turns();

/** Whoever changes the file hears from the kernel what it refuses before anything is written. */
export async function refusesOwn(
  { seen, place }: OwnFilePlan,
  { absent }: OwnFileParams,
  context: KindContext<OwnFileMemory>,
): Promise<Failure | undefined> {
  if (!context.noop || place === undefined) return undefined;
  const directory = absent ? undefined : place.directory;
  const missing = directory?.seen.type === "absent" ? directory : undefined;
  const refused = missing && await foreseeChange({ ...missing, does: "make" }, context);
  if (refused !== undefined || missing !== undefined) return refused;
  const there = withDirectory(place, context);
  return await foreseeChange({ path: place.path, seen, does: "replace" }, there);
}

/** How the file of a resource is changed. */
export function applyOwn<Params extends OwnFileParams>(how: OwnFileEdit<Params>) {
  const change = applyWith(how.edit);
  return async (
    plan: OwnFilePlan,
    params: Params,
    context: KindContext<OwnFileMemory>,
  ): Promise<Failure | undefined> => {
    const found = await findPlace(params, context);
    if (!found.ok) return found.failure;
    if ("later" in found.value) {
      return params.absent ? undefined : failure(found.value.later, { code: "no-file" });
    }
    const { place } = found.value;
    const around: ThingChange[] = context.memory.around = [];
    if (!params.absent) {
      const made = await mendDirectory(place, context, around);
      if (made !== undefined) return made;
    }
    const problem = await change(plan.seen, placed(how, params, place, context), context);
    if (problem !== undefined || params.absent) return problem;
    if (place.openHome !== undefined) {
      context.warn(
        `others may write in ${place.openHome}, so sshd believes nothing that is below it`,
      );
    }
    const { path } = place;
    return await turns.take(path, () => close(path, context, around), patienceOf(context));
  };
}

function mendDirectory(
  { directory, fresh: { uid, gid } }: OwnPlace,
  context: KindContext<OwnFileMemory>,
  around: ThingChange[],
): Awaitable<Failure | undefined> {
  if (directory === undefined) return undefined;
  const { path } = directory;
  const { files } = context.host;
  return turns.take(path, async () => {
    const seen = await files.look(path);
    if (!seen.ok) return seen.failure;
    if (seen.value.type !== "absent") return await close(path, context, around);
    const owner: Attributes = {
      mode: 0o700,
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    };
    const made = await files.makeDirectory(path, owner);
    if (!made.ok) return made.failure;
    const after = await lookAtPath({ is: PATH, name: path }, ATTRIBUTE_FIELDS, context);
    if (!after.ok) return after.failure;
    around.push({ is: PATH, name: path, before: { type: "absent" }, after: after.value });
    return undefined;
  }, patienceOf(context));
}

/** Takes from others what lets them write. */
async function close(
  path: string,
  context: KindContext<OwnFileMemory>,
  around: ThingChange[],
): Promise<Failure | undefined> {
  const { files } = context.host;
  const seen = await files.look(path);
  if (!seen.ok) return seen.failure;
  const mode = closedMode(seen.value);
  if (mode === undefined || seen.value.type === "absent") return undefined;
  const set = await files.setAttributes(path, seen.value, { mode });
  if (!set.ok) return set.failure;
  const before = { mode: seen.value.stat.mode.toString(8) };
  around.push({ is: PATH, name: path, before, after: { mode: mode.toString(8) } });
  return undefined;
}
