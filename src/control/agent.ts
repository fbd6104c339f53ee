/**
 * A running agent as who asks it over its socket sees it.
 *
 * @module
 */

import type { Result } from "../base/result.ts";
import type { Recap } from "../engine/event.ts";
import type { OrderProgress, OrderWish } from "./orders.ts";

/** How the agent is, in `GET /v1/status`. */
export interface AgentStatus {
  /** The program: `mgmt VERSION COMMIT (Deno VERSION)`. */
  readonly version: string;
  readonly pid: number;
  /** The graph file as the user named it. */
  readonly file: string;
  /** The name of the graph in force; absent: none is so far. */
  readonly graph?: string;
  readonly stopping: boolean;
  readonly resources: Recap;
  /** Keys of the resources at work, and of those that wait for their turn. */
  readonly working: readonly string[];
  readonly waiting: readonly string[];
}

/** What routes ask of the agent. */
export interface ControlledAgent {
  status(): AgentStatus;
  /** What hangs, as a sentence; undefined: nothing does. */
  stuck(): string | undefined;
  /** Reads the graph file again; a failure where it is refused. */
  reload(): Promise<Result<void>>;
  /**
   * Takes an order for the host's part in its cluster; what comes back ends when that is done, or when
   * `signal` aborts.
   */
  order(wish: OrderWish, signal: AbortSignal): Result<AsyncIterable<OrderProgress>>;
  /** Ends it as SIGTERM does. */
  stop(): void;
}
