/**
 * How a run is: its events folded into one snapshot, which the status line, the recap and the local API
 * read. It keeps the last of everything, no history.
 *
 * @module
 */

import type { Failure } from "../base/result.ts";
import { unhandled } from "../base/unhandled.ts";
import type { Writable } from "../base/writable.ts";
import type { EngineEvent, Recap } from "../engine/event.ts";
import type { VertexState } from "../engine/vertex.ts";
import { ByKind } from "./by_kind.ts";
import { type ClusterSnapshot, ClusterState } from "./cluster_state.ts";
import { isRunEvent, type ReportEvent, type RunEvent } from "./event.ts";
import { KindCounts, type KindSnapshot } from "./kind_counts.ts";

/** One resource of the graph in force; times are in milliseconds since 1970. */
export interface ResourceSnapshot {
  readonly state: VertexState;
  /** Since when. */
  readonly sinceMs: number;
  /** Why it is blocked, contested, or would change. */
  readonly reason: string | undefined;
  /** The key of the resource it waits for, where it is blocked by one. */
  readonly blockedBy: string | undefined;
  /** The last one in this run, also where it has long been put right. */
  readonly failure: Failure | undefined;
  readonly failedAtMs: number | undefined;
  /** When it is tried again; undefined: not by itself. */
  readonly retryAtMs: number | undefined;
  /** The last change of the world in this run, and why it was made. */
  readonly changedAtMs: number | undefined;
  readonly change: string | undefined;
  /** How far it is with what it does now, as far as that is told. */
  readonly progress: { readonly text: string; readonly percent: number | undefined } | undefined;
}

/** The graph in force. */
export interface GraphSnapshot {
  readonly name: string;
  readonly vertices: number;
  readonly edges: number;
  readonly sinceMs: number;
}

/** How a run is. */
export interface Snapshot {
  readonly phase: "starting" | "running" | "stopping" | "stopped";
  readonly version: string | undefined;
  /** The graph file as the user named it. */
  readonly file: string | undefined;
  readonly startedAtMs: number | undefined;
  readonly graph: GraphSnapshot | undefined;
  /** The file has mistakes now, so the graph that was read before stays in force. */
  readonly refused: boolean;
  /** What is in force is a reading of an earlier run, of then (ISO 8601). */
  readonly lastGoodOf: string | undefined;
  /** By key, in the order of the graph. */
  readonly resources: ReadonlyMap<string, ResourceSnapshot>;
  /** The same as counts, by kind: those of a graph are made when they are first asked for. */
  readonly kinds: () => ReadonlyMap<string, KindSnapshot>;
  readonly recap: Recap;
  /** Resources that no pass has looked at yet. */
  readonly unchecked: number;
  /** Nothing is to do, as far as was said last. */
  readonly settled: boolean;
  readonly convergedAtMs: number | undefined;
  /** Since when all is as it should be and nothing was changed; undefined: it is not so. */
  readonly rightSinceMs: number | undefined;
  readonly cluster: ClusterSnapshot;
  readonly exitCode: number | undefined;
}

class ResourceRecord implements Writable<ResourceSnapshot> {
  state: VertexState = "unchecked";
  sinceMs: number;
  reason: string | undefined = undefined;
  blockedBy: string | undefined = undefined;
  failure: Failure | undefined = undefined;
  failedAtMs: number | undefined = undefined;
  retryAtMs: number | undefined = undefined;
  changedAtMs: number | undefined = undefined;
  change: string | undefined = undefined;
  progress: ResourceSnapshot["progress"] = undefined;
  /** Those that it is counted with. */
  kind: KindCounts | undefined = undefined;

  constructor(nowMs: number) {
    this.sinceMs = nowMs;
  }
}

/** What the recap counts, by the state of a vertex. */
const COUNTED = {
  "ok": "ok",
  "failed": "failed",
  "blocked": "blocked",
  "contested": "contested",
  "held": "held",
  "would-change": "noop",
  "aborted": "aborted",
} as const satisfies Record<Exclude<VertexState, "unchecked">, keyof Recap>;

