/**
 * What is done to a service, and whether it held.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { Services, ServiceState, UnitState } from "../../host/systemd/services.ts";
import type { Context } from "../../kind/kind.ts";
import type { Starts } from "./hold.ts";
import { isUp, type Step, type SvcParams } from "./wanted.ts";

/** How long a service that says nothing when it is ready must stay up to count as started. */
const SETTLE_MS = 250;

/** Lines of its journal that are shown when a service fails. */
const JOURNAL_LINES = 10;

/** Where only matters whether the unit runs. */
export const QUICK = { quick: true };

/** What a service remembers between passes. */
export interface SvcMemory {
  /** The last apply failed: only time, or a change of the unit's files, is a reason to try again. */
  broken: boolean;
  /** It is a task, and the agent has seen it done. */
  finished: boolean;
  /** An apply is under way, which causes most of what is heard then. */
  working: boolean;
  /** What was last said to be waited for. */
  waiting: string;
  readonly starts: Starts;
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
  // Asked at the same time: systemd forgets a task that has ended.
  const before = job === "start" || job === "restart"
    ? serviceOf(params, context)
    : Promise.resolve(undefined);
  // A stop of the agent need not wait for a unit: its job goes on without.
  const signal = AbortSignal.any([context.signal, context.ending]);
  const problem = await services.run(job, params.unit, signal);
  if (problem?.code === "stopped" || problem?.code === "job-stopped") return problem;
  if (problem !== undefined) return await explained(problem, params, context);
  context.memory.starts.startedMs = context.host.clock.nowMs();
  const service = await before;
  if (service === undefined) return undefined;
  context.memory.finished = isTask(service);
  return saysNothing(service.type) ? await staysUp(params, context) : undefined;
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
    const now = await services.look(params.unit, context.signal, QUICK);
    if (now.ok && !isUp(now.value)) ended.abort();
  }
  await lookAgain();
  await context.host.clock.sleep(SETTLE_MS, AbortSignal.any([ended.signal, context.signal]));
  watch.close();
  const now = await services.look(params.unit, context.signal, QUICK);
  if (!now.ok) return now.failure;
  if (isUp(now.value)) return undefined;
  const problem = failure(`${params.unit} was started and ended at once`, { code: "ended" });
  return await explained(problem, params, context);
}

/** Types of services that count as started before they had a chance to fail. */
function saysNothing(type: string): boolean {
  return type === "simple" || type === "exec" || type === "idle";
}

/** A service that does its work and ends, and is not there to stay. */
function isTask(service: ServiceState | undefined): boolean {
  return service?.type === "oneshot" && !service.remainAfterExit;
}

/** Whether the unit is a task that has done its work: here, or where systemd still knows of it. */
export async function hasFinished(
  unit: UnitState,
  params: SvcParams,
  context: Context<SvcMemory>,
): Promise<boolean> {
  if (unit.active !== "inactive") return false;
  if (context.memory.finished) return true;
  const type = await managerOf(params, context).serviceType(params.unit, context.signal);
  if (type !== "oneshot") return false;
  const service = await serviceOf(params, context);
  return isTask(service) && service?.hasRun === true && service.result === "success";
}

async function serviceOf(
  params: SvcParams,
  context: Context<SvcMemory>,
): Promise<ServiceState | undefined> {
  if (!params.unit.endsWith(".service")) return undefined;
  const found = await managerOf(params, context).service(params.unit, context.signal);
  return found.ok ? found.value : undefined;
}

/** Adds how the service ended, and what it wrote last. */
async function explained(
  problem: Failure,
  params: SvcParams,
  context: Context<SvcMemory>,
): Promise<Failure> {
  const services = managerOf(params, context);
  const how = await serviceOf(params, context);
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
