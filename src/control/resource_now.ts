/**
 * How one resource of the graph in force is, and whom it waits for.
 *
 * @module
 */

import type { Failure } from "../base/result.ts";
import type { Hold } from "../engine/hold.ts";
import { failureForReaders } from "../report/for_readers.ts";
import type { ResourceSnapshot } from "../report/state.ts";
import type { ControlledAgent } from "./agent.ts";
import { failureObject } from "./answers.ts";
import type { Askers } from "./route.ts";

/** Those that wait for each other, in a row: more nobody reads. */
const LONGEST = 20;

/** One of those that a resource waits for. */
export interface ObstacleNow {
  readonly key: string;
  readonly state: string;
  readonly reason?: string;
  readonly failure?: { readonly message: string };
}

/** How a resource is, as an object for programs; undefined: it is not in the graph. */
export function resourceNow(
  key: string,
  { snapshot: { resources }, holds }: Pick<ControlledAgent, "snapshot" | "holds">,
  askers: Askers,
): object | undefined {
  const found = resources.get(key);
  if (found === undefined) return undefined;
  const waitsFor = obstaclesOf(found, resources, askers);
  const hold = found.state === "held" ? holdOf(key, holds()) : undefined;
  return {
    ...resourceObject(key, found, askers),
    ...(waitsFor.length === 0 ? {} : { waitsFor }),
    ...(hold === undefined ? {} : { hold }),
  };
}

/** What the snapshot says of one, to those who ask. */
export function resourceObject(key: string, now: ResourceSnapshot, askers: Askers): object {
  const { state, sinceMs, reason, blockedBy, failure, progress } = now;
  const { failedAtMs, retryAtMs, changedAtMs, change } = now;
  return {
    ...{ key, state, sinceMs, reason, blockedBy, failedAtMs, retryAtMs, changedAtMs, change },
    ...(failure === undefined ? {} : { failure: failureObject(toldTo(askers, failure)) }),
    progress,
  };
}

function toldTo(askers: Askers, failure: Failure): Failure {
  return askers === "owner" ? failure : failureForReaders(failure);
}

/** Whom it waits for, whom that one waits for, and so on. */
function obstaclesOf(
  { state, blockedBy }: ResourceSnapshot,
  resources: ReadonlyMap<string, ResourceSnapshot>,
  askers: Askers,
): readonly ObstacleNow[] {
  const obstacles: ObstacleNow[] = [];
  let key = state === "blocked" ? blockedBy : undefined;
  while (key !== undefined && obstacles.length < LONGEST) {
    const found = resources.get(key);
    if (found === undefined) break;
    const { reason, failure } = found;
    obstacles.push({
      key,
      state: found.state,
      ...(reason === undefined ? {} : { reason }),
      ...(failure === undefined || found.state !== "failed"
        ? {}
        : { failure: { message: toldTo(askers, failure).message } }),
    });
    key = found.state === "blocked" ? found.blockedBy : undefined;
  }
  return obstacles;
}

function holdOf(key: string, all: readonly (Hold & { readonly key: string })[]): Hold | undefined {
  const found = all.find((each) => each.key === key) ?? all.find((each) => each.key === "*");
  if (found === undefined) return undefined;
  const { key: _, ...hold } = found;
  return hold;
}
