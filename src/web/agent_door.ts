/**
 * The agent as the page's server asks it.
 *
 * @module
 */

import type { Result } from "../base/result.ts";

/** An answer as it comes; whoever has it ends it. */
export interface AgentAnswer extends Disposable {
  /** The next line; undefined: there are no more, or the agent has ended. */
  line(): Promise<string | undefined>;
}

/** What is asked, or told. */
export interface WebQuestion {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly given?: object;
  readonly answerMs?: number;
  /** Ends it all. */
  readonly signal: AbortSignal;
}

/** Asks; a failure where no agent answers (`no-agent`, `silent`, `closed`), or says no. */
export type AskAgent = (question: WebQuestion) => Promise<Result<AgentAnswer>>;

/** Tells it something; as above. */
export type TellAgent = (
  told: { readonly path: string; readonly given: object; readonly signal: AbortSignal },
) => Promise<Result<AgentAnswer>>;
