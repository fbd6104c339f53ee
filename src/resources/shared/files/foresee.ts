/**
 * Why steps would be refused, as far as that can be told before the first of them is taken.
 *
 * @module
 */

import type { Failure } from "../../../base/result.ts";
import { yielderOf } from "../../../base/yielder.ts";
import type { ForeseenChange } from "../../../os/files/files.ts";
import type { KindContext } from "../../../kind/kind.ts";
import type { FileParams } from "../../file/params.ts";
import { parentOf } from "./path.ts";
import { type FileStep, isTroubled, note, noTrouble, summary } from "../../file/apply.ts";
import { foreseeValidation } from "./validate.ts";

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

/** Why one change would be refused; a parent that another resource makes is none. */
export async function foreseeChange(
  change: ForeseenChange,
  { host, claimed, signal }: KindContext,
): Promise<Failure | undefined> {
  const failure = await host.files.foresee(change, signal);
  const comes = failure?.code === "parent-missing" && claimed(parentOf(change.path));
  return comes ? undefined : failure;
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
