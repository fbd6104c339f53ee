/**
 * A running agent: wires host, language, engine and reports together, and ends them in order.
 *
 * @module
 */

import { seenEvent } from "../engine/causes.ts";
import { Engine } from "../engine/engine.ts";
import type { EngineEvent } from "../engine/event.ts";
import type { Result } from "../base/result.ts";
import { hostName } from "../os/host_name.ts";
import type { Timer } from "../os/clock.ts";
import { type HeardSignal, onSignals } from "../os/signals.ts";
import type { GraphPlace, LoadedGraph } from "../lang/load.ts";
import { createSpareMemory, type SpareMemory } from "../os/native/spare_memory.ts";
import { kindsOnDemand } from "../resources/on_demand.ts";
import { type ComposedGraph, Composer } from "./graph/composer.ts";
import { HoldBook } from "./holds/hold_book.ts";
import { HoldDesk } from "./holds/hold_desk.ts";
import { OrderDesk } from "./cluster/order_desk.ts";
import { ClusterSide } from "./cluster/cluster_side.ts";
import type { AgentParts } from "./agent_parts.ts";
import { ReversePart } from "./reverse/reverse_part.ts";
import { engineSettings } from "./engine_settings.ts";
import { GraphInForce } from "./graph/graph_in_force.ts";
import type { GraphReader } from "./graph/graph_reader.ts";
import { graphsOf, programSources } from "./graph/graphs_of_run.ts";
import { writeGraphviz } from "./graph/graphviz.ts";
import { StartNotices } from "./graph/start_notices.ts";
import type { EditedGraph } from "../control/agent.ts";
import { ControlSocket } from "./control/control_socket.ts";
import { type ManagedKeeper, managedKeeper } from "./managed/managed_keeper.ts";
import { SecretsPart } from "./secrets/secrets_part.ts";
import { type End, whyEnded } from "./run_end.ts";
import { endsByItself } from "./settings.ts";

/**
 * The first graph has the machine to itself until it has settled, or for so long: what a cluster needs
 * takes a fifth of a second to load, and etcd a core to start.
 */
const CLUSTER_AFTER_MS = 1000;

/** Signals that come within so long of one that counts are the same wish. */
const ONE_SIGNAL_MS = 200;

/** Exit codes, as the command line documents them. */
export const EXIT = {
  done: 0,
  wrong: 1,
  failed: 4,
  notConverged: 5,
  signal: { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 },
} as const;
/** Runs a graph until it has converged, its time is over, or a signal comes. */
export class Agent {
  readonly #parts: AgentParts;
  readonly #engine: Engine;
  readonly #cluster: ClusterSide;
  readonly #graphs: GraphReader;
  readonly #inForce: GraphInForce;
  readonly #notices: StartNotices;
  readonly #end = Promise.withResolvers<End>();
  readonly #memory: SpareMemory;
  #clusterTimer: Timer | undefined;
  /** Whether there is a graph to run: what it asks for may have to be waited for. */
  #hasFirst = false;
  #hasSettled = false;
  #signals = 0;
  #signalMs = -Infinity;
  #stopping = false;
  readonly #managed: ManagedKeeper | undefined;
  /** A program that hears what happens to its resources. */
  #hearing: ((event: EngineEvent) => void) | undefined;
  readonly #orders: OrderDesk;
  readonly holds: HoldBook;
  readonly #reverse: ReversePart;
  readonly #control: ControlSocket;
  readonly #secrets: SecretsPart;

