/** From the fields of a service to its parameters. */

import type { ResolveContext } from "../../kind/kind.ts";
import type { Ties } from "../../kind/ties.ts";
import type { SvcParams } from "./wanted.ts";

/** What a graph file may say about a service. */
export interface SvcFields {
  readonly state?: "running" | "stopped";
  readonly startup?: "enabled" | "disabled" | "masked";
  readonly refresh?: "reload" | "restart" | "none";
  readonly session?: boolean;
}

/** Suffixes of unit names; a name without one is a service. */
const SUFFIX = /\.(service|socket|target|timer|path|mount|automount|swap|slice|scope|device)$/;

const UNIT_NAME = /^[A-Za-z0-9:_.\\@-]+$/;
const LONGEST_NAME = 255;

/** Makes the unit's full name and finds what contradicts itself. */
export function resolveSvc(fields: SvcFields, { name, issue }: ResolveContext): SvcParams {
  const unit = SUFFIX.test(name) ? name : `${name}.service`;
  if (!UNIT_NAME.test(unit) || unit.length > LONGEST_NAME) {
    issue({
      path: ["name"],
      message: `"${name}" is not the name of a unit`,
      hint: "a unit's name has letters, digits and : - _ . \\ @ only",
    });
  }
  if (/^[^@]*@\.[a-z]+$/.test(unit) && fields.state !== undefined) {
    issue({
      path: ["name"],
      message: `"${name}" is a template, which cannot run`,
      hint: `name an instance of it, for instance ${unit.replace("@.", "@one.")}`,
    });
  }
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

/** It comes after its unit; a user's units are not where the system's are, and have no ties. */
export function tiesOf({ unit, state, startup, session }: SvcParams): Ties {
  if (session) return {};
  const off = startup === "disabled" || startup === "masked";
  return { needs: [`unit:${unit}`], removes: state === "stopped" || (state === undefined && off) };
}
