/**
 * Child processes: each in a session and process group of its own, with limits on its output and its
 * time. Its standard input is empty unless something is given to it.
 *
 * What "ended" means: the child, its session, all that descends from it, and all that carries the
 * mark that it was started with in its environment. Only a process that left its session, lost its
 * parent and cleared its environment escapes.
 *
 * @module
 */

import type { Failure, Result } from "../../base/result.ts";

export interface ProcessCommand {
  /** Program and arguments; no shell is involved. */
  readonly argv: readonly [string, ...string[]];
  /** The key of the resource that it runs for, for whoever sees what it does. */
  readonly resource?: string | undefined;
  /** Where it runs; absolute; `/` when absent. */
  readonly cwd?: string;
  /** Added to its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Given for a command of a graph: it does not have the agent's environment, only these variables of
   * it, and otherwise PATH, LANG and what belongs to whom it runs as. Absent: the agent's environment.
   */
  readonly inherit?: readonly string[];
  /** Permissions that files it makes do not have; 0o022 when absent. */
  readonly umask?: number;
  /** What it can read from its standard input, whether it does or not. */
  readonly input?: string;
  /** What it is must not be shown: no failure names its program, nor does the scope it runs in. */
  readonly sensitive?: boolean;
  /** Whom to run as, with that user's groups, `HOME`, `USER` and `LOGNAME`. Only root can. */
  readonly uid?: number;
  /** The primary group; the user's own when absent. */
  readonly gid?: number;
  /** A scope of systemd that it runs in, with properties such as `TasksMax=10`. */
  readonly scope?: { readonly name: string; readonly properties: readonly string[] };
  /** 0 or absent: none. At the end of it the child and all it started are ended. */
  readonly timeoutMs?: number;
  /** Aborting it ends the child and all it started. */
  readonly signal?: AbortSignal;
  /** Called for each line of output, cut to its limit, control characters made visible. */
  readonly line?: (line: string, stream: "stdout" | "stderr") => void;
  /** Lines given to `line` at most; LIMITS.outputLines when absent. */
  readonly lineLimit?: number;
  /** Bytes of each line that are kept; LIMITS.outputLineBytes when absent. */
  readonly lineBytes?: number;
  /** Given: all it prints goes through one of these first, each of its streams through one of its own. */
  readonly filter?: () => OutputFilter;
  /** It runs as long as the agent, so it must not take the place of one that ends. */
  readonly standing?: boolean;
  /**
   * It must not be torn, for instance a package transaction: instead of being ended it is sent one
   * SIGINT, it alone, and waited for however long it takes; an agent that must exit leaves it running.
   */
  readonly whole?: boolean;
}

/** Changes what a command prints, before it is cut into lines. */
export interface OutputFilter {
  /** What may go on, of what came so far. */
  push(bytes: Uint8Array): Uint8Array;
  /** The rest. */
  end(): Uint8Array;
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
  /** The last lines printed, a few; none of what is sensitive. */
  readonly tail: readonly string[];
  /** Processes that were to end and did not, even when killed: they wait for a device or a mount. */
  readonly survivors: number;
}

export interface Processes {
  /**
   * Runs a command to its end; the result is a failure only if it could not be started: code
   * `not-found`, `not-allowed`, `no-directory`, `no-systemd`, `stopped` or `spawn`. What it leaves running in the
   * background is left alone.
   */
  run(command: ProcessCommand): Promise<Result<Exit>>;
  /**
   * Why a command cannot be started, as far as that can be told without starting it; with the codes of
   * {@linkcode run}.
   */
  foresee(command: ProcessCommand): Promise<Failure | undefined>;
  /** A process that runs as this user, of this program's part of the host; undefined: there is none. */
  ofUser(uid: number): Promise<{ readonly pid: number; readonly name: string } | undefined>;
}
