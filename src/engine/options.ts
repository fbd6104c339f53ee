import type { Awaitable, Failure } from "../base/result.ts";
import type { AttributeExpectation } from "../kind/claim.ts";
import type { Resource } from "../kind/resource.ts";
import type { SeenEvent } from "./cause.ts";
import type { ThingBefore, UndoRecord } from "../kind/undo.ts";
import type { Result } from "../base/result.ts";
import type { Host } from "../host/host.ts";
import type { RefreshStore } from "./debts.ts";
import type { Sink } from "./event.ts";
import type { HoldSource } from "./hold.ts";
import type { FleetLocks } from "./fleet_locks.ts";

/** Keeps what resources change that are to be reversed when they leave the graph. */
export interface ReversalKeeper {
  /** What a change is about to touch; a failure where that cannot be written down. */
  begin(resource: Resource, before: readonly ThingBefore[]): Awaitable<Failure | undefined>;
  /** What it has done. */
  done(resource: Resource, record: UndoRecord): Awaitable<void>;
  /** Reverses what is not in the graph any more that is about to be in force. */
  left(): Promise<readonly LeftRefresh[]>;
}

/** Who is to hear that a resource which left the graph is reversed. */
export interface LeftRefresh {
  readonly by: string;
  readonly to: readonly string[];
}

/** How a graph is put in force. */
export interface SwapOptions {
  /** Nobody hears of a graph that is the same, unless what others claim is different. */
  readonly onlyIfDifferent?: boolean;
  /** Where resources may still come that are not known yet. */
  readonly expected?: readonly AttributeExpectation[];
  /** What was seen to happen to the files in which it is written. */
  readonly edit?: SeenEvent | undefined;
}

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
  /** Takes the values of secrets out of lines of a difference; absent: there are none. */
  readonly shown?: (lines: readonly string[]) => readonly string[];
  /** Repairs of one vertex at once, and how many a second come back. */
  readonly repairBurst: number;
  readonly repairsPerSecond: number;
  /** Whether somebody keeps what it takes to take changes back. */
  readonly records?: boolean;
  /** Keeps what is to be reversed; absent: nothing is. */
  readonly reversals?: ReversalKeeper;
  /** Whether differences are made for the sinks. */
  readonly differences: () => boolean;
}
