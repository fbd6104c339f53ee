/**
 * The world of a simulation: machines with agents and etcd processes, a network, and time. It does
 * what the agents' effects ask for, as well or badly as the faults allow, and tells the invariants.
 *
 * @module
 */

import { ClusterAgent } from "../../src/cluster/agent/agent.ts";
import type { AgentSettings, ClusterAgentEvent, Effect } from "../../src/cluster/agent/io.ts";
import type { PartListener } from "../../src/cluster/admin/order_follower.ts";
import type { News, OrderNews } from "../../src/cluster/agent/news.ts";
import { leaderKey, operationKey } from "../../src/cluster/store/keys.ts";
import { fail, type Result } from "../../src/base/result.ts";
import type { Certificates } from "./certificates.ts";
import type { Tokens } from "./tokens.ts";
import { EtcdModel } from "./etcd.ts";
import { FleetWork } from "./fleet_work.ts";
import { Machine, type SimWatch } from "./machine.ts";
import { denied } from "./model_rights.ts";
import { Network } from "./network.ts";
import { endProcess, runProcesses, wishFor } from "./processes.ts";
import { startProgram } from "./program.ts";
import { Chance } from "./random.ts";
import { late, Requests } from "./requests.ts";
import { Timeline } from "./timeline.ts";
import type { Invariant, SimEvent } from "./invariant.ts";
import { textOf } from "../support/cluster_news.ts";

const TICK_MS = 100;
/** After so long without a sign of life a connection is given up. */
const KEEPALIVE_MS = 13_000;
const COMPACT_MS = 60_000;

/** One simulated fleet. */
export class World {
  readonly chance: Chance;
  readonly time = new Timeline();
  readonly network: Network;
  readonly requests: Requests;
  readonly work: FleetWork;
  readonly machines: Machine[] = [];
  readonly clusters: EtcdModel[] = [];
  readonly invariants: readonly Invariant[];
  /** The first that did not hold. */
  violation: string | undefined;
  trace: string[] | undefined;
  faults = 0;
  /** When the last fault struck or was made good, and when somebody last wished for something. */
  disturbedAt = 0;
  wishedAt = -Infinity;
  /** Somebody writes more than is good. */
  isFlooded = false;
  /** Nothing more may be begun. */
  calm = false;
  /** Hosts export, and have operators who let them leave and come back. */
  hasOperators = false;
  /** Undefined: nobody has any. */
  certificates: Certificates | undefined;
  tokens: Tokens | undefined;
  readonly states = new Set<string>();
  #compactAt = COMPACT_MS;
  #memberMachines = new Map<string, Machine>();

