/**
 * What a pass has to do: the drift that was found, or a refresh that is owed, and why it would be refused.
 *
 * @module
 */

import { chain } from "../base/chain.ts";
import type { Awaitable, Failure } from "../base/result.ts";
import type { Drift, KindContext, UnknownOutcome } from "../kind/kind.ts";
import type { Resource } from "../kind/resource.ts";

/** What is to be done, known to be nothing that would be refused. */
export interface Due extends Drift {
  /** Nothing drifts: a refresh is owed. */
  readonly refresh: boolean;
}

/** Why what is due would be refused, as far as that is known before; undefined: nothing is due. */
export function foresee(
  found: Drift | undefined,
  { kind, params }: Pick<Resource, "kind" | "params">,
  kindContext: KindContext,
): Awaitable<Due | Failure | undefined> {
  if (found !== undefined) {
    const refusal = kind.refuses?.(found.plan, params, kindContext);
    return chain(refusal, (problem) => {
      if (problem === undefined) return { ...found, refresh: false };
      return found.unknown?.isDue === false ? refusedIfDue(found, found.unknown, problem) : problem;
    });
  }
  if (kind.refresh === undefined) return undefined;
  const does = kind.refreshes === undefined ? "refresh" : kind.refreshes(params, kindContext);
  return chain(
    does,
    (what) =>
      typeof what === "string"
        ? {
          type: "drift",
          reason: what,
          plan: undefined,
          refresh: true,
          worldless: kind.junction ?? false,
        }
        : what,
  );
}

/** Who may not be asked at all is not refused. */
function refusedIfDue(found: Drift, unknown: UnknownOutcome, { message }: Failure): Due {
  const why = `${unknown.why}; where it has to be done, it fails: ${message}`;
  return { ...found, refresh: false, unknown: { ...unknown, why } };
}
