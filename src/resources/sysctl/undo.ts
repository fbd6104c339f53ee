import { chainOk } from "../../base/chain.ts";
import { ok } from "../../base/result.ts";
import { LIMITS } from "../../base/limits.ts";
import type { KindUndo, ThingBefore, ThingState, TouchedThing } from "../../kind/undo.ts";
import type { WorkContext } from "../../kind/work_context.ts";
import { foreseePath, lookAtPath, pathBefore, restorePath } from "../shared/undo/paths.ts";
import { setRunning } from "./apply.ts";
import type { FoundSetting, SysctlMemory } from "./check.ts";
import { DIRECTORY } from "./fields.ts";
import { ROOT, type SysctlParams } from "./params.ts";
import { normalized } from "./values.ts";

/** What a setting of the kernel is called. */
const SETTING = "setting";

/** What the kernel has, and what is written down. */
export const SYSCTL_UNDO: KindUndo<SysctlParams, FoundSetting, SysctlMemory> = {
  touches: async ({ running, files }, { path }, context) => {
    const things: ThingBefore[] = [];
    // Made where it is missing, and so before what is in it.
    const paths = [...(files.length > 0 ? [DIRECTORY] : []), ...files.map((each) => each.path)];
    for (const each of paths) {
      const seen = await context.host.files.look(each, { signal: context.signal });
      if (!seen.ok) return seen;
      if (each === DIRECTORY && seen.value.type !== "absent") continue;
      const thing = await pathBefore(each, seen.value, context);
      if (!thing.ok) return thing;
      things.push(thing.value);
    }
    if (running === undefined) return ok(things);
    const now = await lookAtSetting({ is: SETTING, name: path }, context);
    return now.ok ? ok([...things, { is: SETTING, name: path, before: now.value }]) : now;
  },
  look: (thing, fields, context) =>
    thing.is === SETTING ? lookAtSetting(thing, context) : lookAtPath(thing, fields, context),
  foresees: (thing, wanted, context) =>
    thing.is === SETTING ? undefined : foreseePath(thing, wanted, context),
  restore: (thing, wanted, context) =>
    thing.is === SETTING
      ? setRunning(settingOf(thing.name, String(wanted["value"])), context)
      : restorePath(thing, wanted, context),
};

function settingOf(path: string, value: string): Pick<SysctlParams, "key" | "path" | "value"> {
  return { key: path.slice(ROOT.length + 1).replaceAll("/", "."), path, value };
}

async function lookAtSetting({ name }: TouchedThing, { host: { files }, signal }: WorkContext) {
  return await chainOk(
    files.look(name, { contentUpToBytes: LIMITS.syncReadBytes, signal }),
    (seen) => {
      const state: ThingState = seen.type === "file" && seen.content !== undefined
        ? { value: normalized(new TextDecoder().decode(seen.content)) }
        : { type: "absent" };
      return ok(state);
    },
  );
}
