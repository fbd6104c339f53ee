/**
 * Rights come into force where nobody else is: in a cluster that is made by hand, before it is reached.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import { nextEnabling } from "../leader/rights.ts";
import type { CallOptions, Store } from "../store/store.ts";

/** Puts them in force, or says why that failed. */
export async function enableRights(
  store: Store,
  options: CallOptions,
): Promise<Failure | undefined> {
  for (;;) {
    const there = await store.readRights(options);
    if (!there.ok) return there.failure;
    const change = nextEnabling(there.value);
    if (change === undefined) return undefined;
    const changed = await store.changeRights(change, options);
    if (!changed.ok) return changed.failure;
  }
}