  constructor(seed: number, invariants: readonly Invariant[]) {
    this.chance = new Chance(seed);
    this.network = new Network(this.chance);
    this.requests = new Requests(this);
    this.work = new FleetWork(this, seed);
    this.invariants = invariants;
    this.time.after(TICK_MS, () => this.#tick());
  }

  get now(): number {
    return this.time.now;
  }

  /** A line of the trace. */
  note(text: () => string): void {
    this.trace?.push(`${(this.now / 1000).toFixed(3).padStart(8)}  ${text()}`);
  }

  /** Tells the invariants. */
  observe(event: SimEvent): void {
    for (const invariant of this.invariants) {
      const problem = invariant.see?.(event, this);
      if (problem !== undefined) this.fail(invariant.name, problem);
    }
  }

  /** Something does not hold. */
  fail(invariant: string, problem: string): void {
    this.note(() => `!! ${invariant}: ${problem}`);
    this.violation ??= `${invariant}: ${problem}`;
  }

  /** A new machine, not yet started. */
  addMachine(settings: AgentSettings): Machine {
    const machine = new Machine(
      this.machines.length,
      settings,
      this.chance.hex(8),
      this.work.clock(),
    );
    this.machines.push(machine);
    return machine;
  }

  /** A new cluster. */
  addCluster(): EtcdModel {
    const around = {
      runs: (id: string) => this.machineOf(id)?.running?.memberId === id,
      linked: (left: string, right: string) => {
        const [a, b] = [this.machineOf(left), this.machineOf(right)];
        return a !== undefined && b !== undefined && this.network.linked(a.index, b.index);
      },
    };
    const cluster = new EtcdModel(this.chance.hex(8), around, this.chance);
    cluster.onLostWrites = (text) => this.observe({ type: "lost-writes", cluster, text });
    this.clusters.push(cluster);
    return cluster;
  }

  /** The machine whose data that member is. */
  machineOf(memberId: string): Machine | undefined {
    return this.#memberMachines.get(memberId);
  }

  /** That member's data is on that machine. */
  settle(memberId: string, machine: Machine): void {
    this.#memberMachines.set(memberId, machine);
  }

  /** A machine with a copy of that one's disk, at its address, not yet started. */
  copyMachine(machine: Machine, sameBoot: boolean): Machine {
    const copy = this.addMachine(machine.settings);
    copy.disk = machine.disk;
    copy.order = machine.order;
    copy.broken = machine.broken;
    for (const [name, data] of machine.directories) copy.directories.set(name, data);
    if (sameBoot) copy.bootId = machine.bootId;
    machine.copied = copy.copied = true;
    return copy;
  }

  /** All machines with that one's identity whose programs run, itself included. */
  copiesOf({ disk }: Machine): readonly Machine[] {
    return this.machines.filter((each) => each.program !== undefined && each.disk.id === disk.id);
  }

  /** Starts the program of a machine. */
  startAgent(machine: Machine): void {
    if (machine.program !== undefined || !machine.powered) return;
    machine.run++;
    machine.agentPaused = false;
    machine.hasPaused = false;
    machine.inbox.length = machine.held.length = 0;
    this.note(() => `${machine} agent starts`);
    machine.program = startProgram(this, machine);
    machine.program.begin();
    this.look(machine);
  }

  /** A part of the machine in a cluster begins. */
  takePart(machine: Machine, volunteer: boolean, listener: PartListener): ClusterAgent {
    machine.life++;
    machine.stops = false;
    machine.offersTo = volunteer;
    machine.listener = listener;
    const settings = { ...machine.settings, volunteer, site: machine.site };
    const agent = new ClusterAgent(settings, machine.disk, (bytes) => this.chance.hex(bytes));
    machine.agent = agent;
    this.send(machine, { type: "start" });
    return agent;
  }

  /** There may be another order for that machine's program, which sees it once it is not stopped. */
  look(machine: Machine): void {
    const { run } = machine;
    const look = () => {
      if (machine.run !== run) return;
      machine.program?.look();
      this.time.stir();
    };
    if (machine.agentPaused) machine.held.push(look);
    else look();
  }

  /** Kills the program; its etcd goes on. */
  killAgent(machine: Machine): void {
    machine.program = undefined;
    machine.run++;
    machine.held.length = 0;
    this.dropPart(machine);
  }

  /** The part is over; its etcd goes on. */
  dropPart(machine: Machine): void {
    machine.agent = undefined;
    machine.listener = undefined;
    machine.life++;
    machine.watches.clear();
    machine.servesHello = false;
    machine.wakeToken++;
    machine.wish = undefined;
  }

  /** The program has done something that others see, and may be stopped or killed before the next. */
  stepped(machine: Machine): void {
    if (machine.callsLeft === undefined || machine.callsLeft.count-- > 0) return;
    const { then } = machine.callsLeft;
    machine.callsLeft = undefined;
    then();
  }

  /** The last member of a cluster puts its data aside: the cluster is no more. */
  endCluster(machine: Machine, member: string): void {
    const directory = machine.directories.get(member);
    if (directory === undefined) return;
    this.observe({ type: "ended", machine, directory });
    machine.directories.delete(member);
    const peer = directory.cluster.peers.get(directory.memberId);
    if (peer !== undefined) peer.lost = true;
    directory.cluster.ended = true;
  }

  /** An event for the agent of a machine. */
  send(machine: Machine, event: ClusterAgentEvent): void {
    if (machine.agent === undefined) return;
    if (machine.agentPaused) {
      machine.inbox.push(event);
      return;
    }
    const { life } = machine;
    for (const effect of machine.agent.step(event, machine.clockAt(this.now))) {
      if (machine.life !== life) return;
      this.#do(machine, effect);
    }
  }

  /** Lets a paused agent go on with all that has come meanwhile. */
  resume(machine: Machine): void {
    machine.agentPaused = false;
    machine.hasPaused = true;
    for (const event of machine.inbox.splice(0)) this.send(machine, event);
    for (const come of machine.held.splice(0)) come();
  }

  /** Sends an event later, if the agent still lives then. */
  sendAfter(machine: Machine, delayMs: number, event: ClusterAgentEvent): void {
    const { life } = machine;
    this.time.after(delayMs, () => {
      if (machine.life === life) this.send(machine, event);
    });
  }

  #do(machine: Machine, effect: Effect): void {
    switch (effect.type) {
      case "save":
        machine.disk = effect.disk;
        machine.listener?.saved(effect.disk);
        return;
      case "endpoints":
        machine.endpoints = effect.clientUrls;
        machine.clusterId = effect.clusterId;
        return;
      case "call":
        machine.calls++;
        this.#call(machine, effect);
        return this.stepped(machine);
      case "watch":
        return this.#watch(machine, effect);
      case "unwatch":
        machine.watches.delete(effect.watch);
        return;
      case "ask":
        return this.#ask(machine, effect);
      case "answer-hello":
        // An etcd that still runs has the address.
        machine.servesHello = effect.on && machine.process === undefined;
        return this.sendAfter(machine, 1, { type: "address", held: machine.servesHello });
      case "etcd":
        return wishFor(this, machine, effect.wish);
      case "judge":
        return this.tokens?.judge(machine, effect.id, effect.request);
      case "trust":
        return this.certificates?.do(machine, effect.id, effect.wish);
      case "prepare":
      case "refuse":
      case "compare":
      case "over":
      case "exchange":
        return;
      case "probe": {
        const { nonce, site: { bootId, pid, startTime } } = effect;
        const other = this.machines[pid];
        const lives = other?.program !== undefined && other.bootId === bootId &&
          other.run === startTime;
        return this.sendAfter(machine, 0, { type: "probed", nonce, lives });
      }
      case "aside":
        return this.#putAside(machine, effect.name);
      case "place":
        return this.work.place(machine, effect);
      case "wake":
        return this.#wake(machine, effect.at);
      case "tell":
        this.tell(machine, effect.news);
        machine.listener?.told();
        return;
    }
  }

