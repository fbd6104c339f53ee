import { chainOk } from "../../base/chain.ts";
import { LIMITS } from "../../base/limits.ts";
import { ok } from "../../base/result.ts";
import type { KindUndo, ThingBefore, ThingState } from "../../kind/undo.ts";
import type { WorkContext } from "../../kind/work_context.ts";
import { foreseePath, lookAtPath, pathBefore, restorePath } from "../shared/undo/paths.ts";
import { setRunningName } from "./apply.ts";
import { type HostNames, type NameDrift, RUNNING, STATIC } from "./check.ts";
import { MACHINE_INFO } from "./machine_info.ts";

/** What the name is called that the kernel goes by. */
const NAME = "running-name";

/** The files with the names, and the one that the kernel goes by. */
export const HOSTNAME_UNDO: KindUndo<HostNames, NameDrift, undefined> = {
  touches: async ({ file, info, running }, _params, context) => {
    const things: ThingBefore[] = [];
    for (const [path, seen] of [[STATIC, file], [MACHINE_INFO, info]] as const) {
      const thing = seen && await pathBefore(path, seen, context);
      if (thing?.ok === false) return thing;
      if (thing !== undefined) things.push(thing.value);
    }
    // systemd may set it with the static one.
    if (!running && file === undefined) return ok(things);
    const now = await lookAtName(context);
    return now.ok ? ok([...things, { is: NAME, name: RUNNING, before: now.value }]) : now;
  },
  look: (thing, fields, context) =>
    thing.is === NAME ? lookAtName(context) : lookAtPath(thing, fields, context),
  foresees: (thing, wanted, context) =>
    thing.is === NAME ? undefined : foreseePath(thing, wanted, context),
  restore: (thing, wanted, context) =>
    thing.is === NAME
      ? setRunningName(String(wanted["value"]), context)
      : restorePath(thing, wanted, context),
};

async function lookAtName({ host: { files }, signal }: WorkContext) {
  return await chainOk(
    files.look(RUNNING, { contentUpToBytes: LIMITS.syncReadBytes, signal }),
    (seen) => {
      const state: ThingState = seen.type === "file" && seen.content !== undefined
        ? { value: new TextDecoder().decode(seen.content).trim() }
        : { type: "absent" };
      return ok(state);
    },
  );
}
