/**
 * A unit of systemd as it is kept to take a change back: whether it runs, and whether it starts with the
 * host.
 *
 * @module
 */

import { type Failure, failure, ok, type Result } from "../../../base/result.ts";
import type { Services, UnitFileChange, UnitState } from "../../../systemd/services.ts";
import type { ThingBefore, ThingState, TouchedThing } from "../../../kind/undo.ts";
import type { WorkContext } from "../../../kind/work_context.ts";

/** What units are called, those of the host and those of the agent's user. */
export const UNIT = { host: "unit", session: "session-unit" } as const;

/** A unit before it is touched: the fields that may become different. */
export async function unitBefore(
  thing: TouchedThing,
  fields: readonly ("active" | "startup")[],
  context: WorkContext,
): Promise<Result<ThingBefore>> {
  const state = await lookAtUnit(thing, context);
  if (!state.ok) return state;
  const { type, active, startup } = state.value;
  const has = (field: "active" | "startup") => fields.includes(field);
  const before = {
    ...(type === undefined ? {} : { type }),
    ...(active !== undefined && has("active") ? { active } : {}),
    ...(startup !== undefined && has("startup") ? { startup } : {}),
  };
  return ok({ ...thing, before });
}

/** What a unit is now; one that nobody knows, and that is not masked, is absent. */
export async function lookAtUnit(
  thing: TouchedThing,
  context: WorkContext,
): Promise<Result<ThingState>> {
  const found = await managerOf(thing, context).look(thing.name, context.signal);
  if (!found.ok) {
    return found.failure.code === "bus-unavailable" ? ok({ type: "absent" }) : found;
  }
  const { load, file } = found.value;
  if (load === "not-found" && file === "") return ok({ type: "absent" });
  return ok({ type: "unit", active: activeOf(found.value), startup: file || "none" });
}

/** Brings a unit back; one that was not there is stopped, and does not start with the host. */
export async function restoreUnit(
  thing: TouchedThing,
  wanted: ThingState,
  context: WorkContext,
): Promise<Failure | undefined> {
  const isGoing = wanted["type"] === "absent";
  const active = isGoing ? "stopped" : wanted["active"];
  const startup = isGoing ? "disabled" : wanted["startup"];
  const comesUp = active === "running";
  // What is to run must not be masked, and what is stopped is so before nothing can start it.
  const steps = comesUp
    ? [() => setStartup(thing, startup, context), () => setActive(thing, active, context)]
    : [() => setActive(thing, active, context), () => setStartup(thing, startup, context)];
  for (const step of steps) {
    const problem = await step();
    if (problem !== undefined) return problem;
  }
  return undefined;
}

async function setActive(
  thing: TouchedThing,
  active: ThingState[string] | undefined,
  context: WorkContext,
): Promise<Failure | undefined> {
  if (active !== "running" && active !== "stopped") return undefined;
  const services = managerOf(thing, context);
  const now = await lookAtUnit(thing, context);
  if (!now.ok) return now.failure;
  if (now.value["active"] === active || now.value["type"] === "absent") return undefined;
  const job = active === "running" ? "start" : "stop";
  const problem = await services.run(job, thing.name, context.signal);
  if (problem !== undefined) return problem;
  const after = await lookAtUnit(thing, context);
  if (!after.ok || after.value["active"] === active) return undefined;
  return failure(`${thing.name} was to be ${active}, and is ${after.value["active"]}`, {
    code: "no-effect",
    hint: `look at it with: systemctl status ${thing.name}`,
  });
}

async function setStartup(
  thing: TouchedThing,
  startup: ThingState[string] | undefined,
  context: WorkContext,
): Promise<Failure | undefined> {
  if (startup === undefined) return undefined;
  const services = managerOf(thing, context);
  const now = await lookAtUnit(thing, context);
  if (!now.ok) return now.failure;
  const is = String(now.value["startup"] ?? "none");
  for (const change of startupSteps(is, String(startup))) {
    const problem = await services.changeFile(change, thing.name, context.signal);
    if (problem !== undefined) return problem;
  }
  const after = await lookAtUnit(thing, context);
  if (!after.ok || after.value["startup"] === startup || after.value["type"] === "absent") {
    return undefined;
  }
  // What has no such state any more, or never had, is at least not enabled.
  if (startup === "disabled" && after.value["startup"] !== "enabled") return undefined;
  return failure(`${thing.name} was ${startup}, and is ${after.value["startup"]} now`, {
    code: "no-effect",
    hint: `look at it with: systemctl is-enabled ${thing.name}`,
  });
}

function startupSteps(is: string, wanted: string): readonly UnitFileChange[] {
  if (is === wanted) return [];
  const unmasks: UnitFileChange[] = is.startsWith("masked") ? ["unmask"] : [];
  if (wanted === "masked") return is.startsWith("masked") ? [] : ["mask"];
  if (wanted === "enabled") return [...unmasks, "enable"];
  // A unit that is not there, or is started by others alone, has nothing to be disabled.
  return is === "enabled"
    ? ["disable"]
    : [...unmasks, ...unmasks.length > 0 ? ["disable"] as const : []];
}

function activeOf({ active, job }: UnitState): string {
  if (active === "active" || active === "reloading" || active === "refreshing") return "running";
  const isComing = job === "start" || job === "restart";
  return (active === "inactive" || active === "failed") && !isComing ? "stopped" : active;
}

function managerOf({ is }: TouchedThing, { host: { services } }: WorkContext): Services {
  return is === UNIT.session ? services.session : services.system;
}
