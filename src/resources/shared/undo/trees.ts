/**
 * A directory with all that is in it, as it is kept before it is removed.
 *
 * @module
 */

import { fail, ok, type Result } from "../../../base/result.ts";
import { yielderOf } from "../../../base/yielder.ts";
import { LIMITS } from "../../../base/limits.ts";
import type { Sight } from "../../../os/files/files.ts";
import { type ThingBefore, THINGS_MOST } from "../../../kind/undo.ts";
import type { WorkContext } from "../../../kind/work_context.ts";
import { pathBefore } from "./paths.ts";

/** The directory and everything below it, each after what it is in. */
export async function entriesBelow(
  path: string,
  seen: Sight,
  context: WorkContext,
): Promise<Result<readonly ThingBefore[]>> {
  const { host: { files, clock }, signal } = context;
  const things: ThingBefore[] = [];
  const waiting: { readonly path: string; readonly seen?: Sight }[] = [{ path, seen }];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (things.length > THINGS_MOST) {
      return fail(`${path} had more than ${THINGS_MOST} entries`, { code: "too-many" });
    }
    await yielderOf(clock).yieldTurn();
    const options = { contentUpToBytes: LIMITS.syncReadBytes, signal };
    const found = at.seen === undefined ? await files.look(at.path, options) : ok(at.seen);
    if (!found.ok) return found;
    const thing = await pathBefore(at.path, found.value, context);
    if (!thing.ok) return thing;
    things.push(thing.value);
    if (found.value.type !== "directory") continue;
    const listed = await files.list(at.path, signal);
    if (!listed.ok) return listed;
    const directory = at.path;
    waiting.push(...listed.value.entries.map(({ name }) => ({ path: `${directory}/${name}` })));
  }
  return ok(things);
}
