import { type Bucket, createBucket } from "../base/bucket.ts";
import type { Timer } from "../os/clock.ts";
import type { Watch } from "../os/watch/watcher.ts";
import type { Matter } from "../kind/claims.ts";
import type { Resource } from "../kind/resource.ts";
import type { Cause } from "./cause.ts";
import type { EngineOptions } from "./options.ts";
import type { Unmet } from "./unmet.ts";
import { type SchedulerNode, schedulerNode } from "./scheduler.ts";

/**
 * Where a vertex stands, as the recap counts it.
 *
 * ```text
 *   unchecked ──▶ ok ◀──▶ failed (backoff, then again)
 *       │          ▲ ╲──▶ contested (pause, then again)
 *       │          │ ╲──▶ would-change (noop)
 *       └──▶ blocked ─┘      blocked: a parent is failed, contested or blocked, or it holds something back
 *
 *   any ──▶ aborted: while it was being changed, a stop or an edit of the graph ended that
 * ```
 */
export type VertexState =
  | "unchecked"
  | "ok"
  | "failed"
  | "blocked"
  | "contested"
  | "held"
  | "would-change"
  | "aborted";

const NONE: readonly Cause[] = [];

/** A resource that runs in a graph. */
export interface Vertex {
  /** The same for as long as it runs, but for where it is written. */
  resource: Resource;
  readonly node: SchedulerNode<Vertex>;
  /** Aborts what runs for this vertex. */
  readonly controller: AbortController;
  /** The kind's own memory for this vertex. */
  readonly memory: unknown;
  state: VertexState;
  /** It was changed at least once in this run. */
  everChanged: boolean;
  /** Its watch fired, its poll interval passed, since the last pass began. */
  event: boolean;
  poll: boolean;
  /** When the first event that no pass has answered yet was heard of, and the first that the one under way answers. */
  heardMs: number | undefined;
  answersMs: number | undefined;
  /** Why there will be a next pass, and why there is the one under way. */
  causes: readonly Cause[];
  because: readonly Cause[];
  /**
   * Keys of the vertices whose change it must still be refreshed for, each with the number of the
   * last such change: a refresh answers only for changes that came before it began.
   */
  readonly owed: Map<string, number>;
  /** Those of them that an earlier run left. */
  earlier: Set<string> | undefined;
  /** With noop: keys of the vertices that would change now, and then ask for a refresh. */
  readonly asked: Set<string>;
  /** What its last pass asked for of what other resources claim. */
  readonly regards: Set<Matter>;
  /** What its last pass did not do, because it depends on what is not known yet. */
  holdsBack: { readonly why: string; readonly what?: string } | undefined;
  /** Why, as it was said; undefined: it has done all since. */
  saidHeldBack: string | undefined;
  /** Targets of its notify edges. */
  notifies: readonly Vertex[];
  watch: Watch | undefined;
  pollTimer: Timer | undefined;
  retryTimer: Timer | undefined;
  /** The last delay before a retry, and how many tries have failed in a row. */
  retryDelayMs: number | undefined;
  failedTries: number;
  /** Tokens for repairs, made at the first: empty means that someone else keeps undoing them. */
  repairs: Bucket | undefined;
  pauseDelayMs: number | undefined;
  /** What was said of it that an operator holds it. */
  saidHeld: string | undefined;
  /** What its last pass found and left; undefined: it is right, or could not be looked at. */
  unmet: Unmet | undefined;
  /** An operator took a change of it back, which those who depend on it have not heard of. */
  isUndone: boolean;
  /** Tokens for passes, where `limit` is set. */
  readonly passes: Bucket | undefined;
  /** What it is doing, and since when, while a pass runs. */
  step: "check" | "wait" | "apply" | "refresh" | undefined;
  stepSinceMs: number;
  /** How long it waited for its turn and its places, and looked, in the pass under way. */
  waitMs: number;
  checkMs: number;
  /** What it waits for, in words, as far as that is known. */
  waitsFor: string | undefined;
  /** When it was last said that it is still at it. */
  saidAtMs: number;
  /** When the pass under way must end: at its time limit, or at once when it was aborted. */
  dueMs: number | undefined;
  /** The pass under way. */
  pass: Promise<unknown> | undefined;
}

/** The tokens for repairs. Most vertices never need any. */
export function repairsOf(vertex: Vertex, options: EngineOptions): Bucket {
  const { repairBurst, repairsPerSecond } = options;
  return vertex.repairs ??= createBucket({ capacity: repairBurst, perSecond: repairsPerSecond });
}

/** Makes the vertex of a resource, paused until its first mark. */
export function createVertex(resource: Resource): Vertex {
  const { limit, burst } = resource.meta;
  const node = schedulerNode<Vertex>(resource.key, undefined as unknown as Vertex);
  const vertex: Vertex = {
    resource,
    node: node,
    controller: new AbortController(),
    memory: resource.kind.memory(),
    state: "unchecked",
    everChanged: false,
    event: false,
    poll: false,
    heardMs: undefined,
    answersMs: undefined,
    causes: NONE,
    because: NONE,
    owed: new Map(),
    earlier: undefined,
    asked: new Set(),
    regards: new Set(),
    holdsBack: undefined,
    saidHeldBack: undefined,
    notifies: [],
    watch: undefined,
    pollTimer: undefined,
    retryTimer: undefined,
    retryDelayMs: undefined,
    failedTries: 0,
    repairs: undefined,
    pauseDelayMs: undefined,
    saidHeld: undefined,
    unmet: undefined,
    isUndone: false,
    passes: limit === undefined
      ? undefined
      : createBucket({ capacity: Math.max(1, burst), perSecond: limit }),
    step: undefined,
    stepSinceMs: 0,
    waitMs: 0,
    checkMs: 0,
    waitsFor: undefined,
    saidAtMs: -Infinity,
    dueMs: undefined,
    pass: undefined,
  };
  node.payload = vertex;
  node.paused = true;
  return vertex;
}

/** Stops timers and the watch; what runs goes on unless it is aborted too. */
export function quiesce(vertex: Vertex): void {
  vertex.watch?.close();
  vertex.watch = undefined;
  vertex.pollTimer?.cancel();
  vertex.retryTimer?.cancel();
}

/** Aborts what runs for the vertex. */
export function abort(vertex: Vertex, nowMs: number): void {
  vertex.controller.abort();
  vertex.dueMs = Math.min(vertex.dueMs ?? nowMs, nowMs);
}
