/**
 * What is done to a service, and whether it held.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { Services, UnitState } from "../../host/systemd/services.ts";
import type { Context } from "../../kind/kind.ts";
import { isUp, type Step, type SvcParams } from "./wanted.ts";

/** How long a service that says nothing when it is ready must stay up to count as started. */
const SETTLE_MS = 250;

/** Lines of its journal that are shown when a service fails. */
const JOURNAL_LINES = 10;

/** What a service remembers between passes. */
export interface SvcMemory {
  /** The last apply failed: only time, or a change of the unit's files, is a reason to try again. */
  broken: boolean;
}

/** The manager that a resource speaks of. */
export function managerOf({ session }: SvcParams, { host }: Pick<Context, "host">): Services {
  return session ? host.services.session : host.services.system;
}

/** Does the steps one after the other; a service that was started must stay up. */
export async function applySteps(
  steps: readonly Step[],
  params: SvcParams,
  context: Context<SvcMemory>,
): Promise<Failure | undefined> {
  const services = managerOf(params, context);
  for (const step of steps) {
    const problem = "file" in step
      ? await services.changeFile(step.file, params.unit, context.signal)
      : await runJob(step.job, params, context);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

async function runJob(
  job: "start" | "stop" | "restart" | "reload",
  params: SvcParams,
  context: Context<SvcMemory>,
): Promise<Failure | undefined> {
  const services = managerOf(params, context);
  const problem = await services.run(job, params.unit, context.signal);
  if (problem?.code === "stopped" || problem?.code === "job-stopped") return problem;
  if (problem !== undefined) return await explained(problem, params, context);
  return job === "start" || job === "restart" ? await staysUp(params, context) : undefined;
}

/** Waits until the unit has been up for a moment, or has ended. */
async function staysUp(
  params: SvcParams,
  context: Context<SvcMemory>,
): Promise<Failure | undefined> {
  const services = managerOf(params, context);
  const ended = new AbortController();
  const watch = services.watch(params.unit, () => void lookAgain());
  async function lookAgain(): Promise<void> {
    const now = await services.look(params.unit, context.signal);
    if (now.ok && !isUp(now.value)) ended.abort();
  }
  try {
    const started = await services.look(params.unit, context.signal);
    if (!started.ok) return started.failure;
    const how = await serviceOf(started.value, params, context);
    if (isUp(started.value) && how !== undefined && !saysNothing(how.type)) return undefined;
    if (isUp(started.value)) await context.host.clock.sleep(SETTLE_MS, ended.signal);
    return await isStillUp(params, context);
  } finally {
    watch.close();
  }
}

/** Types of services that count as started before they had a chance to fail. */
function saysNothing(type: string): boolean {
  return type === "simple" || type === "exec" || type === "idle";
}

async function isStillUp(
  params: SvcParams,
  context: Context<SvcMemory>,
): Promise<Failure | undefined> {
  const now = await managerOf(params, context).look(params.unit, context.signal);
  if (!now.ok) return now.failure;
  if (isUp(now.value) || await hasFinished(now.value, params, context)) return undefined;
  const problem = failure(`${params.unit} was started and ended at once`, { code: "ended" });
  return await explained(problem, params, context);
}

/** Whether the unit is a task that has done its work and is not there to stay. */
export async function hasFinished(
  unit: UnitState,
  params: SvcParams,
  context: Context<SvcMemory>,
): Promise<boolean> {
  if (unit.active !== "inactive") return false;
  const how = await serviceOf(unit, params, context);
  return how?.type === "oneshot" && !how.remainAfterExit && how.hasRun && how.result === "success";
}

async function serviceOf(unit: UnitState, params: SvcParams, context: Context<SvcMemory>) {
  if (!unit.name.endsWith(".service")) return undefined;
  const found = await managerOf(params, context).service(unit, context.signal);
  return found.ok ? found.value : undefined;
}

/** Adds how the service ended, and what it wrote last. */
async function explained(
  problem: Failure,
  params: SvcParams,
  context: Context<SvcMemory>,
): Promise<Failure> {
  const services = managerOf(params, context);
  const now = await services.look(params.unit, context.signal);
  if (!now.ok) return problem;
  const how = await serviceOf(now.value, params, context);
  const lines = await services.journalTail(params.unit, JOURNAL_LINES);
  for (const line of lines) context.line(line, "stderr");
  const end = how === undefined || how.result === "success"
    ? ""
    : ` (${how.result}${how.exitStatus === 0 ? "" : `, status ${how.exitStatus}`})`;
  const last = lines.at(-1);
  return {
    ...problem,
    message: `${problem.message}${end}${last === undefined ? "" : `; its last line: ${last}`}`,
    hint: `look at it with: systemctl${params.session ? " --user" : ""} status ${params.unit}`,
  };
}
