/**
 * This host's part in a cluster, beside its graph, and the orders that say whether it has one.
 *
 * The local graph never waits for it.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import { OrderFollower } from "../../cluster/admin/order_follower.ts";
import type { Exchange } from "../../cluster/exchange/exchange.ts";
import type { CollectRule, HostExport } from "../../kind/export.ts";
import type { LoadedGraph } from "../../lang/load.ts";
import { type ClusterDisk, hostOfData, openClusterDisk } from "./disk.ts";
import { CommandFiles } from "./orders.ts";
import { ActiveMembership, type MembershipOptions } from "./active_membership.ts";
import { exposedUrls } from "./loopback_mac.ts";

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
  readonly #follower: OrderFollower<ActiveMembership>;
  #graph: LoadedGraph | undefined;
  #watch: { close(): void } | undefined;
  #hasBegun = false;

  private constructor(options: MembershipOptions, disk: ClusterDisk) {
    this.#options = options;
    this.#disk = disk;
    this.#orders = new CommandFiles(options.prefix);
    const { name, host: { clock }, warn } = options;
    this.#follower = new OrderFollower({
      host: name,
      clock,
      identity: disk.identity,
      disk,
      orders: {
        read: () => this.#orders.read(),
        write: (order) => this.#orders.write(order),
        say: (reply) => this.#orders.say({ version: 1, host: name, ...reply }),
      },
      join: (...[identity, volunteer, listener]) => {
        const part = new ActiveMembership({ ...options, ...listener, disk, identity, volunteer });
        if (this.#graph !== undefined) {
          part.exchange.graph(this.#graph.offers, this.#graph.collects);
        }
        return part;
      },
      takesPart: () => {
        if (this.#graph !== undefined) this.graph(this.#graph);
        options.collected();
      },
      left: () => {
        options.outcast(undefined);
        options.collected();
        options.settled();
      },
      notice: (text) => this.#notice(text),
      warn,
    });
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
    return !this.#hasBegun || this.#follower.part?.exchange.pending === true;
  }

  /** What can be collected now. */
  offers(): readonly HostExport[] {
    const exchange = this.#exchange;
    if (exchange !== undefined) return exchange.offers();
    const { id: hostId } = this.#follower.identity;
    return (this.#graph?.offers ?? []).map((each) => ({
      ...each,
      host: this.#options.name,
      hostId,
    }));
  }

  /** Rules of which it is not known what there is for them. Who has left does not know of any. */
  unknown(): readonly CollectRule[] {
    return this.#exchange?.unknown() ??
      (this.#graph?.collects ?? []).filter(({ host }) => host !== this.#options.name);
  }

  /** What others offered before, as long as it is not used. */
  remembered(): readonly HostExport[] {
    return this.#exchange?.remembered() ?? this.#disk.load()?.offers ?? [];
  }

  /** The graph exports and collects something else from now on. */
  graph(graph: LoadedGraph): void {
    this.#graph = graph;
    this.#exchange?.graph(graph.offers, graph.collects);
  }

  /** Looks at the store again, for somebody who reloads because it looks wrong. */
  compare(): void {
    this.#follower.part?.exchange.compare();
  }

  /** Leaves the others be; resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    this.#watch?.close();
    await this.#follower.stop();
  }

  /** What is exchanged now: who leaves exchanges nothing more. */
  get #exchange(): Exchange | undefined {
    return this.#follower.isLeaving ? undefined : this.#follower.part?.exchange;
  }

  /** Looks for the others. */
  begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const { settings: { cluster }, host } = this.#options;
    if (exposedUrls(cluster).length > 0) this.#notice(EXPOSED);
    this.#follower.begin();
    this.#watch = this.#orders.watch(host.watcher, () => this.#follower.look());
  }

  #notice(text: string): void {
    this.#options.emit({ type: "notice", topic: "Cluster", text });
  }
}
