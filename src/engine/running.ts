import type { Running } from "./event.ts";
import type { SchedulerNode } from "./scheduler.ts";
import type { Vertex } from "./vertex.ts";

/** How many of the waiting vertices are named. */
const NAMED = 3;

/** How many long-running vertices are reported at once. */
const REPORTED = 20;

/** The vertices that have been at one step for `sinceMs` or more, and who waits for them. */
export function longRunning(
  vertices: Iterable<Vertex>,
  nowMs: number,
  sinceMs: number,
): Running[] {
  const result: Running[] = [];
  for (const vertex of vertices) {
    if (vertex.step === undefined || nowMs - vertex.stepSinceMs < sinceMs - 50) continue;
    const waiting = waitingFor(vertex.node);
    result.push({
      key: vertex.resource.key,
      step: vertex.step,
      forMs: nowMs - vertex.stepSinceMs,
      waiting: waiting.slice(0, NAMED),
      waitingCount: waiting.length,
    });
    if (result.length === REPORTED) break;
  }
  return result;
}

/** Keys of all dirty nodes below one, nearest first. */
function waitingFor(node: SchedulerNode<Vertex>): string[] {
  const seen = new Set<SchedulerNode<Vertex>>([node]);
  const keys: string[] = [];
  for (const next of seen) {
    for (const child of next.children) {
      if (!child.dirty || seen.has(child)) continue;
      seen.add(child);
      keys.push(child.key);
    }
  }
  return keys;
}
