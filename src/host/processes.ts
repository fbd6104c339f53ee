/**
 * Child processes: each in a process group of its own, with limits on its output and its time.
 *
 * @module
 */

import type { Result } from "../base/result.ts";

export interface Command {
  /** Program and arguments; no shell is involved. */
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  /** Added to the agent's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
  /** 0 or absent: none. At the end of it the whole group is ended. */
  readonly timeoutMs?: number;
  /** Aborting it ends the whole group. */
  readonly signal?: AbortSignal;
  /** Called for each line of output, cut to its limit, control characters made visible. */
  readonly line?: (line: string, stream: "stdout" | "stderr") => void;
}

/** How a command ended. */
export interface Exit {
  /** The exit code, or undefined when a signal ended it. */
  readonly code?: number;
  /** The signal's name, for instance `SIGKILL`. */
  readonly signal?: string;
  /** Why the agent ended it, if it did. */
  readonly ended?: "timeout" | "stopped";
  /** Lines printed, those beyond the limit included. */
  readonly lines: number;
}

export interface Processes {
  /** Runs a command to its end; the result is a failure only if it could not be started. */
  run(command: Command): Promise<Result<Exit>>;
}
