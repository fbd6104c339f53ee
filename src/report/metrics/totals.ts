/**
 * What has happened in a run, as totals by kind: its events, counted. Of what is now the snapshot tells.
 *
 * @module
 */

import type { Cause } from "../../engine/cause.ts";
import type { EngineEvent } from "../../engine/event.ts";
import { ByKind } from "../by_kind.ts";
import type { EventSink, ReportEvent } from "../event.ts";
import { Histogram } from "./histogram.ts";

/** How a pass ended: whether it might change something, had something to change, and failed. */
export interface PassEnd {
  readonly apply: boolean;
  readonly eventful: boolean;
  readonly errorful: boolean;
}

/** The totals of one kind. */
export class KindTotals {
  /** Passes by how they ended ({@linkcode passIndex}). */
  readonly passes = new Float64Array(8);
  /** Failures that are tried again by themselves, and the others. */
  soft = 0;
  hard = 0;
  /** How often a resource was left alone because somebody else keeps changing it. */
  contested = 0;
  /** Changes by why they were made. */
  readonly changes = new Map<Cause["type"] | "none", number>();
  /** From what was heard of until it was right again; made when there is one. */
  heals: Histogram | undefined;
}

/** Where passes that ended so are counted. */
export function passIndex({ apply, eventful, errorful }: PassEnd): number {
  return (apply ? 4 : 0) + (eventful ? 2 : 0) + (errorful ? 1 : 0);
}

/** Counts the events of a run; nothing here waits or asks, so that it delays nothing. */
export class RunTotals implements EventSink {
  readonly #kinds = new ByKind(() => new KindTotals());
  readonly #isNoop: (key: string) => boolean;
  /** What is being changed, and has not said how that ended. */
  readonly #applying = new Set<string>();
  /** Graphs that came into force, and graphs and texts of them that were refused. */
  graphs = 0;
  refusals = 0;
  warnings = 0;

  /** `isNoop`: whether a resource of the graph in force is only looked at. */
  constructor(isNoop: (key: string) => boolean) {
    this.#isNoop = isNoop;
  }

  /** By kind, also of those that are in the graph no more. */
  get kinds(): ReadonlyMap<string, KindTotals> {
    return this.#kinds.kinds;
  }

  event(event: ReportEvent): void {
    switch (event.type) {
      case "ok":
        return this.#passed(event.key, !this.#isNoop(event.key), false, false);
      case "apply":
        return void this.#applying.add(event.key);
      case "changed":
        return this.#changed(event);
      case "would-change":
      case "held":
        return this.#passed(event.key, false, true, false);
      case "contested":
        this.#kinds.of(event.key).contested++;
        return this.#passed(event.key, false, true, false);
      case "failed":
        return this.#failed(event);
      case "aborted":
      case "exited":
        return void this.#applying.delete(event.key);
      case "graph":
        this.graphs++;
        return;
      case "diagnostics":
        if (event.errors > 0) this.refusals++;
        return;
      case "warning":
        this.warnings++;
        return;
    }
  }

  #passed(key: string, apply: boolean, eventful: boolean, errorful: boolean): void {
    this.#kinds.of(key).passes[passIndex({ apply, eventful, errorful })]!++;
  }

  #changed(event: EngineEvent & { readonly type: "changed" }): void {
    const { key, causes, worldless, sinceHeardMs } = event;
    this.#applying.delete(key);
    this.#passed(key, true, true, false);
    if (worldless) return;
    const totals = this.#kinds.of(key);
    const why = mainCause(causes);
    totals.changes.set(why, (totals.changes.get(why) ?? 0) + 1);
    if (sinceHeardMs !== undefined) (totals.heals ??= new Histogram()).add(sinceHeardMs);
  }

  #failed({ key, retryMs, noop }: EngineEvent & { readonly type: "failed" }): void {
    const totals = this.#kinds.of(key);
    if (retryMs === undefined) totals.hard++;
    else totals.soft++;
    this.#passed(key, noop !== true, this.#applying.delete(key), true);
  }
}

/** Of several causes what was seen outside counts, for that is what people look for. */
function mainCause(causes: readonly Cause[] = []): Cause["type"] | "none" {
  const seen = causes.find(({ type }) => type === "event") ??
    causes.find(({ type }) => type === "poll");
  return (seen ?? causes[0])?.type ?? "none";
}
