/**
 * Which resources a reader of events means by his words, as far as the agent knows of them.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import { failure } from "../../base/result.ts";
import type { AgentStatus } from "../../control/status_object.ts";
import type { Clock } from "../../os/clock.ts";
import type { PlaceFlags } from "../agent_prefix.ts";
import { readObject } from "../control/ask_reading.ts";

/** What words mean. */
export interface WantedResources {
  /** Keys of what the graph in force has. */
  readonly keys: ReadonlySet<string>;
  /** What it has not, each as it is to be said. */
  readonly unknown: readonly Failure[];
}

/** Words that the agent is asked about; of more names alone count. */
const ASKED_MOST = 50;

/** Asks the agent about each; where it does not answer nothing is known, and nothing amiss. */
export async function wantedResources(
  given: Pick<PlaceFlags, "flags">,
  words: readonly string[],
  clock: Clock,
): Promise<WantedResources> {
  const keys = new Set<string>();
  const unknown: Failure[] = [];
  for (const word of words.slice(0, ASKED_MOST)) {
    const path = `/v1/resources/${encodeURIComponent(word)}`;
    const asked = await readObject(given, { method: "GET", path }, clock);
    if (asked.ok && typeof asked.value["key"] === "string") keys.add(asked.value["key"]);
    if (!asked.ok && asked.failure.code === "unknown-resource") unknown.push(asked.failure);
  }
  return { keys, unknown };
}

/** That no resource is of the kind that is wanted; undefined: some are, or there is no graph yet. */
export function unknownKind(
  kind: string | undefined,
  { graph, kinds }: Pick<AgentStatus, "graph" | "kinds">,
): Failure | undefined {
  if (kind === undefined || graph === undefined || Object.hasOwn(kinds, kind)) return undefined;
  const has = Object.keys(kinds);
  return failure(`the graph in force has no resource of the kind ${kind}`, {
    ...(has.length === 0 ? {} : { hint: `it has ${has.join(", ")}` }),
  });
}
