/**
 * The engine: runs a graph, keeps it true, and swaps it for another one.
 *
 * @module
 */

import { yielderOf } from "../base/yielder.ts";
import type { Failure } from "../base/result.ts";
import { delta, isNoChange } from "../graph/delta.ts";
import { emptyGraph, type Graph } from "../graph/graph.ts";
import { NOTHING_EXPECTED } from "../kind/claim.ts";
import type { Matter } from "../kind/claims.ts";
import { type Resource, sameWithSecrets } from "../kind/resource.ts";
import { PassOutcome } from "./pass_outcome.ts";
import type { Cause } from "./cause.ts";
import { addCause, causeOfClaims, causeOfGraph, causeOfWaking, regardsAny } from "./causes.ts";
import { ConvergenceWait } from "./convergence_wait.ts";
import { PendingRefreshes } from "./pending_refreshes.ts";
import type { EngineEvent, Recap } from "./event.ts";
import { foretellAll } from "./foretold.ts";
import type { EngineOptions, SwapOptions } from "./options.ts";
import { runPass } from "./pass.ts";
import type { PassContext } from "./pass_context.ts";
import { graphEvent } from "./graph_event.ts";
import { AutomaticEdges, linkVertices } from "./link.ts";
import { Regard } from "./regard.ts";
import { RunningReport } from "./running.ts";
import { Scheduler, type VisitOutcome } from "./scheduler.ts";
import { seededRandom, shuffled } from "./seeded_random.ts";
import { Semaphores } from "./semaphores.ts";
import { StuckDetector } from "./stuck.ts";
import { StateCounts } from "./state_counts.ts";
import { beginUndo, markUndone } from "./undoing.ts";
import { abort, quiesce, type Vertex } from "./vertex.ts";
import { VertexSet } from "./vertex_set.ts";
import { watchVertex } from "./watching.ts";

const PATHS: ReadonlySet<Matter> = new Set<Matter>(["paths"]);

