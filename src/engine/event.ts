/**
 * Everything that the engine says, as one union. Sinks (screen, JSON, recap) consume it and nothing
 * else; the engine never prints.
 *
 * @module
 */

import type { Failure } from "../base/result.ts";
import type { UndoRecord } from "../kind/undo.ts";
import type { Hold } from "./hold.ts";
import type { Cause } from "./cause.ts";

export type { UndoRecord };

/** Counts for the recap, by the state each vertex is in. */
export interface Recap {
  /** Vertices that are as they should be. */
  readonly ok: number;
  /** Vertices that were changed at least once in this run. */
  readonly changed: number;
  readonly failed: number;
  /** Vertices that wait for another one, or hold something back until more is known. */
  readonly blocked: number;
  readonly contested: number;
  /** Vertices that an operator holds, and that are not as they should be. */
  readonly held: number;
  /** Vertices with drift that noop left alone. */
  readonly noop: number;
  /** Vertices that were being changed when somebody aborted that. */
  readonly aborted: number;
}

/** How long the parts of a pass took, in milliseconds. */
export interface PassSteps {
  readonly checkMs: number;
  /** For its turn, and for places of the fleet. */
  readonly waitMs: number;
  readonly applyMs: number;
}

/** A vertex that works on something for long. */
export interface RunningVertex {
  readonly key: string;
  /** What it is doing. */
  readonly step: "check" | "wait" | "apply" | "refresh";
  /** What it waits for, where that is known: a place in a semaphore of the fleet. */
  readonly waitsFor?: string;
  readonly forMs: number;
  /** Keys of the vertices that wait for it, directly or not; cut to a few, with the full count. */
  readonly waiting: readonly string[];
  readonly waitingCount: number;
}

