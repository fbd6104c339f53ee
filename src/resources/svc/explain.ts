/**
 * Why a unit is not as it should be after it was told to, in systemd's words and its own.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { ServiceState, UnitJob, UnitState } from "../../systemd/services.ts";
import { managerOf, QUICK, serviceOf, type ServiceTarget } from "./target.ts";

/** Lines of its journal that are shown when a service fails. */
const JOURNAL_LINES = 10;

const DONE: Record<UnitJob, string> = {
  start: "started",
  stop: "stopped",
  restart: "restarted",
  reload: "reloaded",
};

/** Why a unit does not run although systemd did as it was told. */
export function notUp(
  job: UnitJob,
  { name, unmet, active }: UnitState,
  service: ServiceState | undefined,
): Failure {
  if (unmet.length > 0) {
    const verb = unmet.length === 1 ? "does" : "do";
    return failure(`${name} was not started: ${unmet.join(", ")} ${verb} not hold`, {
      code: "condition",
    });
  }
  if (service?.result === "exec-condition") {
    return failure(`${name} was not started: its ExecCondition= says no`, { code: "condition" });
  }
  const again = (service?.restarts ?? 0) > 0 || active === "activating"
    ? "; systemd starts it again (its Restart=)"
    : "";
  return failure(`${name} was ${DONE[job]} and ended at once${again}`, { code: "ended" });
}

/** Adds how the service ended, what did not hold, and what it wrote last. */
export async function explained(problem: Failure, target: ServiceTarget): Promise<Failure> {
  const { unit, params, context } = target;
  const services = managerOf(params, context);
  const how = await serviceOf(target);
  const now = await services.look(unit, context.signal, QUICK);
  const unmet = problem.code === "condition" || !now.ok ? [] : now.value.unmet;
  const lines = await services.journalTail(unit, JOURNAL_LINES, context.signal);
  for (const line of lines) context.line(line, "stderr");
  const details = [
    ...unmet,
    ...(how === undefined || how.result === "success" || problem.code === "condition"
      ? []
      : [`${how.result}${how.exitStatus === 0 ? "" : `, status ${how.exitStatus}`}`]),
  ];
  const end = details.length === 0 ? "" : ` (${details.join("; ")})`;
  const last = lines.at(-1);
  const printed = last === undefined ? "" : `; its last line: ${last}`;
  return {
    ...problem,
    ...(printed === "" ? {} : { printed }),
    message: `${problem.message}${end}${printed}`,
    hint: `look at it with: systemctl${params.session ? " --user" : ""} status ${unit}`,
  };
}
