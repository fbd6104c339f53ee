/** A semaphore, and how many may hold it. */
export interface Semaphore {
  readonly name: string;
  readonly size: number;
}

/** What every resource may say about how it is handled, whatever its kind. */
export interface Meta {
  /** Check only; say what would be done. */
  readonly noop: boolean;
  /** Whether edges that the program finds itself may begin or end here. */
  readonly autoedge: boolean;
  /** Whether what it wants may be done together with what others want. */
  readonly autogroup: boolean;
  /** Tries after a failure: -1 for ever, undefined: for ever, but not in a one-shot run. */
  readonly retry?: number;
  /** Milliseconds between tries; undefined: 1 s, doubling to 5 min. */
  readonly delayMs?: number;
  /** Seconds between checks without an event; 0: none. */
  readonly pollSeconds: number;
  /** Passes per second, undefined: no limit; at most `burst` at once. */
  readonly limit?: number;
  readonly burst: number;
  /** Named semaphores with their sizes; a pass holds all of them. */
  readonly sema: readonly Semaphore[];
  /** Those that all hosts of the cluster share; held only while something is changed. */
  readonly fleet: readonly Semaphore[];
  /** Without a cluster to ask: wait for it, or go on. */
  readonly fleetFallback: "wait" | "go";
  /** Seconds that one pass may take; 0: no limit. */
  readonly timeoutSeconds: number;
}

/** The meta-parameters of a resource that says nothing about them. */
export const META_DEFAULTS: Meta = {
  noop: false,
  autoedge: true,
  autogroup: true,
  pollSeconds: 0,
  burst: 1,
  sema: [],
  fleet: [],
  fleetFallback: "wait",
  timeoutSeconds: 0,
};
