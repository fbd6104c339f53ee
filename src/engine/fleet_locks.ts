/**
 * Who gives places in semaphores of the fleet, as the engine asks for them.
 *
 * @module
 */

import type { Failure } from "../base/result.ts";

/** A place that is wanted. */
export interface FleetAsk {
  readonly name: string;
  readonly size: number;
  /** The key of the resource. */
  readonly key: string;
  /** Where there is no cluster to ask for long enough: wait on, or go on without. */
  readonly fallback: "wait" | "go";
}

/** A place that is held. */
export interface FleetPlace {
  /** Aborts when others may have it from now on; the failure, then, says why. */
  readonly lost: AbortSignal;
  readonly failure: () => Failure;
  /** What was to be said of it, because there was no cluster to give it. */
  readonly warning?: string;
  release(): void;
}

/** Gives places. */
export interface FleetLocks {
  /**
   * Resolves with a place when there is one, or with undefined once `signal` has aborted; `waits` hears
   * what is waited for, in words, and whether all places are known to be others'.
   */
  acquire(
    ask: FleetAsk,
    signal: AbortSignal,
    waits: (why: string, isTaken?: boolean) => void,
  ): Promise<FleetPlace | undefined>;
}
