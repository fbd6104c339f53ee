import { nextWordMs } from "../base/words_due.ts";
import type { Clock, Timer } from "../os/clock.ts";
import type { RunningVertex } from "./event.ts";
import type { SchedulerNode } from "./scheduler.ts";
import type { Vertex } from "./vertex.ts";

/** How many of the waiting vertices are named. */
const NAMED = 3;

/** How many long-running vertices are reported at once. */
const REPORTED = 20;

/** No look is further away than this, as what has just begun is to be said in time. */
const LOOK_MS = 10_000;
const LEAST_LOOK_MS = 1000;
/** Timers may be a little early. */
const SLACK_MS = 50;

/** Says of vertices that take long that they are still at it, and who waits for them. */
export class RunningReport {
  readonly #clock: Clock;
  readonly #vertices: () => Iterable<Vertex>;
  readonly #say: (vertices: readonly RunningVertex[]) => void;
  #timer: Timer | undefined;

  constructor(
    clock: Clock,
    vertices: () => Iterable<Vertex>,
    say: (vertices: readonly RunningVertex[]) => void,
  ) {
    this.#clock = clock;
    this.#vertices = vertices;
    this.#say = say;
  }

  /** Something runs from now on. */
  begin(): void {
    this.#timer ??= this.#clock.after(LOOK_MS, () => this.#look());
  }

  /** Nothing is said any more. */
  end(): void {
    this.#timer?.cancel();
  }

  #look(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.nowMs();
    const due: RunningVertex[] = [];
    let nextMs = Infinity;
    for (const vertex of this.#vertices()) {
      if (!vertex.node.running) continue;
      if (vertex.step === undefined) {
        nextMs = Math.min(nextMs, LOOK_MS);
        continue;
      }
      let leftMs = dueMs(vertex) - nowMs;
      if (leftMs <= SLACK_MS) {
        if (due.length < REPORTED) due.push(running(vertex, nowMs));
        vertex.saidAtMs = nowMs;
        leftMs = dueMs(vertex) - nowMs;
      }
      nextMs = Math.min(nextMs, leftMs);
    }
    if (due.length > 0) this.#say(due);
    if (nextMs === Infinity) return;
    const pauseMs = Math.max(LEAST_LOOK_MS, Math.min(nextMs, LOOK_MS));
    this.#timer = this.#clock.after(pauseMs, () => this.#look());
  }
}

/** When a vertex at work is said to be so for the next time. */
function dueMs({ stepSinceMs, saidAtMs }: Vertex): number {
  const saidMs = saidAtMs >= stepSinceMs + SLACK_MS ? saidAtMs - stepSinceMs : undefined;
  return stepSinceMs + nextWordMs(saidMs === undefined ? undefined : saidMs + SLACK_MS);
}

function running(vertex: Vertex, nowMs: number): RunningVertex {
  const waiting = waitingFor(vertex.node);
  return {
    key: vertex.resource.key,
    step: vertex.step ?? "check",
    ...(vertex.waitsFor === undefined ? {} : { waitsFor: vertex.waitsFor }),
    forMs: nowMs - vertex.stepSinceMs,
    waiting: waiting.slice(0, NAMED),
    waitingCount: waiting.length,
  };
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