  constructor(parts: AgentParts) {
    this.#parts = parts;
    const { settings, host, reporter } = parts;
    this.#orders = new OrderDesk(parts.prefix, () => host.random.hex(8));
    this.#cluster = new ClusterSide({
      ...{ parts, orders: this.#orders },
      hasSettled: () => this.#hasSettled,
      wanted: () => this.#beginCluster(),
      collected: () => this.#collected(),
      settled: (hasCome) => this.#engine.reconsider(hasCome),
      refused: () => this.#end.resolve("refused"),
    });
    this.#memory = createSpareMemory(host.clock);
    this.holds = this.#openHolds();
    this.#reverse = new ReversePart(() => {
      const { ending } = this.#engine;
      return { ...parts, prefix: parts.earlier, book: this.holds, ending };
    });
    this.#notices = new StartNotices((event) => reporter.event(event));
    this.#engine = new Engine({
      ...engineSettings(settings, parts.earlier, () => host.clock.nowMs()),
      host,
      emit: (event) => this.#happened(event),
      fleet: this.#cluster.places,
      holds: this.holds,
      records: parts.journal !== undefined,
      reversals: this.#reverse,
      filled: (resource) => this.#secrets.filled(resource),
      shown: (lines) => this.#secrets.shown(lines),
      pendingElsewhere: () => !this.#hasFirst || this.#inForce.pending || this.#cluster.pending,
    });
    this.#secrets = new SecretsPart({ ...parts, changed: () => this.#collected() });
    const composer = new Composer(kindsOnDemand, (event) => reporter.event(event), this.#secrets);
    this.#inForce = new GraphInForce({
      clock: host.clock,
      written: () => this.#graphs.loaded,
      compose: (written) => composer.compose(written, this.#cluster.part),
      load: (composed, written, onlyIfDifferent) => {
        this.#managed?.note({ ...composed, written, texts: this.#graphs.textsOf(written) });
        this.#reverse.next(composed);
        return this.#run(composed, written, onlyIfDifferent);
      },
      idle: () => this.#engine.reconsider(),
    });
    parts.engineIs(this.#engine);
    this.#graphs = graphsOf(parts, this.#cluster, (listener) => this.#hearing = listener);
    this.#managed = managedKeeper(parts, this.#reverse.reversed);
    this.#control = new ControlSocket(parts, {
      ...{ engine: this.#engine, orders: this.#orders },
      isStopping: () => this.#stopping,
      reload: () => this.#reload(),
      holds: new HoldDesk(this.holds, this.#engine, host.clock),
      ...{ book: this.holds, reverse: this.#reverse, memory: this.#memory },
      stop: () => this.#end.resolve("SIGTERM"),
      plan: (edited, signal) => this.#plan(edited, signal),
      cluster: this.#cluster,
      placeOf: (key) => this.placeOf(key),
    });
  }

  #openHolds(): HoldBook {
    const { earlier, host: { clock }, reporter } = this.#parts;
    return new HoldBook({
      prefix: earlier,
      clock,
      damaged: (text) => reporter.event({ type: "warning", text }),
      ended: (keys, why) => {
        reporter.event({ type: "hold-ended", keys, why });
        this.#engine.lookAt(keys, { type: "hold-ended", why });
        // What left the graph meanwhile is taken back now.
        void this.#engine.reverseLeft();
      },
    });
  }

  #happened(event: EngineEvent): void {
    const { settings, host } = this.#parts;
    this.#notices.engine(event);
    this.#hearing?.(event);
    if (event.type === "converged" && settings.convergedTimeoutSeconds >= 0) {
      this.#end.resolve("converged");
    }
    if (event.type !== "settled") return;
    this.#memory.worked();
    if (this.#hasSettled) return;
    this.#hasSettled = true;
    void host.clock.yieldTurn().then(() => this.#beginCluster());
  }

  /** The graph in force. */
  get graph(): Engine["graph"] {
    return this.#engine.graph;
  }

  /** Where a resource is written, for messages; `whole`: with the whole path, for another day. */
  async placeOf(key: string, whole = false): Promise<Omit<GraphPlace, "path"> | undefined> {
    const at = await this.#graphs.loaded?.placeOf(key);
    return at && { file: whole ? at.path : at.file, line: at.line, column: at.column };
  }

  /** Resolves with the exit code when everything has ended. */
  async run(): Promise<number> {
    const { host, settings, reporter } = this.#parts;
    const stopListening = onSignals((signal) => this.#signal(signal));
    const timer = settings.maxRuntimeSeconds > 0
      ? host.clock.after(settings.maxRuntimeSeconds * 1000, () => this.#end.resolve("max-runtime"))
      : undefined;
    try {
      // What a graph asks for may have to be waited for.
      const reading = this.#graphs.first({ resident: !endsByItself(settings) });
      const first = await Promise.race([reading, this.#end.promise]);
      if (typeof first === "string") return await this.#stop(first);
      if (first === undefined) return await this.#nothingToRun();
      // A signal must be heard while the start still goes on.
      const started = this.#start(first).then(() => this.#end.promise);
      const end = await Promise.race([this.#end.promise, started]);
      return await this.#stop(end);
    } finally {
      timer?.cancel();
      stopListening();
      await this.#control.close();
      await reporter.flush();
    }
  }

  async #nothingToRun(): Promise<number> {
    const { hooks, inputs } = this.#parts;
    const signal = await hooks?.finishAlone();
    await Promise.all([this.#cluster.stop(), this.#graphs.close(), inputs.close()]);
    return signal === undefined ? EXIT.wrong : EXIT.signal[signal];
  }

  async #start(first: LoadedGraph): Promise<void> {
    this.#hasFirst = true;
    const { settings, manager } = this.#parts;
    if (settings.watchFile && settings.convergedTimeoutSeconds !== 0) {
      this.#graphs.watch((loaded) => void this.#load(loaded));
    }
    await this.#load(first);
    if (this.#stopping) return;
    // Not when all is as it should be: what takes long or fails is no reason to be killed.
    manager?.ready();
  }

  /** Puts a graph of the file in force; the cluster's part begins when the first one needs it. */
  async #load(loaded: LoadedGraph): Promise<void> {
    const { host } = this.#parts;
    await this.#cluster.prepare(loaded);
    // What was written meanwhile counts.
    const latest = this.#graphs.loaded ?? loaded;
    this.#notices.collects(latest.collects);
    this.#cluster.part?.graph(latest);
    await this.#inForce.written();
    this.#clusterTimer ??= host.clock.after(CLUSTER_AFTER_MS, () => this.#beginCluster());
    if (this.#hasSettled) this.#beginCluster();
  }

  /** Runs a graph with what was collected. */
  async #run(
    { graph, expected }: ComposedGraph,
    { edit: seen }: LoadedGraph,
    onlyIfDifferent: boolean,
  ): Promise<void> {
    const { settings: { graphviz, graphvizFilter }, host } = this.#parts;
    if (graphviz !== undefined) {
      this.#notices.drawn(await writeGraphviz(host, graph, graphviz, graphvizFilter));
    }
    const edit = seen && seenEvent(seen, host.clock.wall().getTime());
    await this.#engine.load(graph, { onlyIfDifferent, expected, edit });
    this.#notices.started();
  }

  /** What the graph is made of besides its file may be another. */
  #collected(): void {
    if (!this.#stopping) this.#inForce.collected();
  }

  #beginCluster(): void {
    this.#clusterTimer?.cancel();
    this.#managed?.begin();
    if (!this.#stopping) this.#control.open();
    if (this.#stopping || this.#cluster.part === undefined) return;
    this.#cluster.begin();
    this.#engine.reconsider();
  }

  async #plan(edited: EditedGraph, signal: AbortSignal): Promise<Result<object>> {
    const { host, settings, state, earlier: prefix, graphPath, inputs } = this.#parts;
    const { planEdit } = await import("./running_plan/plan_edit.ts");
    return await planEdit(edited, {
      ...{ host, prefix, graphPath, inputs, state },
      hostName: settings.hostname ?? hostName(),
      sources: () => programSources(this.#cluster.looks, host),
      engine: this.#engine,
      holds: this.holds,
      others: () => this.#cluster.part,
    }, signal);
  }

  /** Reads the graph file again; the result is whether it is good. */
  async #reload(): Promise<boolean> {
    let isGood = false;
    const work = async () => {
      const { loaded, good } = await this.#graphs.read({ aloud: true });
      if (loaded !== undefined) await this.#load(loaded);
      else if (good) this.#notices.unchanged();
      this.#cluster.part?.compare();
      isGood = good;
    };
    await (this.#parts.manager?.reloading(work) ?? work());
    return isGood;
  }

  #signal(signal: HeardSignal): void {
    const { reporter, exitNow, onTerminal } = this.#parts;
    if (signal === "SIGHUP" && !onTerminal) return void this.#reload();
    // timeout(1) signals the process and its group; a terminal that closes and its shell do, too.
    const nowMs = this.#parts.host.clock.nowMs();
    if (nowMs - this.#signalMs < ONE_SIGNAL_MS) return;
    this.#signalMs = nowMs;
    this.#signals++;
    if (this.#signals === 1) this.#end.resolve(signal);
    else if (this.#signals === 2) {
      reporter.event({ type: "stopping", why: "Aborting what still runs", working: [] });
      void this.#engine.stop();
      this.#engine.abort();
      this.#parts.hooks?.abort();
    } else exitNow(EXIT.signal[signal]);
  }

  async #stop(end: End): Promise<number> {
    const { reporter, manager, hooks } = this.#parts;
    this.#stopping = true;
    this.#clusterTimer?.cancel();
    this.#memory.close();
    this.#orders.close();
    this.holds.close();
    this.#secrets.close();
    const kept = this.#graphs.close();
    manager?.stopping(() => this.#engine.abort());
    reporter.event({ type: "stopping", why: whyEnded(end), working: this.#engine.working() });
    const stopped = this.#engine.stop();
    // The time is over in any case, also for commands.
    if (end === "max-runtime") this.#engine.abort();
    await stopped;
    const parts = [this.#cluster.stop(), this.#managed?.close(), this.#parts.inputs.close()];
    await Promise.all([...parts, kept, hooks?.finish()]);
    const recap = this.#engine.recap();
    const exitCode = this.#exitCode(end);
    reporter.event({
      type: "stop",
      exitCode,
      recap,
      failed: this.#engine.keysIn("failed"),
      contested: this.#engine.keysIn("contested"),
      blocked: this.#engine.keysIn("blocked"),
    });
    return exitCode;
  }

  #exitCode(end: End): number {
    const { settings } = this.#parts;
    const { failed, contested } = this.#engine.recap();
    if (end === "refused") return EXIT.wrong;
    if (end in EXIT.signal) return EXIT.signal[end as HeardSignal];
    if (failed + contested > 0 || this.#cluster.isOutcast) return EXIT.failed;
    const wasToConverge = settings.convergedTimeoutSeconds >= 0;
    return end === "max-runtime" && wasToConverge ? EXIT.notConverged : EXIT.done;
  }
}
