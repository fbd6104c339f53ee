/**
 * Looking at a unit: what is to be done to it, or why nothing can be.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import { type Drift, drift, type KindContext } from "../../kind/kind.ts";
import type { UnitState } from "../../systemd/services.ts";
import { differences, type ServiceStep } from "./differences.ts";
import { pauseBeforeStart } from "./hold.ts";
import type { SvcParams } from "./params.ts";
import { hasFinished } from "./steps.ts";
import { managerOf, type SvcMemory } from "./target.ts";
import { unusable, wantsSomething } from "./usable.ts";

/** What is to be done to a unit. */
export interface SvcPlan {
  /** Its real name, also where the graph has an alias. */
  readonly unit: string;
  readonly steps: readonly ServiceStep[];
  /** Its start or stop is under way already. */
  readonly joins: boolean;
}

/** Compares the unit with what it should be. */
export async function check(
  params: SvcParams,
  context: KindContext<SvcMemory>,
): Promise<Drift<SvcPlan> | Failure | undefined> {
  const found = await managerOf(params, context).look(params.unit, context.signal, {
    quick: params.startup === undefined,
  });
  if (!found.ok) return found.failure;
  const unit = found.value;
  const problem = await unusable(unit, params, context);
  if (problem !== undefined) return problem;
  if (unit.load === "not-found" && !wantsSomething(params)) return undefined;
  const target = { unit: unit.name, params, context };
  const finished = params.state === "running" && await hasFinished(unit, target);
  const difference = differences(params, unit, finished);
  if ("type" in difference) return difference;
  const { reasons, steps, joins } = difference;
  const starts = steps.some((step) => "job" in step && step.job === "start");
  const waits = starts && !joins ? waitsFor(unit, context) : undefined;
  if (waits !== undefined) return waits;
  // What somebody else is doing already is no change of ours.
  const plan = { unit: unit.name, steps, joins };
  if (steps.length > 0) return drift(reasons.join(", "), plan, { worldless: joins });
  context.memory.broken = false;
  context.memory.waiting = "";
  return undefined;
}

/** Why a unit that is down is not started now. */
function waitsFor(
  { name, active, sub, triggeredBy }: UnitState,
  { memory, host: { clock } }: KindContext<SvcMemory>,
): Failure | undefined {
  const restarts = active === "activating" && sub.startsWith("auto-restart");
  const pauseMs = restarts ? 0 : pauseBeforeStart(memory.starts, clock.nowMs());
  if (!restarts && pauseMs === 0) return undefined;
  const message = restarts
    ? `${name} ended, and systemd is about to start it again (its Restart=)`
    : `${name} ends again and again soon after it was started`;
  const known = memory.waiting === message;
  memory.waiting = message;
  memory.broken = true;
  const [trigger] = triggeredBy;
  return failure(message, {
    code: restarts ? "auto-restart" : "does-not-hold",
    hint: trigger === undefined
      ? `look at it with: systemctl status ${name}`
      : `${trigger} starts it when it is needed: it may be that one which is to run`,
    known,
  });
}