/** Takes events, and knows how things are. Mutates in place: a healed file must not notice. */
export class RunState {
  readonly #nowMs: () => number;
  readonly #cluster = new ClusterState(() => this.#nowMs());
  #counts: Writable<Recap> = noCounts();
  #resources = new Map<string, ResourceRecord>();
  /** Counted along from when somebody asks on: a start has no time for it. */
  #kinds: ByKind<KindCounts> | undefined;
  readonly #snapshot: Writable<Snapshot> = {
    phase: "starting",
    version: undefined,
    file: undefined,
    startedAtMs: undefined,
    graph: undefined,
    refused: false,
    lastGoodOf: undefined,
    resources: this.#resources,
    kinds: () => this.#countKinds().kinds,
    recap: this.#counts,
    unchecked: 0,
    settled: false,
    convergedAtMs: undefined,
    rightSinceMs: undefined,
    cluster: this.#cluster.snapshot,
    exitCode: undefined,
  };

  /** `nowMs`: the time of day, in milliseconds since 1970. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** How things are, always the same object: whoever keeps something of it past this turn copies it. */
  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Takes up what has happened. */
  event(event: ReportEvent): void {
    if (isRunEvent(event)) this.#runEvent(event);
    else this.#engineEvent(event);
  }

  #runEvent(event: RunEvent): void {
    const now = this.#snapshot;
    switch (event.type) {
      case "start":
        now.version = event.version;
        now.file = event.file;
        now.startedAtMs = this.#nowMs();
        return;
      case "diagnostics":
        if (event.errors > 0) now.refused = true;
        return;
      case "last-good":
        now.lastGoodOf = event.readAt;
        return;
      case "good-again":
        now.refused = false;
        now.lastGoodOf = undefined;
        return;
      case "cluster":
        return this.#cluster.take(event);
      case "notice":
      case "hold-ended":
        return;
      case "stopping":
        now.phase = "stopping";
        return;
      case "stop":
        now.phase = "stopped";
        now.exitCode = event.exitCode;
        return;
      default:
        return unhandled(event);
    }
  }

  #engineEvent(event: EngineEvent): void {
    switch (event.type) {
      case "graph":
        return this.#graph(event);
      case "ok":
        return void this.#move(event.key, "ok");
      case "changed":
        return this.#changed(event);
      case "would-change":
      case "contested":
      case "held":
        return void this.#move(event.key, event.type, event.reason);
      case "aborted":
        return void this.#move(event.key, "aborted");
      case "failed":
        return this.#failed(event);
      case "blocked":
        return void this.#move(event.key, "blocked", undefined, event.by);
      case "held-back":
        if (!event.noop) this.#move(event.key, "blocked", event.reason);
        return;
      case "exited":
        return this.#exited(event.key);
      case "apply":
        this.#snapshot.settled = false;
        this.#snapshot.rightSinceMs = undefined;
        return;
      case "settled":
        return this.#settled();
      case "converged":
        this.#snapshot.convergedAtMs = this.#nowMs();
        return;
      case "progress":
        return this.#progress(event);
      case "difference":
      case "undo-record":
      case "output":
      case "note":
      case "warning":
      case "refresh-dropped":
      case "running":
        return;
      default:
        return unhandled(event);
    }
  }

  #settled(): void {
    const now = this.#snapshot;
    now.settled = true;
    const { ok } = this.#counts;
    if (ok === this.#resources.size) now.rightSinceMs ??= this.#nowMs();
  }

  /** Whoever stays keeps what is known of it; whoever was changed has exited before. */
  #graph({ name, vertices, edges, keys }: EngineEvent & { readonly type: "graph" }): void {
    const now = this.#snapshot;
    const nowMs = this.#nowMs();
    if (now.phase === "starting") now.phase = "running";
    now.graph = { name, vertices, edges, sinceMs: nowMs };
    now.settled = false;
    now.rightSinceMs = undefined;
    const before = this.#resources;
    this.#resources = new Map();
    this.#counts = noCounts();
    this.#kinds = undefined;
    now.unchecked = 0;
    for (const key of keys()) {
      const resource = before.get(key) ?? new ResourceRecord(nowMs);
      this.#resources.set(key, resource);
      this.#count(resource, 1);
    }
    now.resources = this.#resources;
    now.recap = this.#counts;
  }

  #changed({ key, reason, worldless }: EngineEvent & { readonly type: "changed" }): void {
    const resource = this.#move(key, "ok");
    if (resource === undefined || worldless) return;
    this.#count(resource, -1);
    resource.changedAtMs = this.#nowMs();
    this.#count(resource, 1);
    resource.change = reason;
  }

  #failed({ key, failure, retryMs }: EngineEvent & { readonly type: "failed" }): void {
    const resource = this.#move(key, "failed");
    if (resource === undefined) return;
    resource.failure = failure;
    resource.failedAtMs = this.#nowMs();
    resource.retryAtMs = retryMs === undefined ? undefined : resource.failedAtMs + retryMs;
  }

  #progress({ key, text, percent }: EngineEvent & { readonly type: "progress" }): void {
    const resource = this.#resources.get(key);
    if (resource === undefined) return;
    resource.progress = text === undefined ? undefined : { text, percent };
  }

  /** At the end all exit, and what they were is what the run says of them. */
  #exited(key: string): void {
    const resource = this.#resources.get(key);
    if (resource === undefined || this.#snapshot.phase === "stopping") return;
    this.#count(resource, -1);
    this.#resources.delete(key);
    if (resource.kind?.resources === 0) this.#kinds?.drop(key);
  }

  /** Of what is not in the graph any more nothing is known. */
  #move(
    key: string,
    state: VertexState,
    reason?: string,
    blockedBy?: string,
  ): ResourceRecord | undefined {
    this.#snapshot.settled = false;
    const resource = this.#resources.get(key);
    if (resource === undefined) return undefined;
    if (state !== "ok") this.#snapshot.rightSinceMs = undefined;
    if (resource.state !== state) {
      this.#count(resource, -1);
      resource.state = state;
      this.#count(resource, 1);
      resource.sinceMs = this.#nowMs();
    }
    resource.reason = reason;
    resource.blockedBy = blockedBy;
    resource.retryAtMs = undefined;
    resource.progress = undefined;
    return resource;
  }

  #countKinds(): ByKind<KindCounts> {
    if (this.#kinds !== undefined) return this.#kinds;
    const kinds = new ByKind(() => new KindCounts());
    for (const [key, resource] of this.#resources) {
      resource.kind = kinds.of(key);
      resource.kind.count(resource.state, resource.changedAtMs !== undefined, 1);
    }
    return this.#kinds = kinds;
  }

  #count({ state, changedAtMs, kind }: ResourceRecord, by: 1 | -1): void {
    if (this.#kinds !== undefined) kind?.count(state, changedAtMs !== undefined, by);
    if (changedAtMs !== undefined) this.#counts.changed += by;
    if (state === "unchecked") this.#snapshot.unchecked += by;
    else this.#counts[COUNTED[state]] += by;
  }
}

function noCounts(): Recap {
  return { ok: 0, changed: 0, failed: 0, blocked: 0, contested: 0, held: 0, noop: 0, aborted: 0 };
}