  /** What only programs are told is no line of the trace. */
  tell(machine: Machine, news: News | OrderNews): void {
    const text = textOf(news);
    if (text !== "") this.note(() => `${machine} ${text}`);
  }

  #wake(machine: Machine, at: number): void {
    const token = ++machine.wakeToken;
    // Not a hair too early: it would be asked for again at the same moment.
    this.time.after(machine.momentOf(at) - this.now + 0.001, () => {
      if (machine.wakeToken === token) this.send(machine, { type: "wake" });
    });
  }

  #putAside(machine: Machine, name: string): void {
    const directory = machine.directories.get(name);
    if (machine.process?.name === name) endProcess(this, machine, "other", "its data was moved");
    if (directory === undefined) return;
    this.observe({ type: "aside", machine, directory });
    machine.directories.delete(name);
  }

  #call(machine: Machine, { id, call, deadlineMs, notAfter }: Effect & { type: "call" }): void {
    const { life } = machine;
    const answer = (result: Result<unknown>) => {
      if (machine.life !== life) return;
      this.send(machine, { type: "answer", id, result: result as Result<never> });
    };
    if (notAfter !== undefined && machine.clockAt(this.now) > notAfter) {
      return this.time.after(0.1, () => answer(late()));
    }
    this.requests.begin({ machine, client: machine, call, deadlineMs }, answer);
  }

  /** Something goes from one machine to another, if it gets through. */
  deliver(from: Machine, to: Machine, run: () => void): void {
    const fate = this.network.send(from.index, to.index);
    if (fate !== "lost") this.time.after(fate, run);
  }

  #watch(machine: Machine, { watch, range, fromRevision }: Effect & { type: "watch" }): void {
    const server = this.requests.serverFor(machine, machine, { type: "members" });
    const cluster = server?.process?.data?.cluster;
    if (server === undefined || cluster === undefined) {
      return this.sendAfter(machine, 5, { type: "broken", watch, failure: lost() });
    }
    this.observe({ type: "asked", machine, call: { type: "list", range } });
    if (!cluster.rights.allows(machine.user, { range, access: "read" })) {
      const { failure } = denied();
      return this.sendAfter(machine, 5, { type: "broken", watch, failure });
    }
    const entry: SimWatch = {
      ...{ id: watch, range, server, cluster, next: fromRevision, stalledSince: undefined },
    };
    machine.watches.set(watch, entry);
    this.#pump(machine, entry);
  }

  /** Hands over what watches have not told yet. */
  pumpAll(cluster: EtcdModel): void {
    for (const machine of this.machines) {
      for (const watch of machine.watches.values()) {
        if (watch.cluster === cluster) this.#pump(machine, watch);
      }
    }
  }

  /** Hands over what there is, if it gets through. */
  #pump(machine: Machine, watch: SimWatch): void {
    const { server, cluster, range } = watch;
    const peer = cluster.peers.get(server.running?.memberId ?? "");
    const ended = server.powered && server.process?.data?.cluster !== cluster;
    const through = peer !== undefined && peer.stored === cluster.index &&
      this.network.linked(server.index, machine.index);
    if (!through) {
      watch.stalledSince ??= this.now;
      const linked = this.network.linked(server.index, machine.index);
      if (!(ended && linked) && this.now - watch.stalledSince < KEEPALIVE_MS) return;
      machine.watches.delete(watch.id);
      return this.sendAfter(machine, 1, { type: "broken", watch: watch.id, failure: lost() });
    }
    watch.stalledSince = undefined;
    if (watch.next > cluster.data.revision) return;
    const changes = cluster.data.changesSince(range, watch.next);
    watch.next = cluster.data.revision + 1;
    if (changes === "compacted") {
      machine.watches.delete(watch.id);
      return this.sendAfter(machine, 1, { type: "broken", watch: watch.id, failure: lost() });
    }
    for (const group of changes) {
      this.sendAfter(machine, 1, { type: "changed", watch: watch.id, changes: group });
    }
  }

  #ask(machine: Machine, effect: Effect & { type: "ask" }): void {
    const { id, clientUrl, hello, deadlineMs } = effect;
    const { life } = machine;
    let open = true;
    const answer = (event: ClusterAgentEvent) => {
      if (!open || machine.life !== life) return;
      open = false;
      this.send(machine, event);
    };
    const nobody = fail("nobody answers there", { code: "unavailable" });
    this.time.after(deadlineMs, () => answer({ type: "hello", id, answer: nobody }));
    // Of copies the one has the address that answers there.
    const there = this.machines.filter((each) => each.clientUrl === clientUrl);
    const other = there.find((each) => each.servesHello && each.powered) ?? there[0];
    if (other === undefined) return;
    const fate = this.network.send(machine.index, other.index);
    if (fate === "lost") return;
    this.time.after(fate, () => {
      if (!other.powered || other.agentPaused || !other.servesHello || !other.agent) return;
      this.send(other, { type: "asked", by: hello });
      if (other.agent === undefined) return;
      const said = other.agent.hello();
      this.deliver(
        other,
        machine,
        () => answer({ type: "hello", id, answer: { ok: true, value: said } }),
      );
    });
  }

  /** Counts the different states that clusters have been in. */
  #remember(): void {
    for (const cluster of this.clusters) {
      const peers = [...cluster.peers.values()].map((peer) =>
        `${peer.learner ? "l" : "v"}${peer.ran ? "r" : ""}${
          peer.connectedSince === undefined ? "" : "c"
        }`
      ).sort().join();
      const running = this.machines.filter((machine) => machine.agent !== undefined).length;
      const operation = cluster.data.get(operationKey())?.value.replace(/[0-9a-f]{16}/g, "");
      const leads = `${cluster.leader !== undefined}${cluster.data.get(leaderKey()) !== undefined}`;
      this.states.add(`${peers} ${running}/${this.machines.length} ${leads} ${operation}`);
    }
  }

  #tick(): void {
    this.time.after(TICK_MS, () => this.#tick());
    for (const cluster of this.clusters) {
      cluster.refresh(this.now);
      if (this.now >= this.#compactAt) cluster.data.compact(cluster.data.revision - 50);
      this.pumpAll(cluster);
    }
    if (this.now >= this.#compactAt) this.#compactAt += COMPACT_MS;
    runProcesses(this);
    this.work.tick();
    this.observe({ type: "tick" });
    if (this.now % 1000 < TICK_MS) this.#remember();
  }
}

function lost() {
  return { type: "failure", message: "the connection is lost", code: "unavailable" } as const;
}
