/**
 * When a pass may begin, and when it has to end.
 *
 * @module
 */

import { eitherOf } from "../base/either.ts";
import type { HeldPlaces } from "./fleet.ts";
import type { PassContext } from "./pass_context.ts";
import type { Vertex } from "./vertex.ts";

/** The semaphore of all passes of a run, which no graph can name. */
const OF_RUN = Symbol("all passes");

/** Waits until the pass may begin, and gives what gives back what it holds then; undefined: never. */
export async function turnOf(
  { resource: { meta }, passes, controller }: Vertex,
  { options: { host: { clock }, passesAtOnce }, semaphores, ending }: PassContext,
  places: HeldPlaces | undefined,
): Promise<(() => void) | undefined> {
  const lost = places === undefined ? [] : [places.lost];
  const { signal, end } = eitherOf(controller.signal, ending, ...lost);
  try {
    for (;;) {
      // With its places it goes on with a pass that was counted before.
      const waitMs = places === undefined ? passes?.take(clock.nowMs()) ?? 0 : 0;
      if (waitMs === 0 || signal.aborted) break;
      await clock.sleep(waitMs, signal);
    }
    const ofRun = passesAtOnce === undefined ? [] : [{ name: OF_RUN, size: passesAtOnce }];
    return await semaphores.acquire([...meta.sema, ...ofRun], signal);
  } finally {
    end();
  }
}

/**
 * The signal of one pass: the vertex's own, or one that also ends at `meta.timeout`, and when a place
 * of the fleet is lost.
 */
export function passDeadline(
  vertex: Vertex,
  { options: { host: { clock } } }: PassContext,
  places: HeldPlaces | undefined,
): { readonly signal: AbortSignal; end(): void } {
  const outer = vertex.controller.signal;
  const { timeoutSeconds } = vertex.resource.meta;
  if (timeoutSeconds === 0 && places === undefined) return { signal: outer, end: () => {} };
  const over = new AbortController();
  const either = eitherOf(outer, over.signal, ...places === undefined ? [] : [places.lost]);
  if (timeoutSeconds === 0) return either;
  const timer = clock.after(timeoutSeconds * 1000, () => over.abort());
  vertex.dueMs = clock.nowMs() + timeoutSeconds * 1000;
  return {
    signal: either.signal,
    end: () => {
      timer.cancel();
      either.end();
    },
  };
}
