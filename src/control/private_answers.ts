/**
 * Answers without what is private, for those who may only read.
 *
 * @module
 */

import { isJsonObject } from "../base/json.ts";
import { fail, type Failure, ok, type Result } from "../base/result.ts";
import { failureForReaders, MISTAKES_ARE_PRIVATE } from "../report/for_readers.ts";

/** The history of a graph that not everybody may read: mistakes quote what is written there. */
export function historyWithoutMistakes(history: object): object {
  const { entries = [] } = history as { readonly entries?: readonly object[] };
  const told = entries.map((entry) =>
    "type" in entry && entry.type === "refused" ? { ...entry, text: MISTAKES_ARE_PRIVATE } : entry
  );
  return { ...history, entries: told };
}

/** The plan of the agent's own graph; of what a command printed nothing, and of mistakes as above. */
export function planForReaders(plan: Result<object>, isGraphOpen: boolean): Result<object> {
  if (!plan.ok) {
    const hides = plan.failure.code === "refused" && !isGraphOpen;
    return hides ? fail(MISTAKES_ARE_PRIVATE, { code: "refused" }) : plan;
  }
  const { resources = [] } = plan.value as { readonly resources?: readonly object[] };
  return ok({ ...plan.value, resources: resources.map(plannedForReaders) });
}

function plannedForReaders(planned: object): object {
  if (!("failure" in planned) || !isJsonObject(planned.failure)) return planned;
  const found = planned.failure as unknown as Failure;
  const failure = failureForReaders(found);
  return failure === found ? planned : { ...planned, failure, reason: failure.message };
}
