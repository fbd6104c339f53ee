/** From the fields of a service to its parameters. */

import type { ResolveContext } from "../../kind/kind.ts";
import type { Relations } from "../../kind/relations.ts";
import type { SvcFields } from "./fields.ts";
import type { Startup } from "./startup.ts";

/** What a graph says about a service, with all that is left unsaid made plain. */
export interface SvcParams {
  /** With its suffix. */
  readonly unit: string;
  readonly state: "running" | "stopped" | undefined;
  readonly startup: Startup | undefined;
  readonly refresh: "reload" | "restart" | "none";
  readonly session: boolean;
}

/** Suffixes of unit names; a name without one is a service. */
const SUFFIX = /\.(service|socket|target|timer|path|mount|automount|swap|slice|scope|device)$/;

const UNIT_NAME = /^[A-Za-z0-9:_.\\-][A-Za-z0-9:_.\\@-]*\.[a-z]+$/;
const TEMPLATE = /^[^@]+@\.[a-z]+$/;
const LONGEST_NAME = 255;
/** Where a mask of a unit of the host is a link. */
export const MASKS = "/etc/systemd/system";

/** Makes the unit's full name and finds what contradicts itself. */
export function resolveSvc(fields: SvcFields, { name, issue }: ResolveContext): SvcParams {
  const unit = SUFFIX.test(name) ? name : `${name}.service`;
  const mistake = nameMistake(name, unit, fields);
  if (mistake !== undefined) issue({ path: ["name"], ...mistake });
  if (fields.startup === "masked" && fields.state === "running") {
    issue({
      path: ["startup"],
      message: "a masked service cannot be started, and this one should run",
      hint: "say state: stopped, or another startup",
    });
  }
  return {
    unit,
    state: fields.state,
    startup: fields.startup,
    refresh: fields.refresh ?? "reload",
    session: fields.session ?? false,
  };
}

/** Why nothing can be wanted of a unit of this name. */
function nameMistake(
  name: string,
  unit: string,
  { state, startup }: SvcFields,
): { readonly message: string; readonly hint: string } | undefined {
  if (name.startsWith("/")) {
    return {
      message: `"${name}" is a path, not the name of a unit`,
      hint: `systemd-escape --path --suffix=mount ${name} says the name of a mount`,
    };
  }
  if (!UNIT_NAME.test(unit) || unit.length > LONGEST_NAME || unit.startsWith(".")) {
    return {
      message: `"${name}" is not the name of a unit`,
      hint: "a unit's name has letters, digits and : - _ . \\ @ only, and begins with none of . @",
    };
  }
  if (TEMPLATE.test(unit)) {
    return {
      message: `"${name}" is a template, and no unit itself`,
      hint: `name an instance of it, for instance ${unit.replace("@.", "@one.")}`,
    };
  }
  const type = unit.slice(unit.lastIndexOf(".") + 1);
  const isWanted = state === "running" || startup !== undefined;
  if (type === "device" || (type === "scope" && isWanted)) {
    return {
      message: `"${name}" cannot be as it should: a ${type} comes and goes by itself`,
      hint: type === "device"
        ? "leave it out; another unit can be bound to it"
        : "of a scope only state: stopped can be wanted",
    };
  }
  return undefined;
}

/** Where the mask of a unit is, if it is to have one. */
export function maskPath({ unit, startup, session }: SvcParams): readonly string[] {
  return startup === "masked" && !session ? [`${MASKS}/${unit}`] : [];
}

/** It comes after its unit; a user's units are not where the system's are, and have no ties. */
export function relationsOf({ unit, state, startup, session }: SvcParams): Relations {
  if (session) return {};
  const off = startup === "disabled" || startup === "masked";
  return { needs: [`unit:${unit}`], removes: state === "stopped" || (state === undefined && off) };
}
