/**
 * Why nothing can be done with a unit as it is found.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { UnitState } from "../../systemd/services.ts";
import type { KindContext } from "../../kind/kind.ts";
import { contradiction } from "./aliases.ts";
import { isUp } from "./differences.ts";
import type { SvcParams } from "./params.ts";
import { isMasked } from "./startup.ts";
import { managerOf, type SvcMemory } from "./target.ts";

/** How systemd loads units that it can work with. */
const LOADED = new Set(["loaded", "masked", "stub", "merged"]);

/** Why nothing can be done with the unit as it is; or undefined. */
export async function unusable(
  unit: UnitState,
  params: SvcParams,
  context: KindContext<SvcMemory>,
): Promise<Failure | undefined> {
  const { load, loadError } = unit;
  const unmasks = params.startup === "enabled" || params.startup === "disabled";
  if (isMasked(unit) && params.state === "running" && !unmasks && !isUp(unit)) {
    return failure(`${params.unit} is masked, so nothing can start it`, {
      code: "masked",
      hint: "with startup: enabled or disabled the mask is taken away",
    });
  }
  if (load === "not-found") return await notFound(unit, params, context);
  // What cannot be loaded can be stopped and masked.
  if (!LOADED.has(load) && (params.state === "running" || params.startup === "enabled")) {
    return failure(`${params.unit} cannot be loaded (${load}): ${loadError}`, {
      code: load,
      hint: `look at it with: systemd-analyze verify ${params.unit}`,
    });
  }
  return contradiction(params, unit, context);
}

async function notFound(
  unit: UnitState,
  params: SvcParams,
  context: KindContext<SvcMemory>,
): Promise<Failure | undefined> {
  // Its file was taken away under it.
  if (isUp(unit) && params.startup !== "enabled") return undefined;
  if (params.state !== "running" && params.startup !== "enabled") return undefined;
  const near = await managerOf(params, context).near(params.unit, context.signal);
  const message = `there is no unit ${params.unit} on this host`;
  // Whatever happens to other units makes it look again; that it is still not there is no news.
  const known = context.memory.waiting === message;
  context.memory.waiting = message;
  const hint = near === undefined
    ? "it is found as soon as it appears"
    : near.isAlias
    ? `it is another name of ${near.name} while that is enabled: say ${near.name}`
    : `did you mean "${near.name}"?`;
  return failure(message, { code: "not-found", hint, known });
}

/** What would be so without the unit, too, needs none. */
export function wantsSomething({ state, startup }: SvcParams): boolean {
  return state === "running" || startup === "enabled" || startup === "masked";
}
