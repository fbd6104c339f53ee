import { ok } from "../../base/result.ts";
import type { KindUndo, ThingBefore } from "../../kind/undo.ts";
import { foreseePath, lookAtPath, pathBefore, restorePath } from "../shared/undo/paths.ts";
import { lookAtUnit, restoreUnit, UNIT, unitBefore } from "../shared/undo/units.ts";
import { stampOf } from "./apply.ts";
import type { CronDifferences, CronMemory } from "./check.ts";
import type { CronParams } from "./params.ts";

/** The units of a job with what systemd keeps of them. */
export const CRON_UNDO: KindUndo<CronParams, CronDifferences, CronMemory> = {
  touches: async ({ files, enabled, job }, { timer, absent }, context) => {
    const things: ThingBefore[] = [];
    for (const { file: { path }, seen } of files) {
      const thing = await pathBefore(path, seen, context);
      if (!thing.ok) return thing;
      things.push(thing.value);
    }
    if (absent) {
      const path = stampOf(timer);
      const seen = await context.host.files.look(path, { signal: context.signal });
      const stamp = seen.ok ? await pathBefore(path, seen.value, context) : seen;
      if (stamp.ok) things.push(stamp.value);
    }
    const isMade = files.some(({ file, seen }) =>
      file.path.endsWith(timer) && seen.type === "absent"
    );
    if (enabled === undefined && job === undefined) return ok(things);
    const unit = await unitBefore({ is: UNIT.host, name: timer }, ["active", "startup"], context);
    if (!unit.ok) return unit;
    // Last, for it can be started and stopped only while its files are there.
    const before = isMade ? { type: "absent" } : unit.value.before;
    return ok([...things, { ...unit.value, before }]);
  },
  look: (thing, fields, context) =>
    thing.is === UNIT.host ? lookAtUnit(thing, context) : lookAtPath(thing, fields, context),
  foresees: (thing, wanted, context) =>
    thing.is === UNIT.host ? undefined : foreseePath(thing, wanted, context),
  restore: async (thing, wanted, context) => {
    if (thing.is === UNIT.host) return await restoreUnit(thing, wanted, context);
    const problem = await restorePath(thing, wanted, context);
    if (problem !== undefined) return problem;
    const untold = await context.host.services.system.reloadUnitFiles(context.signal);
    return untold?.code === "bus-unavailable" ? undefined : untold;
  },
};
