/**
 * What a route is. Each is a file below `routes/`, and a line in `routes.ts`.
 *
 * @module
 */

import type { Awaitable, Result } from "../base/result.ts";
import type { ControlledAgent } from "./agent.ts";

/** What is asked of a route. */
export interface ControlRequest {
  /** What follows a route's path that ends in a slash; empty: nothing. */
  readonly rest: string;
  /** The object that came with it; empty where none did. */
  readonly given: Readonly<Record<string, unknown>>;
  /** Aborts when whoever asked is gone. */
  readonly signal: AbortSignal;
}

/** One path of the control API. */
export interface Route {
  readonly method: "GET" | "POST";
  /** All of the path; with a slash at the end, what begins so. */
  readonly path: string;
  /** How long an answer may take, all of it taken; absent: as long as a question. */
  readonly limitMs?: number;
  /** The answer, an object; or one object after the other, as long as there are more. */
  answer(
    request: ControlRequest,
    agent: ControlledAgent,
  ): Awaitable<Result<object | AsyncIterable<object>>>;
}
