/**
 * Answers without what is private, for those who may only read.
 *
 * @module
 */

import { isJsonObject } from "../base/json.ts";
import { fail, type Failure, ok, type Result } from "../base/result.ts";
import type { RecordedEntry } from "../journal/entry.ts";
import {
  failureForReaders,
  linesForReaders,
  MISTAKES_ARE_PRIVATE,
  type PrivateThings,
} from "../report/for_readers.ts";

/** What happened: no mistakes of a graph that not everybody may read, for they quote what is written there. */
export function historyForReaders(history: object, agent: PrivateThings): object {
  const { entries = [] } = history as { readonly entries?: readonly object[] };
  const isOpen = agent.isGraphOpen();
  const told = entries.map((entry) =>
    !isOpen && "type" in entry && entry.type === "refused"
      ? { ...entry, text: MISTAKES_ARE_PRIVATE }
      : entryForReaders(entry, agent)
  );
  return { ...history, entries: told };
}

/** Why something was done. */
export function whyForReaders(why: object, agent: PrivateThings): object {
  const { chain = [] } = why as { readonly chain?: readonly object[] };
  return { ...why, chain: chain.map((entry) => entryForReaders(entry, agent)) };
}

function entryForReaders(entry: object, { isPrivate }: PrivateThings): object {
  const { key = "", difference } = entry as Partial<Pick<RecordedEntry, "key" | "difference">>;
  if (difference === undefined) return entry;
  return { ...entry, difference: linesForReaders(difference, key, isPrivate) };
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
