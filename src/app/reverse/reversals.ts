/**
 * Takes back what resources with `reverse: true` have changed, once they have left the graph.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import { label } from "../../base/words.ts";
import { yielderOf } from "../../base/yielder.ts";
import type { UndoneResource } from "../../control/undo.ts";
import type { LeftRefresh } from "../../engine/options.ts";
import { topologicalOrder } from "../../graph/order.ts";
import type { Host } from "../../host/host.ts";
import type { Recorder } from "../../journal/recorder.ts";
import { keyOf, type Resource } from "../../kind/resource.ts";
import type { ThingBefore, ThingChange, UndoRecord } from "../../kind/undo.ts";
import { allTogether } from "../../kind/undo_together.ts";
import type { EventSink } from "../../report/event.ts";
import type { ComposedGraph } from "../graph/composer.ts";
import type { HoldBook } from "../holds/hold_book.ts";
import { thingOf } from "../managed/managed_record.ts";
import { leavingOf, sourceOf, thingOfResource } from "./leaving.ts";
import { keptIdentity } from "../managed/next_record.ts";
import { LeftDebts } from "./left_debts.ts";
import { changesBegun, refreshOf, targetOf, undecided } from "./outlook.ts";
import { SecretPaths } from "../secrets/secret_paths.ts";
import type { RunSettings } from "../settings.ts";
import { undoOf } from "../undo/judge.ts";
import { takeOneBack, type UndoHands } from "../undo/take_back.ts";
import { undoContext } from "../undo/undo_context.ts";
import { type ReversalRecord, ReversalStore } from "./reversal_store.ts";

/** What reversals work with. */
export interface ReversalParts {
  readonly host: Host;
  readonly prefix: string;
  /** What the graph is written in: a file or a directory, or `-`. */
  readonly graphPath: string;
  readonly book: Pick<HoldBook, "of">;
  readonly journal: Pick<Recorder, "note"> | undefined;
  readonly reporter: EventSink;
  /** Gets what was taken back, by what it is about. */
  readonly reversed: Set<string>;
  /** With noop it only says what it would do. */
  readonly settings: Pick<RunSettings, "noop">;
  /** Aborts when the run begins to stop. */
  readonly ending: AbortSignal;
}

/** Those of one run. */
export class Reversals {
  readonly #parts: ReversalParts;
  readonly #store: ReversalStore;
  #graph: ComposedGraph | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #ranks: ReadonlyMap<string, number> | undefined;

  constructor(parts: ReversalParts) {
    this.#parts = parts;
    this.#store = new ReversalStore(parts.prefix, parts.host.files);
  }

  async begin(
    resource: Resource,
    before: readonly ThingBefore[],
  ): Promise<Failure | undefined> {
    const records = this.#store.all();
    if (!records.ok) return records.failure;
    const known = records.value.get(thingOfResource(resource));
    // What a killed run did before counts, too.
    if (known?.begun !== undefined) await this.#ended(known);
    return this.#store.put({ ...this.#recordOf(resource), begun: before });
  }

  done(resource: Resource, { things, lacks }: UndoRecord): void {
    const unwritten = this.#store.add(this.#recordOf(resource), things, lacks);
    if (unwritten !== undefined) this.#warn(unwritten.message);
  }

  /** An operator took changes of a resource back. */
  takenBack(key: string, changes: readonly ThingChange[]): void {
    const unwritten = this.#store.takenBack(key, changes);
    if (unwritten !== undefined) this.#warn(unwritten.message);
  }

