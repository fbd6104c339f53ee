/**
 * A running agent as who asks it over its socket sees it.
 *
 * @module
 */

import type { PastMoment } from "../base/moment.ts";
import type { Result } from "../base/result.ts";
import type { WorkingVertex } from "../engine/at_work.ts";
import type { Graph } from "../graph/graph.ts";
import type { HistoryQuery } from "../journal/reader.ts";
import type { Resource } from "../kind/resource.ts";
import type { Clock } from "../os/clock.ts";
import type { EventFeed } from "../report/event_feed.ts";
import type { PrivateThings } from "../report/for_readers.ts";
import type { MetricsSource } from "../report/metrics/source.ts";
import type { Snapshot } from "../report/state.ts";
import type { HeldResource, HoldWish, ReleaseWish } from "./holds.ts";
import type { UndoReport, UndoWish } from "./undo.ts";
import type { OrderProgress, OrderWish } from "./orders.ts";

/** What monitoring asks of the agent. */
export interface MonitoredAgent {
  /** How it is now: what is kept of it past this turn is copied. */
  readonly snapshot: Snapshot;
  /** What hangs, as a sentence; undefined: nothing does. */
  stuck(): string | undefined;
  /** What its metrics are made of. */
  metrics(): Promise<MetricsSource>;
}

/** What routes ask of the agent. */
export interface ControlledAgent extends MonitoredAgent, PrivateThings {
  readonly pid: number;
  /** Where its graph is written: an absolute path, or `-` for the standard input. */
  readonly graphPath: string;
  /** The graph in force. */
  readonly graph: Graph<Resource>;
  /** What gives others turns in long work. */
  readonly clock: Pick<Clock, "nowMs" | "wall" | "yieldTurn">;
  /** Keys of the resources at work, or of those that wait for their turn. */
  working(waits: boolean): readonly string[];
  /** All that are at work or wait, and what they do. */
  atWork(): readonly WorkingVertex[];
  /** Reads the graph file again; a failure where it is refused. */
  reload(): Promise<Result<void>>;
  /**
   * Takes an order for the host's part in its cluster; what comes back ends when that is done, or when
   * `signal` aborts.
   */
  order(wish: OrderWish, signal: AbortSignal): Result<AsyncIterable<OrderProgress>>;
  /** Its journal, all that has happened included; a failure where it keeps none, or cannot. */
  journal(): Promise<Result<AgentJournal>>;
  /** The key of the resource of its graph that a word means: `unknown-resource`, or `which`. */
  keyOf(word: string): Result<string>;
  /** What should be true of a resource of the graph in force, as an object with `fields`, and its `place`. */
  detailOf(key: string): Promise<object>;
  /** What putting that graph in force would do, as an object; nothing is looked at. */
  plan(edited: EditedGraph, signal: AbortSignal): Promise<Result<object>>;
  /** What its own graph would do as it is written now, as an object. */
  ownPlan(): Promise<Result<object>>;
  /** What the graph in force gives to other hosts, and takes of them. */
  exchange(): ExchangeNow;
  /** What another host of the cluster tells of itself, as an object with `facts`. */
  factsOf(host: string, signal: AbortSignal): Promise<Result<object>>;
  /** Holds resources, lets go of them, and what is held. */
  hold(wish: HoldWish): Result<readonly HeldResource[]>;
  release(wish: ReleaseWish): Result<readonly string[]>;
  holds(): readonly HeldResource[];
  /** What happens, for who reads along. */
  readonly events: Pick<EventFeed, "read" | "counts">;
  /** Takes changes back. */
  undo(wish: UndoWish): Promise<Result<UndoReport>>;
  /** Ends it as SIGTERM does. */
  stop(): void;
}

/** Counts of resources. */
export interface ExchangeNow {
  readonly exported: number;
  /** Of those that it takes, by the name of the host. */
  readonly collected: ReadonlyMap<string, number>;
}

/** A graph that is not in force yet. */
export interface EditedGraph {
  /** Absolute. */
  readonly file: string;
  /** As messages name it; absent: as above. */
  readonly name?: string;
  /** Whether messages have colours. */
  readonly color?: boolean;
}

/** What of the journal is wanted. */
export interface JournalWish extends Pick<HistoryQuery, "kind" | "only" | "limit"> {
  /** As people name it. */
  readonly resource?: string;
  readonly since?: PastMoment;
}

/** What routes ask of an agent's journal; answers are objects as the commands print them. */
export interface AgentJournal {
  history(wish: JournalWish): Result<object>;
  /** Why the last action on the resource that a word means was done. */
  why(word: string): Result<object>;
}
