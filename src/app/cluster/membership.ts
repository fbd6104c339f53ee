/**
 * This host's part in a cluster, beside its graph, and the orders that say whether it has one.
 *
 * The local graph never waits for it.
 *
 * @module
 */

import type { Failure, Result } from "../../base/result.ts";
import type { AgentDisk } from "../../cluster/agent/io.ts";
import type { CollectRule, HostExport } from "../../kind/export.ts";
import type { LoadedGraph } from "../../lang/load.ts";
import { type ClusterDisk, hostOfData, openClusterDisk } from "./disk.ts";
import { type AgentCommand, CommandFiles, type CommandStatus } from "./orders.ts";
import type { LeaveOptions } from "./leave.ts";
import type { Destination } from "./move.ts";
import { ActiveMembership, type MembershipOptions } from "./active_membership.ts";
import { exposedUrls } from "./loopback_mac.ts";

/** A contact that is lost for longer is spoken of, and also when it is back. */
const LOST_MS = 10_000;

/** What it means that others reach the ports, as long as nothing tells friend from foe there. */
const EXPOSED =
  "the cluster's traffic is plain text and open to all who reach its ports: whoever does " +
  "can read all exports, and give every host that collects the files, commands and whatever else " +
  "its collect entries take, done as the user that mgmt runs as there: use it on trusted networks only";

