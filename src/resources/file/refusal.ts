/**
 * Why the steps of a file resource would be refused, as far as that can be told before the first.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import { yielderOf } from "../../base/yielder.ts";
import type { ForeseenChange } from "../../os/files/files.ts";
import type { KindContext } from "../../kind/kind.ts";
import { foreseeChange } from "../shared/files/foresee.ts";
import { parentOf } from "../shared/files/path.ts";
import { foreseeValidation } from "../shared/files/validate.ts";
import { type FileStep, isTroubled, note, noTrouble, summary } from "./apply.ts";
import type { FileParams } from "./params.ts";

const DOES = {
  directory: "make",
  link: "make",
  attributes: "attributes",
  remove: "remove",
} as const;

/** The first refusal, and how many there are more; undefined: none is known of. */
export async function foreseeSteps(
  steps: readonly FileStep[],
  { validate, inPlace }: FileParams,
  context: KindContext,
): Promise<Failure | undefined> {
  const trouble = noTrouble();
  const yielder = yielderOf(context.host.clock);
  /** What the steps make or take away: below it nothing is as it will be. */
  const changing = new Set<string>();
  for (const step of steps) {
    await yielder.yieldTurn();
    if (
      step.do === "remove-unnameable" || isTroubled(step.path, trouble) ||
      isBelow(step.path, changing)
    ) continue;
    if (step.do === "remove" || step.do === "directory") changing.add(step.path);
    const failure = step.do === "refuse"
      ? step.failure
      : await foreseeChange(changeOf(step, inPlace), context);
    if (failure !== undefined) note(step, { ok: false, failure }, trouble);
  }
  const writes = steps.some((step) => step.do === "file");
  return summary(trouble) ??
    (writes && validate !== undefined ? await foreseeValidation(validate, context) : undefined);
}

function changeOf(
  step: Exclude<FileStep, { do: "refuse" | "remove-unnameable" }>,
  inPlace: boolean,
): ForeseenChange {
  const { path } = step;
  if (step.do === "directory") return { path, seen: { type: "absent" }, does: DOES.directory };
  if (step.do !== "file") return { path, seen: step.seen, does: DOES[step.do] };
  const into = inPlace && step.seen.type === "file";
  return { path, seen: step.seen, does: into ? "write-into" : "replace" };
}

function isBelow(path: string, parents: ReadonlySet<string>): boolean {
  for (let at = path; at !== "/"; at = parentOf(at)) if (parents.has(at)) return true;
  return false;
}
