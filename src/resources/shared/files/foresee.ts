/**
 * Why a change of a file would be refused, as far as that can be told before it is made.
 *
 * @module
 */

import type { Failure } from "../../../base/result.ts";
import type { ForeseenChange } from "../../../os/files/files.ts";
import type { KindContext } from "../../../kind/kind.ts";
import { parentOf } from "./path.ts";

/** Why one change would be refused; a parent that another resource makes is none. */
export async function foreseeChange(
  change: ForeseenChange,
  { host, comes, signal }: KindContext,
): Promise<Failure | undefined> {
  const failure = await host.files.foresee(change, signal);
  const parentComes = failure?.code === "parent-missing" && comes(parentOf(change.path));
  return parentComes ? undefined : failure;
}