/** One host in a cluster. */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #disk: ClusterDisk;
  readonly #orders: CommandFiles;
  /** Undefined: this host has left, and stays out until it is told otherwise. */
  #part: ActiveMembership | undefined;
  #identity: AgentDisk;
  #order: AgentCommand | undefined;
  /** It had left, and came back in this run. */
  #isBack = false;
  #graph: LoadedGraph | undefined;
  #watch: { close(): void } | undefined;
  /** Ends the obeying of the last order. */
  #overruled = new AbortController();
  #obeying: Promise<void> = Promise.resolve();
  #stopped = false;
  #hasBegun = false;

  private constructor(options: MembershipOptions, disk: ClusterDisk) {
    this.#options = options;
    this.#disk = disk;
    this.#identity = disk.identity;
    this.#orders = new CommandFiles(options.prefix);
  }

  /** Opens the state below the prefix; nothing goes on before `begin`. */
  static open(options: MembershipOptions): Result<Membership> {
    const disk = openClusterDisk(options.prefix, options.host.random, options.warn);
    if (!disk.ok) return disk;
    const { name, warn } = options;
    const before = hostOfData(disk.value.identity) ?? name;
    if (before !== name) {
      warn(
        `this machine is called ${name} now: goes on as ${before} in its cluster, whose member it is ` +
          `(to rename it: mgmt leave, and mgmt volunteer on after the agent was started again)`,
      );
    }
    return { ok: true, value: new Membership({ ...options, name: before }, disk.value) };
  }

  /** Whether a first answer is still waited for. */
  get pending(): boolean {
    return !this.#hasBegun || this.#part?.exchange.pending === true;
  }

  /** What can be collected now. */
  offers(): readonly HostExport[] {
    if (this.#part !== undefined && !this.#isLeaving) return this.#part.exchange.offers();
    const { id: hostId } = this.#identity;
    return (this.#graph?.offers ?? []).map((each) => ({
      ...each,
      host: this.#options.name,
      hostId,
    }));
  }

  /** Rules of which it is not known what there is for them. Who has left does not know of any. */
  unknown(): readonly CollectRule[] {
    if (this.#part !== undefined && !this.#isLeaving) return this.#part.exchange.unknown();
    return (this.#graph?.collects ?? []).filter(({ host }) => host !== this.#options.name);
  }

  /** What others offered before, as long as it is not used. */
  remembered(): readonly HostExport[] {
    if (this.#part !== undefined && !this.#isLeaving) return this.#part.exchange.remembered();
    return this.#disk.load()?.offers ?? [];
  }

  /** The graph exports and collects something else from now on. */
  graph(graph: LoadedGraph): void {
    this.#graph = graph;
    const { offers, collects } = graph;
    if (!this.#isLeaving) this.#part?.exchange.graph(offers, collects);
  }

  /** Looks at the store again, for somebody who reloads because it looks wrong. */
  compare(): void {
    this.#part?.exchange.compare();
  }

  /** Leaves the others be; resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#watch?.close();
    this.#overruled.abort();
    await this.#obeying;
    await this.#part?.stop();
    if (this.#identity.temporary !== undefined) this.#disk.endTemporary(this.#identity);
  }

  get #isLeaving(): boolean {
    return this.#order?.leave === true;
  }

  /** Looks for the others. */
  begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const { settings: { cluster }, host } = this.#options;
    if (exposedUrls(cluster).length > 0) this.#notice(EXPOSED);
    const order = this.#orders.read();
    if (order?.left === true) {
      this.#notice("this host has left its cluster; mgmt volunteer on brings it back");
      this.#order = order;
    } else {
      this.#join(order?.volunteer !== false);
      this.#say({ state: "done", text: "takes part in the cluster" });
    }
    this.#watch = this.#orders.watch(host.watcher, () => this.#look());
  }

  #join(volunteer: boolean): void {
    const { prefix } = this.#options;
    this.#part = new ActiveMembership({
      ...this.#options,
      prefix,
      disk: this.#disk,
      identity: this.#identity,
      volunteer,
      saved: (identity) => {
        this.#identity = identity;
        this.#report();
      },
      told: () => this.#report(),
      over: () => void (this.#obeying = this.#obeying.then(() => this.#beginAnew())),
    });
    if (this.#graph !== undefined) {
      this.#part.exchange.graph(this.#graph.offers, this.#graph.collects);
    }
  }

  /** Its cluster went with another's run: looks for the others as at the start. */
  async #beginAnew(): Promise<void> {
    const part = this.#part;
    if (part === undefined || this.#stopped || this.#identity.temporary === undefined) return;
    this.#notice("the cluster was that of a run that has ended: looks for another");
    await part.stop();
    this.#identity = this.#disk.endTemporary(this.#identity);
    if (!this.#stopped) this.#join(this.#order?.volunteer !== false);
  }

  /** There may be another order. */
  #look(): void {
    const order = this.#orders.read();
    if (order === undefined || order.id === this.#order?.id || this.#stopped) return;
    this.#order = order;
    this.#overruled.abort();
    this.#overruled = new AbortController();
    const { signal } = this.#overruled;
    this.#obeying = this.#obeying.then(() => this.#obey(order, signal));
  }

  async #obey(order: AgentCommand, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    if (order.leave) return await this.#leave(order, signal);
    if (this.#part === undefined) {
      this.#notice("looks for its cluster again");
      const { clusterId, member, endpoints } = this.#identity;
      // Its agent was killed as it left.
      if (clusterId !== undefined || member !== undefined) this.#becomeNewcomer(endpoints);
      this.#isBack = true;
      this.#join(order.volunteer);
    } else {
      this.#part.driver.offer(order.volunteer && this.#part.mayVolunteer);
      // An order to leave may have been taken back half way.
      if (this.#graph !== undefined) this.graph(this.#graph);
    }
    this.#options.collected();
    this.#report();
  }

  async #leave(order: AgentCommand, signal: AbortSignal): Promise<void> {
    const part = this.#part;
    const outcast = part?.driver.status().outcast;
    // What stands there under its identity is another's.
    if (outcast?.code === "copied") return this.#refused(order, outcast);
    if (order.join !== undefined) return await this.#move(order, order.join, signal);
    if (part !== undefined) {
      const { leave } = await import("./leave.ts");
      const left = await leave(part, this.#leaving(signal));
      if (!left.ok) {
        if (left.failure.code !== "overruled") this.#refused(order, left.failure);
        return;
      }
      this.#part = undefined;
      this.#options.outcast(undefined);
      this.#keepOrder({ ...order, left: true });
      this.#becomeNewcomer(left.value);
    } else this.#keepOrder({ ...order, left: true });
    this.#notice("has left its cluster, and goes on with its own graph");
    this.#options.collected();
    this.#options.settled();
    this.#say({ state: "done", text: "has left its cluster" });
  }

  #leaving(signal: AbortSignal): LeaveOptions {
    return {
      host: this.#options.name,
      clock: this.#options.host.clock,
      identity: () => this.#identity,
      warn: this.#options.warn,
      say: (text) => this.#say({ state: "working", text }),
      signal,
    };
  }

  /** Leaves for another cluster, which is known to be there. */
  async #move(order: AgentCommand, to: Destination, signal: AbortSignal): Promise<void> {
    const { move } = await import("./move.ts");
    const moved = await move(this.#part, to, this.#leaving(signal));
    if (!moved.ok) {
      if (moved.failure.code !== "overruled") this.#refused(order, moved.failure);
      return;
    }
    if (moved.value === "gone") {
      this.#part = undefined;
      if (to.lost) this.#disk.forgetWhoSaid();
      this.#becomeNewcomer(to.urls);
    }
    this.#keepOrder({ ...order, leave: false });
    this.#isBack = true;
    if (this.#part === undefined) this.#join(order.volunteer);
    this.#options.collected();
    this.#report();
  }

  /**
   * Who has left comes back as one who never was there, and founds a cluster by the same rules: a
   * pinned one may be gone by then. Where its members were is a guess, and in the way of founding
   * another beside it.
   */
  #becomeNewcomer(endpoints: readonly string[]): void {
    this.#became({ id: this.#identity.id, endpoints });
  }

  #became(identity: AgentDisk): void {
    const problem = this.#disk.saveIdentity(identity);
    if (problem !== undefined) this.#options.warn(problem.message);
    this.#identity = identity;
  }

  /** It stays, also after a restart. */
  #refused(order: AgentCommand, { message, hint }: Failure): void {
    this.#keepOrder({ ...order, leave: false });
    if (this.#part !== undefined) {
      this.#part.driver.offer(order.volunteer && this.#part.mayVolunteer);
    }
    if (this.#graph !== undefined) this.graph(this.#graph);
    this.#notice(`does not leave its cluster: ${message}`);
    this.#say({ state: "refused", text: message, ...(hint === undefined ? {} : { hint }) });
  }

  #keepOrder(order: AgentCommand): void {
    this.#order = order;
    const problem = this.#orders.write(order);
    if (problem !== undefined) this.#options.warn(problem.message);
  }

  /** Says how far the order to volunteer, or not to, has come. */
  #report(): void {
    const { member } = this.#identity;
    const order = this.#order;
    if (order === undefined || order.leave || this.#part === undefined) return;
    const { outcast, clusterId, answers } = this.#part.driver.status();
    if (outcast !== undefined) {
      const { message: text, hint } = outcast;
      this.#say({ state: "refused", text, ...(hint === undefined ? {} : { hint }) });
    } else if (order.join !== undefined) {
      const text = `looks for a cluster at ${order.join.urls.join(", ")}`;
      if (answers) this.#say({ state: "done", text: `is in cluster ${clusterId} now` });
      else this.#say({ state: "working", text });
    } else if (!order.volunteer) {
      if (member === undefined) this.#say({ state: "done", text: "runs no etcd, and will not" });
      else this.#say({ state: "working", text: "is a member until the others can do without it" });
    } else if (this.#isBack && !this.#part.mayVolunteer) {
      const away = this.#away(this.#part);
      const text = "takes part again, as a client: this run never runs etcd";
      this.#say(away === undefined ? { state: "done", text } : { state: "working", text: away });
    } else if (!this.#part.mayVolunteer) {
      const text = "this run never volunteers";
      const hint = "it has --no-server or --noop, or ends by itself; start it without";
      this.#say({ state: "refused", text, hint });
    } else if (member?.ran === true) this.#say({ state: "done", text: "runs etcd" });
    else if (member !== undefined) this.#say({ state: "working", text: "starts etcd" });
    else {
      const away = this.#away(this.#part);
      const text = "would run etcd; the leader asks it when it is needed";
      this.#say({
        state: "working",
        ...(away === undefined ? { text, offered: true } : { text: away }),
      });
    }
  }

  /** What this host waits for where nobody can hear its offer. */
  #away({ driver }: ActiveMembership): string | undefined {
    const { clusterId, waitsFor, lostSince } = driver.status();
    const start = this.#isBack ? "is back as a client" : "would run etcd";
    if (clusterId === undefined) {
      return `${start}; there is no cluster yet${waitsFor === undefined ? "" : `: ${waitsFor}`}`;
    }
    const lostMs = lostSince === undefined ? 0 : this.#options.host.clock.nowMs() - lostSince;
    return lostMs > LOST_MS ? `${start}; its cluster does not answer` : undefined;
  }

  #say(said: Pick<CommandStatus, "state" | "text" | "hint" | "offered">): void {
    const order = this.#order === undefined ? {} : { order: this.#order.id };
    this.#orders.say({ version: 1, host: this.#options.name, ...order, ...said });
  }

  #notice(text: string): void {
    this.#options.emit({ type: "notice", topic: "Cluster", text });
  }
}
