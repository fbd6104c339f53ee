/**
 * How changes of a file resource are taken back: each entry that its steps touch is brought back.
 *
 * @module
 */

import { chain } from "../../base/chain.ts";
import { type Awaitable, ok, type Result } from "../../base/result.ts";
import type { Sight } from "../../os/files/files.ts";
import { type KindUndo, type ThingBefore, THINGS_MOST } from "../../kind/undo.ts";
import type { WorkContext } from "../../kind/work_context.ts";
import { ATTRIBUTE_FIELDS, PATH_UNDO, pathBefore } from "../shared/undo/paths.ts";
import { entriesBelow } from "../shared/undo/trees.ts";
import type { FileStep } from "./apply.ts";
import type { FileMemory, FilePlan } from "./check.ts";
import type { FileParams } from "./params.ts";

/** Of files, directories, trees and links. */
export const FILE_UNDO: KindUndo<FileParams, FilePlan, FileMemory> = {
  touches: (plan, _params, context) => {
    const [step] = plan;
    if (step === undefined) return ok([]);
    // One small file is the rule, and its repair waits for no turn of the loop.
    return plan.length === 1 ? touchedBy(step, context) : touchedByAll(plan, context);
  },
  ...PATH_UNDO,
};

async function touchedByAll(
  plan: FilePlan,
  context: WorkContext,
): Promise<Result<readonly ThingBefore[]>> {
  const things = new Map<string, ThingBefore>();
  for (const step of plan) {
    const touched = await touchedBy(step, context);
    if (!touched.ok) return touched;
    // What stood there before the first of several steps counts.
    for (const thing of touched.value) if (!things.has(thing.name)) things.set(thing.name, thing);
    if (things.size > THINGS_MOST) break;
  }
  return ok([...things.values()]);
}

function touchedBy(
  step: FileStep,
  context: WorkContext,
): Awaitable<Result<readonly ThingBefore[]>> {
  const { path } = step;
  const before = (seen: Sight, fields?: ReadonlySet<string>) =>
    chain(pathBefore(path, seen, context, fields), (thing) => thing.ok ? ok([thing.value]) : thing);
  switch (step.do) {
    case "attributes":
      return before(step.seen, ATTRIBUTE_FIELDS);
    case "directory":
      return before({ type: "absent" });
    case "remove":
      return step.seen.type === "directory" && step.tree
        ? entriesBelow(path, step.seen, context)
        : before(step.seen);
    case "file":
    case "link":
      return before(step.seen);
    case "remove-unnameable":
    case "refuse":
      return ok([]);
  }
}
