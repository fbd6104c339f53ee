/**
 * The unit that a resource works on, whom it asks about it, and what it remembers of it.
 *
 * @module
 */

import type { Services, ServiceState } from "../../systemd/services.ts";
import type { KindContext } from "../../kind/kind.ts";
import type { Starts } from "./hold.ts";
import type { SvcParams } from "./params.ts";

/** Where only matters whether the unit runs. */
export const QUICK = { quick: true };

/** What a service remembers between passes. */
export interface SvcMemory {
  /** The last apply failed: only time, or a change of the unit's files, is a reason to try again. */
  broken: boolean;
  /** It is a task, and the agent has seen it done. */
  finished: boolean;
  /** An apply is under way, which causes most of what is heard then. */
  working: boolean;
  /** What was last said to be waited for. */
  waiting: string;
  /** It was said what may start it again. */
  warned: boolean;
  readonly starts: Starts;
}

/** The manager that a resource speaks of. */
export function managerOf({ session }: SvcParams, { host }: Pick<KindContext, "host">): Services {
  return session ? host.services.session : host.services.system;
}

/** One unit, by its real name, and the resource that wants something of it. */
export interface ServiceTarget {
  readonly unit: string;
  readonly params: SvcParams;
  readonly context: KindContext<SvcMemory>;
}

/** How a service ran; undefined for units that are none. */
export async function serviceOf(
  { unit, params, context }: ServiceTarget,
): Promise<ServiceState | undefined> {
  if (!unit.endsWith(".service")) return undefined;
  const found = await managerOf(params, context).service(unit, context.signal);
  return found.ok ? found.value : undefined;
}
