import { chainOk } from "../../base/chain.ts";
import { ok } from "../../base/result.ts";
import type { KindUndo } from "../../kind/undo.ts";
import { lookAtUnit, restoreUnit, UNIT, unitBefore } from "../shared/undo/units.ts";
import type { SvcPlan } from "./check.ts";
import type { SvcParams } from "./params.ts";
import type { SvcMemory } from "./target.ts";

/** Whether a unit runs, and whether it starts with the host. */
export const SVC_UNDO: KindUndo<SvcParams, SvcPlan, SvcMemory> = {
  touches: ({ unit, steps, joins }, { session }, context) => {
    // What somebody else had begun is no change of ours.
    const fields = [
      ...(steps.some((step) => "job" in step) && !joins ? ["active" as const] : []),
      ...(steps.some((step) => "file" in step) ? ["startup" as const] : []),
    ];
    if (fields.length === 0) return ok([]);
    const thing = { is: session ? UNIT.session : UNIT.host, name: unit };
    return chainOk(unitBefore(thing, fields, context), (before) => ok([before]));
  },
  look: (thing, _fields, context) => lookAtUnit(thing, context),
  restore: restoreUnit,
};
