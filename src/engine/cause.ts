/**
 * Why a pass of a vertex began. A pass may have several causes; the journal keeps them with what came
 * of the pass, and `mgmt why` walks from one to the next.
 *
 * @module
 */

import type { ChangeAuthor } from "../os/watch/watcher.ts";

export type { ChangeAuthor };

/** Something that was seen to happen outside. */
export interface SeenEvent {
  readonly type: "event";
  /** What it happened to: `file`, `unit`, `package`, `mount`, `command`, `account`, … */
  readonly source: string;
  /** The path, or the unit's or package's name. */
  readonly path?: string;
  /** What happened: `removed`, `modified`, `moved here`, `attributes`, … */
  readonly what?: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** More of the same came before the pass began. */
  readonly more?: number;
  /** Known a moment later: each reading of it asks anew. */
  readonly who?: ChangeAuthor | undefined;
}

export type Cause =
  /** The first look of this run. */
  | { readonly type: "start" }
  /** It came into the graph, or was changed there. */
  | {
    readonly type: "graph";
    readonly change: "added" | "changed";
    /** What the graph reads and was another then: a file of values, a fact, what another host shares. */
    readonly input?: string;
  }
  /** One of its secrets has another value, or can be read no more, or again. */
  | { readonly type: "secret"; readonly names: readonly string[] }
  | SeenEvent
  /** The time between two polls was over. */
  | { readonly type: "poll" }
  /** Another try after a failure; the failure's code, where it has one. */
  | { readonly type: "retry"; readonly after?: string }
  /** A vertex before it changed. */
  | { readonly type: "dependency"; readonly key: string }
  /** Vertices whose change it owes a refresh for; `earlier`: of a run before this one. */
  | { readonly type: "refresh"; readonly by: readonly string[]; readonly earlier?: true }
  /** The vertex that it was blocked by is right again. */
  | { readonly type: "freed"; readonly by: string }
  /** Another host's export came or changed. */
  | {
    readonly type: "collected";
    readonly host: string;
    readonly key: string;
    /** The cause of the change there, as that host says it. */
    readonly cause?: { readonly text: string };
  }
  /** It was held until then: somebody released it, or the time of the hold was over. */
  | { readonly type: "hold-ended"; readonly why: "released" | "time" }
  /** An operator took a change of it back. */
  | { readonly type: "undone"; readonly author: string }
  /** What other resources of the graph say of its paths changed. */
  | { readonly type: "claims" };