/** Runs graphs, one at a time. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #scheduler: Scheduler<Vertex>;
  readonly #context: PassContext;
  readonly #debts: PendingRefreshes;
  readonly #counts = new StateCounts();
  readonly #convergence: ConvergenceWait;
  readonly #passOutcome: PassOutcome;
  readonly #random: () => number;
  readonly #stuck = new StuckDetector();
  #graph: Graph<Resource> = emptyGraph();
  #hasGraph = false;
  #automatic = new AutomaticEdges([]);
  readonly #vertices: VertexSet;
  readonly #regard = new Regard();
  /** Graphs are swapped one after the other. */
  #loading: Promise<void> = Promise.resolve();
  #loads = 0;
  #passes = 0;
  readonly #ending = new AbortController();
  #stopping = false;
  #stopped: Promise<void> | undefined;
  #unsettled = false; // something happened since the last `settled` event
  readonly #running: RunningReport;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#convergence = new ConvergenceWait(options.host.clock, options.convergedMs, {
      converged: (afterMs) => this.#emit({ type: "converged", afterMs, recap: this.recap() }),
      due: () => this.#quiet(),
    });
    this.#random = seededRandom(options.seed);
    this.#debts = new PendingRefreshes(options);
    this.#vertices = new VertexSet(this.#counts, {
      nowMs: () => options.host.clock.nowMs(),
      leave: (vertex) => {
        this.#passOutcome.disarmRetry(vertex);
        this.#scheduler.leave(vertex.node);
      },
      exited: ({ resource: { key } }) => this.#emit({ type: "exited", key }),
    });
    const yielder = yielderOf(options.host.clock);
    this.#running = new RunningReport(
      options.host.clock,
      () => this.#vertices.all(),
      (vertices) => this.#emit({ type: "running", vertices }),
    );
    this.#context = {
      options,
      semaphores: new Semaphores(),
      owe: (vertex) => this.#debts.owe(vertex),
      settleDebts: (vertex, sources) => this.#debts.settle(vertex, sources),
      regard: this.#regard,
      ending: this.#ending.signal,
    };
    this.#passOutcome = new PassOutcome({
      options,
      counts: this.#counts,
      mark: (vertex) => this.#scheduler.mark(vertex.node),
      pause: (vertex) => this.#scheduler.pause(vertex.node),
      resume: (vertex) => this.#scheduler.resume(vertex.node),
      regard: this.#regard,
      changed: (nowMs) => this.#convergence.changed(nowMs),
      stopping: () => this.#stopping,
    });
    this.#scheduler = new Scheduler({
      visit: (node) => this.#visit(node.payload),
      changing: ({ payload: { step } }) => step !== undefined && step !== "check",
      woken: ({ payload, standing }, { key }) =>
        causeOfWaking(payload, key, standing === "blocked"),
      blocked: (node, by) => {
        this.#counts.move(node.payload, "blocked");
        this.#passOutcome.withdraw(node.payload);
        const why = this.#automatic.why(by.key, node.key);
        this.#emit({ type: "blocked", key: node.key, by: by.key, ...why });
      },
      quiet: () => this.#quiet(),
      yieldTurn: () => yielder.yieldTurn(),
    });
  }

  /** Counts of the vertices by where they stand now. */
  recap(): Recap {
    return this.#counts.recap();
  }

  /** The graph in force. */
  get graph(): Graph<Resource> {
    return this.#graph;
  }

  /** Keys of the vertices in a state, in the graph's order. */
  keysIn(state: Vertex["state"]): string[] {
    return this.#vertices.where((vertex) => vertex.state === state)
      .map((vertex) => vertex.resource.key);
  }

  /** Puts a graph in force in place of the last one; equal vertices do not notice. */
  load(graph: Graph<Resource>, options: SwapOptions = {}): Promise<void> {
    return this.#inTurn(() => this.#swap(graph, options));
  }

  /** What left the graph while it was held is reversed now; who is to hear of that looks again. */
  reverseLeft(): Promise<void> {
    return this.#inTurn(async () => {
      const reversed = await this.#options.reversals?.left() ?? [];
      this.lookAt(this.#debts.oweFor(reversed, this.#vertices.byKey));
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#loads++;
    this.#loading = this.#loading.then(work).finally(() => {
      this.#loads--;
      this.#quiet();
    });
    return this.#loading;
  }

  /** What was pending outside of the graph may have come; if it has, that counts as a change. */
  reconsider(hasCome = false): void {
    if (hasCome) this.#convergence.changed();
    this.#quiet();
  }

  /** Looks again at these now, or at all (`*`); `cause`: why, where that is worth telling. */
  lookAt(keys: readonly string[], cause?: Cause): void {
    const meant = new Set(keys);
    const isMeant = (vertex: Vertex) => meant.has("*") || meant.has(vertex.resource.key);
    for (const vertex of this.#vertices.where(isMeant)) {
      if (cause !== undefined) addCause(vertex, cause);
      this.#look(vertex);
    }
  }

  /** Somebody is about to take back a change of it, which is held: resolves when no pass changes it. */
  async beginUndo(key: string): Promise<Failure | undefined> {
    const vertex = this.#vertices.byKey.get(key);
    return vertex && await beginUndo(vertex, this.ending, (owing) => this.#debts.owe(owing));
  }

  /** Aborts when it begins to stop. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** It is another now: what depends on it, or is owed a refresh by it, looks again. */
  undone(key: string, author: string): void {
    const vertex = this.#vertices.byKey.get(key);
    if (vertex === undefined) return;
    markUndone(vertex, author, this.#regard);
    this.#look(vertex);
  }

  /** Keys of the targets of its notify edges. */
  notified(key: string): readonly string[] {
    return this.#vertices.byKey.get(key)?.notifies.map(({ resource }) => resource.key) ?? [];
  }

  /** Starts nothing more; resolves when what runs has ended. */
  stop(): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  async #stop(): Promise<void> {
    this.#stopping = true;
    this.#ending.abort();
    this.#scheduler.stop();
    this.#convergence.cancel();
    for (const vertex of this.#vertices.all()) quiesce(vertex);
    if (this.#scheduler.running > 0) {
      this.#idle ??= Promise.withResolvers<void>();
      await this.#idle.promise;
    }
    this.#running.end();
    for (const vertex of this.#vertices.all()) {
      this.#emit({ type: "exited", key: vertex.resource.key });
    }
  }

  /** Keys of the vertices at work, or of those that wait for their turn, whom a stop does not wait for. */
  working(waits = false): string[] {
    const waitsForTurn = ({ step }: Vertex) => step === "wait" || step === undefined;
    return this.#vertices.where((vertex) => vertex.node.running && waitsForTurn(vertex) === waits)
      .map((vertex) => vertex.resource.key);
  }

  /** All vertices by key, in the graph's order, for whoever looks on. */
  get vertices(): ReadonlyMap<string, Readonly<Vertex>> {
    return this.#vertices.byKey;
  }

  /** Aborts what runs; for after `stop`. */
  abort(): void {
    const nowMs = this.#options.host.clock.nowMs();
    for (const vertex of this.#vertices.all()) abort(vertex, nowMs);
  }

  /** What hangs, as a sentence; undefined: it makes progress, or has nothing to do. */
  stuck(): string | undefined {
    const { pending, running } = this.#scheduler;
    return this.#stuck.look({
      vertices: this.#vertices.all(),
      // What is marked but was not begun when the engine stopped is never begun.
      pending: this.#stopping ? running : pending,
      running,
      loads: this.#loads,
      passes: this.#passes,
    }, this.#options.host.clock.nowMs());
  }

  #emit(event: EngineEvent): void {
    this.#options.emit(event);
  }

  async #swap(
    graph: Graph<Resource>,
    { onlyIfDifferent = false, expected = NOTHING_EXPECTED, edit }: SwapOptions,
  ): Promise<void> {
    if (this.#stopping) return;
    const change = delta(this.#graph, graph, sameWithSecrets);
    const isOtherwiseExpected = this.#regard.expect(expected);
    if (onlyIfDifferent && isNoChange(this.#graph, change)) {
      if (isOtherwiseExpected) await this.#lookAgain((vertex) => regardsAny(vertex, PATHS));
      return;
    }
    const left = await this.#vertices.retire([...change.removed, ...change.changed.keys()]);
    const reversed = await this.#options.reversals?.left() ?? [];
    const fresh = this.#vertices.admit(graph, [...change.added.keys(), ...change.changed.keys()]);
    const before = this.#hasGraph ? this.#graph.vertices : undefined;
    this.#hasGraph = true;
    this.#graph = graph;
    this.#automatic = new AutomaticEdges(graph.edges);
    const claimed = this.#regard.swap(graph, change);
    linkVertices(this.#vertices.byKey, graph.edges);
    const other = new Set([...fresh, ...foretellAll(this.#vertices.all(), this.#options)]);
    for (const vertex of left) this.#scheduler.forget(vertex.node);
    await this.#debts.open(graph.name, this.#vertices.byKey, graph.edges);
    this.#debts.oweFor(reversed, this.#vertices.byKey);
    const { seed } = this.#options;
    this.#emit(graphEvent(graph, change, { automatic: this.#automatic.count, seed }));
    if (this.#options.watching) {
      const look = (vertex: Vertex) => this.#look(vertex);
      for (const vertex of fresh) watchVertex(vertex, this.#options, look);
      await this.#options.host.watcher.settle();
    }
    this.#convergence.changed();
    this.#unsettled = true;
    for (const vertex of fresh) vertex.node.paused = false;
    causeOfGraph(fresh, change.changed, { before, input: graph.input, edit });
    const different = isOtherwiseExpected ? claimed.union(PATHS) : claimed;
    await this.#lookAgain((vertex) =>
      other.has(vertex) || regardsAny(vertex, different) || vertex.state === "blocked" ||
      vertex.owed.size > 0
    );
  }

  async #lookAgain(isMeant: (vertex: Vertex) => boolean): Promise<void> {
    const nodes = this.#vertices.where(isMeant).map((vertex) => vertex.node);
    await this.#scheduler.markAll(shuffled(nodes, this.#random));
  }

  /** Looks again now, whatever backoff is running. */
  #look(vertex: Vertex): void {
    this.#passOutcome.disarmRetry(vertex);
    this.#scheduler.mark(vertex.node);
  }

  #visit(vertex: Vertex): Promise<VisitOutcome> {
    this.#unsettled = true;
    this.#passes++;
    this.#running.begin();
    const pass = runPass(vertex, this.#context).then((result): VisitOutcome => {
      if (result.type !== "failed" || !this.#scheduler.isEarly(vertex.node)) {
        return this.#passOutcome.conclude(vertex, result);
      }
      vertex.pass = undefined;
      return "early";
    });
    vertex.pass = pass;
    return pass;
  }

  /** Nothing is dirty and nothing runs, as far as the scheduler knows. */
  #quiet(): void {
    if (this.#stopping) {
      if (this.#scheduler.running === 0) this.#idle?.resolve();
      return;
    }
    if (this.#loads > 0 || this.#scheduler.pending > 0) return;
    // A run that ends at the first quiet moment was told to retry: that is still to come.
    if (!this.#options.watching) {
      if (this.#passOutcome.retriesArmed > 0) return;
      for (const vertex of this.#regard.outdated(this.#vertices.all())) {
        causeOfClaims(vertex);
        this.#look(vertex);
      }
      if (this.#scheduler.pending > 0) return;
    }
    if (this.#unsettled) {
      this.#unsettled = false;
      this.#emit({ type: "settled", recap: this.recap() });
    }
    this.#convergence.ask(this.#options.pendingElsewhere?.() === true ? 1 : 0);
  }
}
