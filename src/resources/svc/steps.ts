/**
 * What is done to a service, and whether it held.
 *
 * @module
 */

import { eitherOf } from "../../base/either.ts";
import { type Failure, failure } from "../../base/result.ts";
import type { ServiceState, UnitJob, UnitState } from "../../systemd/services.ts";
import { whileWanted } from "../../kind/waiting.ts";
import { isWished } from "./aliases.ts";
import { isDown, isUp, type ServiceStep } from "./differences.ts";
import { explained, notUp } from "./explain.ts";
import { startupChanges } from "./startup.ts";
import { managerOf, QUICK, serviceOf, type ServiceTarget } from "./target.ts";

/** How long a service that says nothing when it is ready must stay up to count as started. */
const SETTLE_MS = 1000;

/** Does the steps one after the other, each looked at afterwards. */
export async function applySteps(
  steps: readonly ServiceStep[],
  target: ServiceTarget,
): Promise<Failure | undefined> {
  const { unit, params, context } = target;
  const services = managerOf(params, context);
  for (const step of steps) {
    const problem = "file" in step
      ? await services.changeFile(step.file, unit, context.signal)
      : await runJob(step.job, target);
    if (problem !== undefined) return problem;
  }
  return steps.some((step) => "file" in step) ? await startupHeld(target) : undefined;
}

/** Whether a unit's file is as it should be after it was changed. */
async function startupHeld({ unit, params, context }: ServiceTarget): Promise<Failure | undefined> {
  const { startup } = params;
  const now = await managerOf(params, context).look(unit, context.signal);
  if (!now.ok) return now.failure;
  const left = startup === undefined ? [] : startupChanges(startup, now.value);
  if ("type" in left) return left;
  if (left.length === 0) return undefined;
  const file = now.value.file || "not enabled";
  return failure(`${unit} was to be ${startup}, and systemd says that it is ${file} still`, {
    code: "no-effect",
    hint: `look at it with: systemctl cat ${unit}, and systemctl is-enabled ${unit}`,
  });
}

async function runJob(job: UnitJob, target: ServiceTarget): Promise<Failure | undefined> {
  const { unit, params, context } = target;
  const services = managerOf(params, context);
  // A stop of the agent need not wait for a unit: its job goes on without.
  return await whileWanted(context, async (signal) => {
    // systemd forgets at once how a unit ended that nothing else needs.
    const held = await services.hold(unit, signal);
    try {
      const problem = await services.run(job, unit, signal);
      if (problem?.code === "stopped" || problem?.code === "goes-on") return problem;
      if (problem !== undefined) return await explained(problem, target);
      return job === "stop" ? await stayedDown(target) : await cameUp(job, target);
    } finally {
      held.close();
    }
  });
}

/** Whether a unit is down after it was stopped. */
async function stayedDown(target: ServiceTarget): Promise<Failure | undefined> {
  const { unit, params, context } = target;
  const now = await managerOf(params, context).look(unit, context.signal, QUICK);
  if (!now.ok) return now.failure;
  const triggers = now.value.triggeredBy;
  if (!isDown(now.value)) {
    const by = triggers.length === 0 ? "" : `; ${triggers.join(", ")} may have started it`;
    return failure(`${unit} was stopped and is ${now.value.active} again${by}`, {
      code: "started-again",
      hint: "stop what starts it, or say startup: masked",
    });
  }
  if (!context.memory.warned) await warnOfTriggers(triggers, target);
  return undefined;
}

/** Sockets and the like start it again when they are used, as systemctl says, too. */
async function warnOfTriggers(
  triggers: readonly string[],
  { unit, params, context }: ServiceTarget,
): Promise<void> {
  for (const trigger of triggers) {
    if (isWished(trigger, "stopped", params, context)) continue;
    const found = await managerOf(params, context).look(trigger, context.signal, QUICK);
    if (!found.ok || !isUp(found.value)) continue;
    context.memory.warned = true;
    context.warn(`${unit} is stopped, and ${trigger} still starts it when something asks for it`);
  }
}

/** Whether a unit does what it is for after it was started, restarted or reloaded. */
async function cameUp(job: UnitJob, target: ServiceTarget): Promise<Failure | undefined> {
  const { unit, params, context } = target;
  if (job !== "reload") context.memory.starts.startedMs = context.host.clock.nowMs();
  const now = await managerOf(params, context).look(unit, context.signal, QUICK);
  if (!now.ok) return now.failure;
  const service = await serviceOf(target);
  const finished = isTask(service) && service?.result === "success" && held(now.value);
  context.memory.finished = finished && !isUp(now.value);
  if (context.memory.finished) return undefined;
  if (!isUp(now.value)) return await explained(notUp(job, now.value, service), target);
  if (job === "reload" || service === undefined || !saysNothing(service.type)) return undefined;
  return await staysUp(job, service, target);
}

/** Whether nothing kept it from being started. */
function held({ unmet }: UnitState): boolean {
  return unmet.length === 0;
}

/** Waits until the unit has been up for a moment, or has ended. */
async function staysUp(
  job: UnitJob,
  before: ServiceState,
  target: ServiceTarget,
): Promise<Failure | undefined> {
  const { unit, params, context } = target;
  const services = managerOf(params, context);
  const ended = new AbortController();
  const watch = services.watch(unit, () => void lookAgain());
  async function lookAgain(): Promise<void> {
    const now = await services.look(unit, context.signal, QUICK);
    if (now.ok && !isUp(now.value)) ended.abort();
  }
  await lookAgain();
  const until = eitherOf(ended.signal, context.signal, context.ending);
  await context.host.clock.sleep(SETTLE_MS, until.signal);
  until.end();
  watch.close();
  const now = await services.look(unit, context.signal, QUICK);
  if (!now.ok) return now.failure;
  const after = await serviceOf(target);
  // It may have ended and been started again by systemd between two looks.
  const isSame = (after?.restarts ?? 0) <= before.restarts;
  if (isUp(now.value) && isSame) return undefined;
  return await explained(notUp(job, now.value, after), target);
}

/** Types of services that count as started before they had a chance to fail. */
function saysNothing(type: string): boolean {
  return ["simple", "exec", "idle", "forking"].includes(type);
}

/** A service that does its work and ends, and is not there to stay. */
function isTask(service: ServiceState | undefined): boolean {
  return service?.type === "oneshot" && !service.remainAfterExit;
}

/** Whether the unit is a task that has done its work: here, or where systemd still knows of it. */
export async function hasFinished(unit: UnitState, target: ServiceTarget): Promise<boolean> {
  const { params, context } = target;
  if (unit.active !== "inactive") return false;
  if (context.memory.finished) return true;
  const type = await managerOf(params, context).serviceType(unit.name, context.signal);
  if (type !== "oneshot") return false;
  const service = await serviceOf(target);
  return isTask(service) && service?.hasRun === true && service.result === "success";
}
