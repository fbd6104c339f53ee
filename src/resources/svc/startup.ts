/**
 * Whether a unit starts with the host: what its file's state lacks to be as wanted. For each state that
 * systemd has there is an answer: it is so, it is made so, or why it cannot be and what to do then.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { UnitFileChange, UnitState } from "../../systemd/services.ts";

/** What a graph may want. */
export type Startup = "enabled" | "disabled" | "masked";

/** Units that start it, as a message names them. */
const NAMED = 3;

const NOTHING: readonly UnitFileChange[] = [];

/** Whether somebody masked the unit, so that nothing can start it. */
export function isMasked({ load, file }: UnitState): boolean {
  return load === "masked" || file.startsWith("masked");
}

/** What has to be done to the unit's file, in this order. */
export function startupChanges(
  wanted: Startup,
  unit: UnitState,
): readonly UnitFileChange[] | Failure {
  if (unit.file === "bad") {
    return failure(`systemd cannot tell whether ${unit.name} is enabled: ${unit.loadError}`, {
      code: "bad",
      hint: `look at it with: systemctl cat ${unit.name}`,
    });
  }
  if (wanted === "masked") return toMask(unit);
  if (isMasked(unit)) return ["unmask", wanted === "enabled" ? "enable" : "disable"];
  return wanted === "enabled" ? toEnable(unit) : toDisable(unit);
}

function toEnable(unit: UnitState): readonly UnitFileChange[] | Failure {
  switch (unit.file) {
    case "enabled":
      return NOTHING;
    case "static":
      return isStarted(unit) ? NOTHING : cannotEnable(unit);
    case "generated":
      if (isStarted(unit)) return NOTHING;
      return isScript(unit) ? ["enable-script"] : cannotEnable(unit);
    case "transient":
      return cannotEnable(unit);
    case "indirect": {
      const { hasRules = true, also = [] } = unit.install ?? {};
      if (hasRules) return ["enable"];
      if (also.length === 0) return cannotEnable(unit);
      return also.some(({ file }) => WOULD_BE_ENABLED.has(file)) ? ["enable"] : NOTHING;
    }
    default:
      // Also what holds until the next start only.
      return ["enable"];
  }
}

/** States that enabling changes. */
const WOULD_BE_ENABLED = new Set(["disabled", "enabled-runtime", "linked", "linked-runtime"]);

function toDisable(unit: UnitState): readonly UnitFileChange[] | Failure {
  switch (unit.file) {
    case "enabled":
    case "enabled-runtime":
      return ["disable"];
    case "static":
      return isStarted(unit) ? cannotDisable(unit) : NOTHING;
    case "generated":
      if (!isStarted(unit)) return NOTHING;
      return isScript(unit) ? ["disable-script"] : cannotDisable(unit);
    case "indirect": {
      const { hasRules = true, also = [] } = unit.install ?? {};
      const isOn = hasRules
        ? isStarted(unit)
        : also.some(({ file }) => file === "enabled" || file === "enabled-runtime");
      return isOn ? ["disable"] : NOTHING;
    }
    default:
      return NOTHING;
  }
}

function toMask(unit: UnitState): readonly UnitFileChange[] | Failure {
  // A mask until the next start only is none for good.
  if (unit.file === "masked") return NOTHING;
  if (unit.isInMasksPlace) {
    return failure(`${unit.name} cannot be masked: its own file is where the mask would be`, {
      code: "mask-blocked",
      hint: `it is ${unit.fragmentPath}; move it away first, or say startup: disabled`,
    });
  }
  if (unit.file === "transient") {
    return failure(`${unit.name} cannot be masked: it is transient, made by a program`, {
      code: "transient",
      hint: "it is gone when it ends; say state: stopped",
    });
  }
  return ["mask"];
}

/** What starts it with itself, whatever is enabled. */
function isStarted({ startedBy }: UnitState): boolean {
  return startedBy.length > 0;
}

/** A script in /etc/init.d, of which systemd makes a unit. */
function isScript({ sourcePath, name }: UnitState): boolean {
  return `${sourcePath}.service` === `/etc/init.d/${name}`;
}

function cannotEnable(unit: UnitState): Failure {
  const hints: Record<string, string> = {
    generated: `it is made of ${unit.sourcePath || "other settings"}: change that`,
    transient: "it is gone when it ends; write a unit file to have it at each start",
  };
  return failure(`${unit.name} cannot be enabled: it is ${unit.file}`, {
    code: unit.file,
    hint: hints[unit.file] ??
      "its file has no [Install] section; leave startup out, or add one in a drop-in",
  });
}

function cannotDisable(unit: UnitState): Failure {
  const by = unit.startedBy.slice(0, NAMED).join(", ");
  const source = unit.file === "generated"
    ? `change ${unit.sourcePath || "what it is made of"}, or `
    : "";
  return failure(
    `${unit.name} cannot be disabled: it is ${unit.file}, and is started with ${by}`,
    { code: unit.file, hint: `${source}say startup: masked so that nothing can start it` },
  );
}
