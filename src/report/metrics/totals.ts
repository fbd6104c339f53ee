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

/**
 * How a pass ended, as a number below 8: the sum of what is so. It might change something, there was
 * something to change, it failed.
 */
export const PASS = { apply: 4, eventful: 2, errorful: 1 } as const;

/** The totals of one kind. */
export class KindTotals {
  /** Passes by how they ended ({@linkcode PASS}). */
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
        return this.#passed(event.key, this.#isNoop(event.key) ? 0 : PASS.apply);
      case "apply":
        return void this.#applying.add(event.key);
      case "changed":
        return this.#changed(event);
      case "would-change":
      case "held":
        return this.#passed(event.key, PASS.eventful);
      case "contested":
        this.#kinds.of(event.key).contested++;
        return this.#passed(event.key, PASS.eventful);
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

  #passed(key: string, end: number): void {
    this.#kinds.of(key).passes[end]!++;
  }

  #changed(event: EngineEvent & { readonly type: "changed" }): void {
    const { key, causes, worldless, sinceHeardMs } = event;
    this.#applying.delete(key);
    this.#passed(key, PASS.apply + PASS.eventful);
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
    const eventful = this.#applying.delete(key) ? PASS.eventful : 0;
    this.#passed(key, (noop === true ? 0 : PASS.apply) + eventful + PASS.errorful);
  }
}

/** Of several causes what was seen outside counts, for that is what people look for. */
function mainCause(causes: readonly Cause[] = []): Cause["type"] | "none" {
  const seen = causes.find(({ type }) => type === "event") ??
    causes.find(({ type }) => type === "poll");
  return (seen ?? causes[0])?.type ?? "none";
}
