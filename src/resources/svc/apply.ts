/**
 * Bringing a unit to where it should be, and making it read what has changed.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import type { KindContext } from "../../kind/kind.ts";
import type { UnitJob } from "../../systemd/services.ts";
import type { SvcPlan } from "./check.ts";
import { isUp, refused } from "./differences.ts";
import type { SvcParams } from "./params.ts";
import { applySteps } from "./steps.ts";
import { managerOf, QUICK, type SvcMemory } from "./target.ts";

/** Takes the steps; what is owed a refresh gets it. */
export async function apply(
  { unit, steps, joins }: SvcPlan,
  params: SvcParams,
  context: KindContext<SvcMemory>,
): Promise<Failure | undefined> {
  // A start that was under way may have read what has changed since.
  const isFresh = steps.some((step) => "job" in step) && !joins;
  return await working(context, async () =>
    await applySteps(steps, { unit, params, context }) ??
      (context.cause.refresh && !isFresh ? await refreshNow(params, context) : undefined));
}

/** Makes a running unit read its configuration; one that does not run will read it when it starts. */
export async function refresh(
  params: SvcParams,
  context: KindContext<SvcMemory>,
): Promise<Failure | undefined> {
  return await working(context, () => refreshNow(params, context));
}

async function refreshNow(
  params: SvcParams,
  context: KindContext<SvcMemory>,
): Promise<Failure | undefined> {
  const due = await dueRefresh(params, context);
  if (due === undefined || "type" in due) return due;
  return await applySteps([{ job: due.job }], { unit: due.unit, params, context });
}

/** What a refresh would do now. */
export async function refreshes(
  params: SvcParams,
  context: KindContext<SvcMemory>,
): Promise<string | Failure | undefined> {
  const due = await dueRefresh(params, context);
  return due === undefined || "type" in due ? due : due.words;
}

/** What a refresh is for the unit as it is now; undefined: it will read everything when it starts. */
async function dueRefresh(
  params: SvcParams,
  context: KindContext<SvcMemory>,
): Promise<
  { readonly unit: string; readonly job: UnitJob; readonly words: string } | Failure | undefined
> {
  if (params.refresh === "none") return undefined;
  const found = await managerOf(params, context).look(params.unit, context.signal, QUICK);
  if (!found.ok) return found.failure;
  const { name: unit, canReload, canStart, canStop, active, sub } = found.value;
  const isStarting = active === "activating" && !sub.startsWith("auto-restart");
  if (!isUp(found.value) && !isStarting) {
    return context.memory.finished ? { unit, job: "start", words: "run again" } : undefined;
  }
  if (params.refresh === "reload" && canReload && !isStarting) {
    return { unit, job: "reload", words: "reload" };
  }
  return canStart && canStop
    ? { unit, job: "restart", words: "restart" }
    : refused("restarted", found.value);
}

/** Does something to the unit, which causes most of what is heard of it meanwhile. */
async function working(
  { memory }: KindContext<SvcMemory>,
  run: () => Promise<Failure | undefined>,
): Promise<Failure | undefined> {
  memory.working = true;
  try {
    const problem = await run();
    memory.broken = problem !== undefined;
    return problem;
  } finally {
    memory.working = false;
  }
}
