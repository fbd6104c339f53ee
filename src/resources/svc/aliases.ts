/**
 * Resources that name one unit by different names: only the host knows that they do, so each says in
 * its claims what it wants, and looks for the opposite under the unit's other names.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { UnitState } from "../../systemd/services.ts";
import type { KindContext } from "../../kind/kind.ts";
import type { SvcParams } from "./params.ts";

const VALUES = {
  state: ["running", "stopped"],
  startup: ["enabled", "disabled", "masked"],
} as const;
type AliasField = keyof typeof VALUES;
const FIELDS = Object.keys(VALUES) as AliasField[];

/** What a resource wants of the unit with this name, as a claim. */
function wish(
  { session }: Pick<SvcParams, "session">,
  unit: string,
  field: AliasField,
  value: string,
) {
  return `${session ? "session " : ""}unit:${unit} ${field}: ${value}`;
}

/** All that a resource wants. */
export function wishes(params: SvcParams): readonly string[] {
  return FIELDS.flatMap((field) => {
    const value = params[field];
    return value === undefined ? [] : [wish(params, params.unit, field, value)];
  });
}

/** Whether another resource wants this of a unit. */
export function isWished(
  unit: string,
  state: "running" | "stopped",
  params: SvcParams,
  { claimed }: KindContext,
): boolean {
  return claimed(wish(params, unit, "state", state));
}

/** Why a resource cannot be true beside one that names the same unit otherwise. */
export function contradiction(
  params: SvcParams,
  unit: UnitState,
  { claimed }: Pick<KindContext, "claimed">,
): Failure | undefined {
  const others = unit.names.filter((name) => name !== params.unit);
  for (const field of FIELDS) {
    const wanted = params[field];
    if (wanted === undefined) continue;
    for (const value of VALUES[field]) {
      if (value === wanted) continue;
      const other = others.find((name) => claimed(wish(params, name, field, value)));
      if (other === undefined) continue;
      const message = `${params.unit} and ${other} are names of one unit, and the graph says ` +
        `${field}: ${wanted} of the one and ${value} of the other`;
      return failure(message, { code: "contradiction", hint: "leave one of them out" });
    }
  }
  return undefined;
}
