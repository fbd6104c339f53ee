/**
 * What a service should be, what it is, and the steps between the two.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { UnitFileChange, UnitJob, UnitState } from "../../systemd/services.ts";
import type { SvcParams } from "./params.ts";
import { isMasked, startupChanges } from "./startup.ts";

/** One thing to do to a unit. */
export type ServiceStep = { readonly file: UnitFileChange } | { readonly job: UnitJob };

/** What is to be done, and why, in the order it is done. */
export interface Difference {
  readonly reasons: readonly string[];
  readonly steps: readonly ServiceStep[];
  /** Its only job is under way already, for somebody else: it is waited for. */
  readonly joins: boolean;
}

/** States in which a unit does its work. */
const UP = new Set(["active", "reloading", "refreshing"]);
/** States in which nothing of a unit runs; in maintenance its leftovers are removed. */
const DOWN = new Set(["inactive", "failed", "maintenance"]);

/** Whether the unit does what it is for; one that is being started does not yet. */
export function isUp({ active }: UnitState): boolean {
  return UP.has(active);
}

/** Whether nothing of the unit runs, nor is about to. */
export function isDown({ active, job }: UnitState): boolean {
  return DOWN.has(active) && job !== "start" && job !== "restart";
}

/** Compares what a unit is with what it should be; `finished`: it did its work and need not run. */
export function differences(
  wanted: SvcParams,
  unit: UnitState,
  finished: boolean,
): Difference | Failure {
  const changes = wanted.startup === undefined ? [] : startupChanges(wanted.startup, unit);
  if ("type" in changes) return changes;
  const job = wantedJob(wanted, unit, finished);
  if (job !== undefined && typeof job !== "string") return job;
  const files: ServiceStep[] = changes.map((file) => ({ file }));
  const jobs: ServiceStep[] = job === undefined ? [] : [{ job }];
  const reasons = files.length === 0 ? [] : [`${unit.file || "not enabled"} → ${wanted.startup}`];
  if (job !== undefined) reasons.push(`${described(unit)} → ${wanted.state}`);
  const first = wanted.startup === "enabled" || changes.includes("unmask");
  return {
    reasons,
    steps: job === "start" && first ? [...files, ...jobs] : [...jobs, ...files],
    joins: files.length === 0 && job !== undefined && isJoined(job, unit),
  };
}

function wantedJob(
  { state, startup }: SvcParams,
  unit: UnitState,
  finished: boolean,
): "start" | "stop" | Failure | undefined {
  if (state === "running" && !isUp(unit) && !finished) {
    const isFree = unit.canStart || (isMasked(unit) && startup !== undefined);
    return isFree || isJoined("start", unit) ? "start" : refused("started", unit);
  }
  if (state === "stopped" && !isDown(unit)) {
    return unit.canStop || isJoined("stop", unit) ? "stop" : refused("stopped", unit);
  }
  return undefined;
}

/** Whether somebody has asked for the same, and it has not ended. */
function isJoined(job: "start" | "stop", unit: UnitState): boolean {
  return unit.job === job || (job === "start" && unit.job === "restart");
}

/** Why a unit cannot be started, stopped or restarted by anybody. */
export function refused(what: "started" | "stopped" | "restarted", { name }: UnitState): Failure {
  return failure(`${name} cannot be ${what}: it allows that to nobody, only to other units`, {
    code: "refused",
    hint: `see RefuseManualStart= and RefuseManualStop= in: systemctl cat ${name}`,
  });
}

function described(unit: UnitState): string {
  const { active, sub } = unit;
  if (active === "inactive") return isDown(unit) ? "stopped" : "about to start";
  if (active === "failed") return "failed";
  return active === "active" ? "running" : `${active} (${sub})`;
}
