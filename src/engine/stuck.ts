/**
 * Whether the engine still makes progress. What takes long is no hang as long as it may take long:
 * an apply without a time limit can install packages for an hour. A hang is what must have ended.
 *
 * @module
 */

import type { Vertex } from "./vertex.ts";

/**
 * A pass that was told to end, because its time is over or nobody wants it any more, may take so long
 * to do so: half of a package transaction is worse than a late end.
 */
const OVERDUE_MS = 30 * 60_000;

/** Work that is to be done is begun within this time, where nothing else runs. */
const IDLE_MS = 2 * 60_000;

/** What the engine is doing at one moment. */
export interface Activity {
  readonly vertices: Iterable<Vertex>;
  /** Vertices that are dirty or run, and those that run. */
  readonly pending: number;
  readonly running: number;
  /** Graphs that are about to be in force. */
  readonly loads: number;
  /** Passes that have begun since the start. */
  readonly passes: number;
}

/** Sees hangs, by looking at the engine now and then. */
export class StuckDetector {
  #idle: { readonly passes: number; readonly sinceMs: number } | undefined;

  /** What hangs, as a sentence; undefined: nothing. */
  look(activity: Activity, nowMs: number): string | undefined {
    return this.#overdue(activity, nowMs) ?? this.#idleWithWork(activity, nowMs);
  }

  #overdue({ vertices, running }: Activity, nowMs: number): string | undefined {
    if (running === 0) return undefined;
    for (const { dueMs, node, resource } of vertices) {
      if (!node.running || dueMs === undefined || nowMs - dueMs < OVERDUE_MS) continue;
      return `${resource.key} should have ended ${minutes(nowMs - dueMs)} ago`;
    }
    return undefined;
  }

  #idleWithWork({ pending, running, loads, passes }: Activity, nowMs: number): string | undefined {
    if (running > 0 || pending + loads === 0) {
      this.#idle = undefined;
      return undefined;
    }
    if (this.#idle?.passes !== passes) this.#idle = { passes, sinceMs: nowMs };
    const forMs = nowMs - this.#idle.sinceMs;
    if (forMs < IDLE_MS) return undefined;
    return `nothing has been begun for ${minutes(forMs)}, although there is work to do`;
  }
}

function minutes(milliseconds: number): string {
  return `${Math.floor(milliseconds / 60_000)} min`;
}
