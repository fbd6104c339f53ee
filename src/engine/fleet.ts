/**
 * Places in semaphores of the fleet, as passes need them. Who gives them is somebody else's.
 *
 * @module
 */

import type { FleetLocks, FleetPlace } from "./fleet_locks.ts";
import { eitherOf } from "../base/either.ts";
import type { Failure } from "../base/result.ts";
import type { PassContext } from "./pass_context.ts";
import type { Vertex } from "./vertex.ts";

/** For an engine that no cluster is ever beside: all places are there. */
const NO_FLEET: FleetLocks = {
  acquire: () =>
    Promise.resolve({
      lost: new AbortController().signal,
      failure: () => {
        throw new Error("what nobody gave is never lost");
      },
      release: () => {},
    }),
};

/** All places that one pass holds. */
export interface HeldPlaces {
  readonly lost: AbortSignal;
  readonly failure: () => Failure | undefined;
  release(): void;
}

/** Whether the vertex may be changed only in a place of the fleet. */
export function needsPlaces({ resource: { meta: { fleet } } }: Vertex): boolean {
  return fleet.length > 0;
}

/**
 * Waits for one place in each semaphore of the vertex; undefined: nobody wants it any more. In the order
 * of their names, as all hosts do: who waits for one holds only some that come before it.
 */
export async function placesFor(
  vertex: Vertex,
  { options, ending }: PassContext,
): Promise<HeldPlaces | undefined> {
  const { resource: { key, meta: { fleet, fleetFallback: fallback } }, controller } = vertex;
  const { fleet: locks = NO_FLEET, emit, host: { clock } } = options;
  const held: FleetPlace[] = [];
  const release = () => held.splice(0).forEach((place) => place.release());
  // A place that is lost while another is waited for is asked for again with the next try.
  let wanted = eitherOf(controller.signal, ending);
  vertex.step = "wait";
  vertex.stepSinceMs = clock.nowMs();
  for (const { name, size } of fleet.toSorted((one, other) => one.name < other.name ? -1 : 1)) {
    const what = `a place in fleet:${name}:${size}`;
    vertex.waitsFor = what;
    const says = (why: string) => vertex.waitsFor = `${what} (${why})`;
    const ask = { name, size, key, fallback };
    const place = await locks.acquire(ask, wanted.signal, says);
    wanted.end();
    if (place === undefined) break;
    held.push(place);
    if (place.warning !== undefined) emit({ type: "warning", key, text: place.warning });
    wanted = eitherOf(controller.signal, ending, ...held.map(({ lost }) => lost));
  }
  wanted.end();
  vertex.step = undefined;
  vertex.waitsFor = undefined;
  if (controller.signal.aborted || ending.aborted) {
    release();
    return undefined;
  }
  const lost = eitherOf(...held.map((place) => place.lost));
  const ends = () => vertex.dueMs = Math.min(vertex.dueMs ?? Infinity, clock.nowMs());
  lost.signal.addEventListener("abort", ends, { once: true });
  return {
    lost: lost.signal,
    failure: () => held.find((place) => place.lost.aborted)?.failure(),
    release: () => {
      lost.end();
      release();
    },
  };
}