  /** Takes back what is not in this graph any more; the result is who is to hear of it. */
  left(composed: ComposedGraph | undefined): Promise<readonly LeftRefresh[]> {
    const turn = this.#turn.then(() => composed === undefined ? [] : this.#left(composed));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #left(composed: ComposedGraph): Promise<readonly LeftRefresh[]> {
    this.#graph = composed;
    this.#ranks = undefined;
    const records = this.#store.all();
    if (!records.ok) {
      this.#warn(records.failure.message);
      return [];
    }
    const { graph } = composed;
    for (const resource of graph.vertices.values()) {
      const record = records.value.get(thingOfResource(resource));
      if (record !== undefined) this.#stays(record, resource);
    }
    const leaving = leavingOf(records.value, this.#parts.graphPath, graph);
    const refreshes: LeftRefresh[] = [];
    const yielder = yielderOf(this.#parts.host.clock);
    for (const record of leaving) {
      await yielder.yieldTurn();
      if (this.#parts.ending.aborted) break;
      if (await this.#leave(record, composed)) refreshes.push(refreshOf(record));
    }
    return refreshes;
  }

  /** One that says no more that it is to be reversed is forgotten; one may have another name. */
  #stays(record: ReversalRecord, { name, meta }: Resource): void {
    if (this.#parts.settings.noop) return;
    const problem = !meta.reverse
      ? this.#store.drop(record)
      : name !== record.name
      ? this.#store.put({ ...record, name })
      : undefined;
    if (problem !== undefined) this.#warn(problem.message);
  }

  /** Takes one back; the result is whether anything is another now. */
  async #leave(left: ReversalRecord, { graph }: ComposedGraph): Promise<boolean> {
    const { book, settings: { noop } } = this.#parts;
    const record = await this.#ended(left);
    const key = keyOf(record.kind, record.name);
    const target = targetOf(record, key);
    const { things, by } = undecided(record, graph);
    if (things.length === 0 && by !== undefined) {
      this.#say(key, `left the graph, and is left as it is: ${label(by)} decides it now`);
      this.#drop(record);
      return false;
    }
    if (book.of(key) !== undefined) {
      this.#say(key, "left the graph, and is taken back when it is not held any more");
      return false;
    }
    if (noop) {
      this.#say(key, "left the graph: what it changed would be taken back");
      return false;
    }
    let taken: readonly ThingChange[] = [];
    const debts = new LeftDebts(this.#parts.prefix, graph);
    const done = await takeOneBack({ ...target, things }, {
      force: false,
      begun: { reason: "it left the graph", undoes: [] },
    }, {
      ...this.#hands(),
      begin: () => debts.owe(refreshOf(record)),
      taken: (_key, changes) => Promise.resolve(void (taken = changes)),
    });
    if (!done.ok) {
      this.#warn(`${label(key)}: ${done.failure.message}`);
      return false;
    }
    const { status } = done.value;
    const changed = status === "undone" || status === "failed";
    const unstruck = changed ? undefined : await debts.strike();
    if (unstruck !== undefined) this.#warn(unstruck.message);
    // What ends half-way is nobody else's change when it is tried again; what does not is forgotten.
    if (status === "failed") this.#taken(record, taken);
    return this.#said(record, key, done.value);
  }

  #said(record: ReversalRecord, key: string, { status, why = "" }: UndoneResource): boolean {
    if (status === "failed") {
      this.#warn(
        `${
          label(key)
        }: left the graph, and could not be taken back: ${why}; it is tried again with the next graph or start`,
      );
      return false;
    }
    if (status === "undone" || status === "already") this.#parts.reversed.add(thingOf(record));
    if (status === "undone") this.#say(key, "left the graph: what it changed is taken back");
    if (status === "refused" || status === "impossible") {
      this.#warn(`${label(key)}: left the graph, and is left as it is: ${why}`);
    }
    this.#drop(record);
    return status === "undone";
  }

  #taken(record: ReversalRecord, changes: readonly ThingChange[]): void {
    const unwritten = this.#store.add(record, changes);
    if (unwritten !== undefined) this.#warn(unwritten.message);
  }

  #drop(record: ReversalRecord): void {
    const problem = this.#parts.settings.noop ? undefined : this.#store.drop(record);
    if (problem !== undefined) this.#warn(problem.message);
  }

  /** What a killed run had begun is looked at: how it ended nobody wrote down. */
  async #ended(record: ReversalRecord): Promise<ReversalRecord> {
    const { begun, ...rest } = record;
    if (begun === undefined || undoOf(keyOf(record.kind, record.name)) === undefined) return record;
    const changes = await changesBegun(record, this.#hands().context);
    if (this.#parts.settings.noop) {
      return { ...rest, things: allTogether([...rest.things, ...changes]) };
    }
    this.#store.add(record, changes);
    const records = this.#store.all();
    return (records.ok ? records.value.get(thingOf(record)) : undefined) ?? rest;
  }

  #recordOf(resource: Resource): ReversalRecord {
    const { kind: { kind }, name, key } = resource;
    const records = this.#store.all();
    const known = records.ok ? records.value.get(thingOfResource(resource)) : undefined;
    const { things = [], lacks } = known ?? {};
    const edges = this.#graph?.graph.edges ?? [];
    return {
      kind,
      name,
      identity: keptIdentity(resource.kind, resource.params),
      source: sourceOf(this.#parts.graphPath, this.#graph?.graph ?? { name: "" }),
      rank: this.#rankOf(key),
      notifies: edges.filter(({ from, notify }) => notify && from === key).map(({ to }) => to),
      things,
      ...(lacks === undefined ? {} : { lacks }),
    };
  }

  #rankOf(key: string): number {
    if (this.#ranks === undefined && this.#graph !== undefined) {
      const order = topologicalOrder(this.#graph.graph);
      this.#ranks = new Map((order.ok ? order.keys : []).map((each, index) => [each, index]));
    }
    return this.#ranks?.get(key) ?? 0;
  }

  #hands(): Pick<UndoHands, "context" | "nowMs" | "note" | "hasSecret"> {
    const { host, ending, journal, prefix } = this.#parts;
    return {
      context: undoContext(host, ending, (text) => this.#warn(text)),
      nowMs: () => host.clock.wall().getTime(),
      note: async (entries) => await journal?.note(entries),
      hasSecret: (name) => new SecretPaths(prefix).known().has(name),
    };
  }

  #say(key: string, text: string): void {
    this.#parts.reporter.event({
      type: "notice",
      topic: "Reverse",
      text: `${label(key)}: ${text}`,
    });
  }

  #warn(text: string): void {
    this.#parts.reporter.event({ type: "warning", text });
  }
}
