/**
 * What a service should be, what it is, and the steps between the two.
 *
 * @module
 */

import type { UnitFileChange, UnitJob, UnitState } from "../../host/systemd/services.ts";

/** What a graph says about a service, with all that is left unsaid made plain. */
export interface SvcParams {
  /** With its suffix. */
  readonly unit: string;
  readonly state: "running" | "stopped" | undefined;
  readonly startup: "enabled" | "disabled" | "masked" | undefined;
  readonly refresh: "reload" | "restart" | "none";
  readonly session: boolean;
}

/** One thing to do to a unit. */
export type Step = { readonly file: UnitFileChange } | { readonly job: UnitJob };

/** What is to be done, and why, in the order it is done. */
export interface Difference {
  readonly reasons: readonly string[];
  readonly steps: readonly Step[];
}

/** States in which a unit does its work. */
const UP = new Set(["active", "reloading", "refreshing"]);

/** Whether the unit does what it is for; one that is being started does not yet. */
export function isUp({ active }: UnitState): boolean {
  return UP.has(active);
}

/** Whether somebody masked the unit, so that nothing can start it. */
export function isMasked({ load, file }: UnitState): boolean {
  return load === "masked" || file.startsWith("masked");
}

/** Whether the unit starts with the host, or with another unit that is enabled with it. */
function isEnabled({ file }: UnitState): boolean {
  return file === "enabled" || file === "alias" || file === "indirect";
}

/** Whether nothing says with what the unit should start. */
export function cannotBeEnabled({ file }: UnitState): boolean {
  return file === "static" || file === "generated" || file === "transient";
}

function isDisabled({ file }: UnitState): boolean {
  return !["enabled", "enabled-runtime", "alias"].includes(file) && !file.startsWith("masked");
}

/** Compares what a unit is with what it should be; `finished`: it did its work and need not run. */
export function differences(
  wanted: SvcParams,
  unit: UnitState,
  finished: boolean,
): Difference {
  const reasons: string[] = [];
  const before: Step[] = [];
  const after: Step[] = [];
  if (wanted.startup !== undefined) {
    startupSteps(wanted.startup, unit, reasons, wanted.startup === "enabled" ? before : after);
  }
  if (wanted.state === "running" && !isUp(unit) && !finished) {
    reasons.push(`${described(unit)} → running`);
    return { reasons, steps: [...before, ...after, { job: "start" }] };
  }
  const isDown = unit.active === "inactive" || unit.active === "failed";
  if (wanted.state === "stopped" && !isDown) {
    reasons.push(`${described(unit)} → stopped`);
    return { reasons, steps: [...before, { job: "stop" }, ...after] };
  }
  return { reasons, steps: [...before, ...after] };
}

function startupSteps(
  startup: "enabled" | "disabled" | "masked",
  unit: UnitState,
  reasons: string[],
  steps: Step[],
): void {
  const masked = isMasked(unit);
  if (startup === "masked") {
    if (masked) return;
    steps.push({ file: "mask" });
  } else {
    if (masked) steps.push({ file: "unmask" });
    if (startup === "enabled" && (masked || !isEnabled(unit))) steps.push({ file: "enable" });
    if (startup === "disabled" && !masked && !isDisabled(unit)) steps.push({ file: "disable" });
    if (steps.length === 0) return;
  }
  reasons.push(`${unit.file || "not enabled"} → ${startup}`);
}

function described({ active, sub }: UnitState): string {
  if (active === "inactive") return "stopped";
  if (active === "failed") return "failed";
  return active === "active" ? "running" : `${active} (${sub})`;
}
