/**
 * Gathers what an agent's metrics are made of, at the moment that somebody asks.
 *
 * @module
 */

import type { ExchangeNow } from "../../control/agent.ts";
import type { HoldSource } from "../../engine/hold.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Recorder } from "../../journal/recorder.ts";
import type { Clock } from "../../os/clock.ts";
import type { EventFeed } from "../../report/event_feed.ts";
import type { MetricsSource, StoreFigures } from "../../report/metrics/source.ts";
import type { RunTotals } from "../../report/metrics/totals.ts";
import type { Snapshot } from "../../report/state.ts";
import type { ClusterSide } from "../cluster/cluster_side.ts";

/** Where they come from. */
export interface FigureParts {
  readonly state: { readonly snapshot: Snapshot };
  readonly totals: RunTotals;
  readonly engine: Pick<Engine, "stuck" | "graph">;
  readonly book: HoldSource & { list(): { readonly size: number } };
  readonly journal: Pick<Recorder, "figures"> | undefined;
  readonly host: { readonly clock: Pick<Clock, "wall" | "nowMs"> };
  readonly cluster: Pick<ClusterSide, "part" | "name" | "exports">;
  /** Who reads events along; undefined: nobody can. */
  readonly events: Pick<EventFeed, "counts"> | undefined;
}

/** What etcd says of itself is asked for at most once in so long, and waited for so long. */
const STORE_AGAIN_MS = 5000;
const STORE_MS = 1000;

/** See the module. */
export class AgentFigures {
  readonly #parts: FigureParts;
  #store:
    | { readonly askedMs: number; readonly figures: Promise<StoreFigures | undefined> }
    | undefined;
  #collected:
    | { readonly of: Engine["graph"]; readonly from: ReadonlyMap<string, number> }
    | undefined;

  constructor(parts: FigureParts) {
    this.#parts = parts;
  }

  /** All of them. */
  async read(): Promise<MetricsSource> {
    const { state, totals, engine, book, journal, host: { clock }, cluster, events } = this.#parts;
    const store = await this.#ownStore();
    return {
      ...{ snapshot: state.snapshot, totals, store, events: events?.counts },
      nowMs: clock.wall().getTime(),
      stuck: engine.stuck(),
      holds: book.list().size,
      journal: journal?.figures(),
      exchange: {
        exported: cluster.exports,
        collected: [...this.exchange().collected.values()].reduce((sum, each) => sum + each, 0),
      },
    };
  }

  /** What is exchanged with other hosts; counted once for each graph. */
  exchange(): ExchangeNow {
    const { engine: { graph }, cluster } = this.#parts;
    if (this.#collected?.of !== graph) {
      const from = new Map<string, number>();
      for (const { origin } of graph.vertices.values()) {
        if (origin !== undefined) from.set(origin.host, (from.get(origin.host) ?? 0) + 1);
      }
      this.#collected = { of: graph, from };
    }
    return { exported: cluster.exports, collected: this.#collected.from };
  }

  /** Several who ask at the same time share one answer. */
  #ownStore(): Promise<StoreFigures | undefined> {
    const nowMs = this.#parts.host.clock.nowMs();
    if (this.#store === undefined || nowMs - this.#store.askedMs >= STORE_AGAIN_MS) {
      this.#store = { askedMs: nowMs, figures: this.#askStore() };
    }
    return this.#store.figures;
  }

  async #askStore(): Promise<StoreFigures | undefined> {
    const { state, cluster: { part, name } } = this.#parts;
    const { members, role } = state.snapshot.cluster;
    if (role !== "voter" && role !== "learner") return undefined;
    const [url] = members.find(({ host }) => host === name)?.clientUrls ?? [];
    if (url === undefined) return undefined;
    const status = await part?.store?.status(url, { deadlineMs: STORE_MS });
    if (status?.ok !== true) return undefined;
    const { databaseBytes, inUseBytes, quotaBytes, raftIndex, raftAppliedIndex } = status.value;
    return {
      databaseBytes,
      inUseBytes,
      quotaBytes,
      lag: Math.max(0, raftIndex - raftAppliedIndex),
    };
  }
}
