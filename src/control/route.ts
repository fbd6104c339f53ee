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
  readonly askers: Askers;
  /** Aborts when whoever asked is gone. */
  readonly signal: AbortSignal;
}

/** An answer that is no object. */
export class TextAnswer {
  /** What it is, as HTTP says it. */
  readonly type: string;
  readonly text: string;

  constructor(type: string, text: string) {
    this.type = type;
    this.text = text;
  }
}

/** One path of the control API; `Asked`: what of the agent it asks. */
export interface Route<Asked = ControlledAgent> {
  readonly method: "GET" | "POST";
  /** All of the path; with a slash at the end, what begins so. */
  readonly path: string;
  /** Who may ask: whoever may read how the agent is, or only whoever may tell it what to do. */
  readonly askers: Askers;
  /** How long an answer may take, all of it taken; absent: as long as a question. */
  readonly limitMs?: number;
  /** Given, the answer may take for ever; it ends when who asked takes nothing of it for so long. */
  readonly stallMs?: number;
  /**
   * The answer, an object or a text; or one object after the other, as long as there are more. A text
   * is some of them as lines already.
   */
  answer(
    request: ControlRequest,
    agent: Asked,
  ): Awaitable<Result<object | TextAnswer | AsyncIterable<object | string>>>;
}

/** Readers ask by GET, and hear no private contents. */
export type Askers = "readers" | "owner";
