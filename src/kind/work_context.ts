import type { Host } from "../host/host.ts";

/** What work on the host may use, whether it is done for a graph or to take something back. */
export interface WorkContext {
  /** The key of the resource that is worked on: what its commands do is told by that name. */
  readonly key?: string;
  readonly host: Host;
  /** Aborts at timeout, stop, and when the resource leaves the graph or is changed there. */
  readonly signal: AbortSignal;
  /** Aborts when the agent begins to stop: for waits that need not be waited out. */
  readonly ending: AbortSignal;
  /** Reports something that is not a failure but should be known. */
  warn(text: string): void;
  /** Reports something that is good to know while it works, for instance that nothing was printed. */
  note(text: string): void;
}