export type EngineEvent =
  /** A graph is in force. */
  | {
    readonly type: "graph";
    readonly name: string;
    readonly vertices: number;
    readonly edges: number;
    /** How many of the edges the program found by itself. */
    readonly automatic: number;
    readonly added: number;
    readonly changed: number;
    readonly removed: number;
    readonly kept: number;
    /** Seed of the random order among ready vertices. */
    readonly seed: number;
    /** All vertices, in the graph's order; a function, so that nobody writes 10,000 of them to a line. */
    readonly keys: () => Iterable<string>;
    /** Those that were there before, and are written otherwise now. */
    readonly changedKeys?: () => Iterable<string>;
    /** Those that are there no more. */
    readonly removedKeys?: () => Iterable<string>;
  }
  /** A vertex was found as it should be. */
  | { readonly type: "ok"; readonly key: string }
  /** Drift that is left alone because of noop. */
  | {
    readonly type: "would-change";
    readonly key: string;
    /** Why the pass began. */
    readonly causes?: readonly Cause[];
    /** What is against what should be; of a refresh, what it would do. */
    readonly reason: string;
    readonly difference: readonly string[];
    /** Nothing is against what should be: only a refresh would be done. */
    readonly refresh?: boolean;
    /** Applying it would change nothing in the world. */
    readonly worldless?: boolean;
    /** Why only doing it will show whether anything changes, or whether it succeeds. */
    readonly unknown?: string;
    /** It fails now for want of something that this vertex, which would change, may make. */
    readonly after?: string;
    /** What it fails for now, then. */
    readonly lacks?: string;
    /** An operator holds it, so a run would leave it as it is. */
    readonly hold?: Hold;
    /** Its own `meta.noop` says so: a run would leave it as it is. */
    readonly byMeta?: true;
    /** Keys of the vertices that ask for a refresh; they would change, or an earlier run left it. */
    readonly askedBy?: readonly string[];
  }
  /** Drift was found and is being removed, or a refresh is being done. */
  | {
    readonly type: "apply";
    readonly key: string;
    /** Why the pass began. */
    readonly causes?: readonly Cause[];
    readonly reason: string;
    readonly refresh: boolean;
    /** Keys of the vertices that ask for a refresh. */
    readonly askedBy?: readonly string[];
  }
  /** What an apply changes, as lines for a reader; it follows, so that it delays no repair. */
  | { readonly type: "difference"; readonly key: string; readonly lines: readonly string[] }
  /** What it would take to take back what an apply did; for whoever keeps that. */
  | { readonly type: "undo-record"; readonly key: string; readonly undo: UndoRecord }
  /** The world was changed and is as it should be. */
  | {
    readonly type: "changed";
    readonly key: string;
    /** Why the pass began. */
    readonly causes?: readonly Cause[];
    readonly reason: string;
    readonly tookMs: number;
    readonly steps?: PassSteps;
    readonly worldless: boolean;
    /** Milliseconds since the first of its events was heard of; absent: no event was, or it is a refresh. */
    readonly sinceHeardMs?: number;
  }
  /** A change was aborted by a stop, or by an edit of its graph: it may be half done. */
  | { readonly type: "aborted"; readonly key: string; readonly tookMs: number }
  /** A line that a command of this vertex printed. */
  | {
    readonly type: "output";
    readonly key: string;
    readonly text: string;
    readonly stream: "stdout" | "stderr";
    /** Set where nothing depends on it: of a check that found all as it should be. */
    readonly detail?: true;
  }
  /**
   * How far a vertex is with what takes it long: what it does, and how much of all is done. Without a
   * text what was said before is over.
   */
  | {
    readonly type: "progress";
    readonly key: string;
    readonly text?: string;
    readonly percent?: number;
  }
  /** Something good to know about what a vertex does. */
  | { readonly type: "note"; readonly key: string; readonly text: string }
  | { readonly type: "warning"; readonly key?: string; readonly text: string }
  | {
    readonly type: "failed";
    readonly key: string;
    /** Why the pass began. */
    readonly causes?: readonly Cause[];
    readonly failure: Failure;
    readonly steps?: PassSteps;
    /** Milliseconds until the next try; undefined: no further try by itself. */
    readonly retryMs?: number;
    /** Nothing was tried: it would fail. */
    readonly noop?: boolean;
  }
  /** A vertex waits for one that failed; said once, until it is free again. */
  | {
    readonly type: "blocked";
    readonly key: string;
    readonly by: string;
    /** Why, if nobody wrote the edge: what `by` is to the vertex. */
    readonly automatic?: string;
  }
  /**
   * A vertex leaves something undone until more is known; said once a reason. `again`:
   * it was said before, and the vertex has failed or changed something in between. `noop`: it would
   * change, too, and counts as that.
   */
  | {
    readonly type: "held-back";
    readonly key: string;
    readonly reason: string;
    readonly again?: true;
    readonly noop?: true;
  }
  /** Someone else keeps changing it; it is left alone for a while. */
  | {
    readonly type: "contested";
    readonly key: string;
    /** Why the pass began. */
    readonly causes?: readonly Cause[];
    readonly reason: string;
    readonly difference: readonly string[];
    readonly pauseMs: number;
  }
  /** An operator holds it, so what is against what should be stays; said when that becomes so. */
  | {
    readonly type: "held";
    readonly key: string;
    readonly causes?: readonly Cause[];
    readonly reason: string;
    readonly difference: readonly string[];
    readonly hold: Hold;
  }
  /** A refresh that was owed will not be done, because the edge or the target left the graph. */
  | { readonly type: "refresh-dropped"; readonly source: string; readonly target: string }
  /** A vertex stopped: it left the graph, was changed there, or the agent ends. */
  | { readonly type: "exited"; readonly key: string }
  /** Said every ten seconds while something takes that long. */
  | { readonly type: "running"; readonly vertices: readonly RunningVertex[] }
  /** Nothing is dirty and nothing runs. */
  | { readonly type: "settled"; readonly recap: Recap }
  /** Nothing has changed for the time asked for. */
  | { readonly type: "converged"; readonly afterMs: number; readonly recap: Recap };

/** Consumes events. Must not throw and must not call back into the engine. */
export type Sink = (event: EngineEvent) => void;
