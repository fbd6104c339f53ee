/**
 * What sinks consume: the events of the engine, and those of the agent around it.
 *
 * @module
 */

import type { EngineEvent, Recap } from "../engine/event.ts";
import type { ClusterEvent } from "./cluster_event.ts";

export type RunEvent =
  /** The agent begins. `startedNs`: nanoseconds since 1970, as text. */
  | {
    readonly type: "start";
    readonly version: string;
    readonly startedNs: string;
    readonly file: string;
  }
  /** A graph file was refused or has warnings. `text` is rendered, with excerpts. */
  | {
    readonly type: "diagnostics";
    readonly text: string;
    readonly errors: number;
    readonly warnings: number;
    /** True when an earlier graph stays in force. */
    readonly keepsOld: boolean;
  }
  /** The file is broken, so what is in force is its last good reading, of an earlier run. */
  | { readonly type: "last-good"; readonly file: string; readonly readAt: string }
  /** The file is good again after it was refused. */
  | { readonly type: "good-again"; readonly file: string }
  /** Resources (by key; `*`: all) are not held any more: their time is over, or somebody said so. */
  | {
    readonly type: "hold-ended";
    readonly keys: readonly string[];
    readonly why: "time" | "released";
  }
  /** Something the agent did or noticed, that belongs to no vertex. `topic`: `Graphviz`, `State`. */
  | {
    readonly type: "notice";
    readonly topic: string;
    readonly text: string;
    /** Only for who wants to hear more. */
    readonly detail?: true;
  }
  | ClusterEvent
  /** The agent is about to end. `working`: keys of the vertices it still waits for. */
  | { readonly type: "stopping"; readonly why: string; readonly working: readonly string[] }
  /** The last event. */
  | {
    readonly type: "stop";
    readonly exitCode: number;
    readonly recap: Recap;
    readonly failed: readonly string[];
    readonly contested: readonly string[];
    readonly blocked: readonly string[];
  };

export type ReportEvent = EngineEvent | RunEvent;

const OF_A_RUN: Readonly<Record<RunEvent["type"], true>> = {
  "start": true,
  "diagnostics": true,
  "last-good": true,
  "good-again": true,
  "notice": true,
  "hold-ended": true,
  "cluster": true,
  "stopping": true,
  "stop": true,
};

/** Whether an event is of the run around the engine, and not of the engine. */
export function isRunEvent(event: ReportEvent): event is RunEvent {
  return Object.hasOwn(OF_A_RUN, event.type);
}

/** A consumer of events: screen, JSON, the state of the run, the service manager. */
export interface EventSink {
  /** Must not throw, whatever has become of the terminal. */
  event(event: ReportEvent): void;
}

/** One that writes. */
export interface Reporter extends EventSink {
  /** Resolves when everything said so far is written. */
  flush(): Promise<void>;
}
