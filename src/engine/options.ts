import type { Result } from "../base/result.ts";
import type { Host } from "../host/host.ts";
import type { Resource } from "../kind/resource.ts";
import type { RefreshStore } from "./debts.ts";
import type { Sink } from "./event.ts";
import type { HoldSource } from "./hold.ts";
import type { FleetLocks } from "./fleet_locks.ts";

/** What an engine works with. */
export interface EngineOptions {
  readonly host: Host;
  /** Hears everything. */
  readonly emit: Sink;
  readonly debts: RefreshStore;
  /** Change nothing, say what would be changed. */
  readonly noop: boolean;
  /**
   * Nothing is run either, what is behind a failure is looked at, too, and commands of the graph run only
   * where `probes` says so; with `noop`.
   */
  readonly plan?: { readonly probes: boolean };
  /** Set up watches, polls and retries; false in a one-shot run. */
  readonly watching: boolean;
  /** Seed of the order among vertices that are ready at the same time. */
  readonly seed: number;
  /** Converged after so long without change, in milliseconds; undefined: never. */
  readonly convergedMs?: number;
  /** Whether something outside of the graph must come first, for instance an answer of the cluster. */
  readonly pendingElsewhere?: () => boolean;
  /** Gives places in semaphores of the fleet; undefined: there are always some. */
  readonly fleet?: FleetLocks;
  /** Passes at the same time at most; undefined: any number. */
  readonly passesAtOnce?: number;
  /** Which resources an operator holds; absent: none. */
  readonly holds?: HoldSource;
  /**
   * Puts the values of secrets into a resource that has some, for its kind alone; absent: there are
   * none. A failure is that of the resource.
   */
  readonly filled?: (resource: Resource) => Result<Resource>;
  /** Repairs of one vertex at once, and how many a second come back. */
  readonly repairBurst: number;
  readonly repairsPerSecond: number;
  /** Whether somebody keeps what it takes to take changes back. */
  readonly records?: boolean;
  /** Whether differences are made for the sinks. */
  readonly differences: () => boolean;
}
