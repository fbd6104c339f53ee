/**
 * This host's part in a cluster, beside its graph, and the orders that say whether it has one.
 *
 * The local graph never waits for it.
 *
 * @module
 */

import { type Failure, failure, type Result } from "../../base/result.ts";
import { OrderFollower } from "../../cluster/admin/order_follower.ts";
import type { Exchange } from "../../cluster/exchange/exchange.ts";
import type { Store } from "../../cluster/store/store.ts";
import type { CollectRule, HostExport } from "../../kind/export.ts";
import type { LoadedGraph } from "../../lang/load.ts";
import { type ClusterDisk, hostOfData, openClusterDisk } from "./disk.ts";
import { keepAside } from "../../etcd/server/aside.ts";
import { ActiveMembership, etcdDirectory, type MembershipOptions } from "./active_membership.ts";
import { exposedUrls } from "./loopback_mac.ts";
import { castOutBefore, nameAgain, whyOut } from "./token_again.ts";
import type { ClusterPart } from "./cluster_part.ts";
import { storesOf } from "./open_store.ts";
import { SpeakingAnew } from "./speaking_anew.ts";
import { schemeOf } from "../../cluster/leader/securing.ts";

/** One host in a cluster. */
export class Membership implements ClusterPart {
  #options: MembershipOptions;
  #disk: ClusterDisk;
  #follower: OrderFollower<ActiveMembership>;
  #graph: LoadedGraph | undefined;
  #hasBegun = false;
  /** It is on its way in. */
  #joining: Promise<void> | undefined;
  /** An answer of the cluster may come soon. */
  #waitsToJoin = false;
  readonly #ending = new AbortController();
  readonly #speaking: SpeakingAnew;

  private constructor(options: MembershipOptions, disk: ClusterDisk) {
    this.#options = options;
    this.#disk = disk;
    this.#speaking = this.#speakingAnew();
    this.#follower = this.#openFollower();
  }

  #openFollower(): OrderFollower<ActiveMembership> {
    const [options, disk] = [this.#options, this.#disk];
    const { name, host: { clock } } = options;
    return new OrderFollower({
      host: name,
      clock,
      openStore: storesOf(options.settings.cluster, clock),
      identity: disk.identity,
      disk: {
        saveIdentity: (identity) => disk.saveIdentity(identity),
        endTemporary: (identity) => disk.endTemporary(identity),
        forgetWhoSaid: () => disk.forgetWhoSaid(),
        putAside: (member) => keepAside(etcdDirectory(options.prefix), member, clock.wall()),
      },
      orders: options.orders,
      join: (...[identity, volunteer, listener]) => {
        const part = new ActiveMembership({
          ...{ ...options, ...listener, disk, identity, volunteer },
          saved: (next) => {
            listener.saved(next);
            // Its etcd is to run so that its agent has to speak otherwise.
            if (this.#isOtherwise(next.generation)) this.#speaking.anew();
          },
          anew: (generation) => this.#speaking.anew(generation),
        });
        if (this.#graph !== undefined) {
          part.exchange.graph(this.#graph.offers, this.#graph.collects);
        }
        return part;
      },
      whyOut: () => whyOut(options.settings.cluster),
      takesPart: () => {
        if (this.#graph !== undefined) this.graph(this.#graph);
        options.collected();
      },
      left: () => {
        options.outcast(undefined);
        options.values.alone();
        options.collected();
        options.settled();
      },
      tell: options.tell,
    });
  }

  /** Opens the state below the prefix; nothing goes on before `begin`. */
  static open(options: MembershipOptions): Result<Membership> {
    const disk = openDisk(options);
    if (!disk.ok) return disk;
    const { name, tell, prefix, settings: { cluster, hostname } } = options;
    const { identity } = disk.value;
    const again = cluster.joins === undefined || hostname !== undefined
      ? undefined
      : nameAgain(prefix);
    const before = hostOfData(identity) ?? again ?? name;
    if (before !== name) {
      const isMember = identity.member !== undefined;
      tell({ what: "renamed", host: before, machine: name, isMember });
    }
    return { ok: true, value: new Membership({ ...options, name: before }, disk.value) };
  }

  /** Whether a first answer is still waited for. */
  get pending(): boolean {
    return !this.#hasBegun || this.#waitsToJoin || this.#follower.part?.exchange.pending === true;
  }

  get store(): Store | undefined {
    return this.#follower.part?.store;
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

  /** Whether that is what cannot be read or taken. */
  get hasAnswered(): boolean {
    return this.#exchange?.hasAnswered ?? false;
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
    const exchange = this.#exchange;
    if (exchange !== undefined) exchange.graph(graph.offers, graph.collects);
    else this.#options.values.own(graph.offers);
  }

  /** Looks at the store again, for somebody who reloads because it looks wrong. */
  compare(): void {
    this.#follower.part?.exchange.compare();
  }

  /** Leaves the others be; resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await Promise.all([this.#joining, this.#speaking.stop()]);
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
    const { cluster } = this.#options.settings;
    const { asBefore } = cluster;
    if (asBefore !== undefined && cluster.server) {
      this.#options.tell({ what: "same-addresses", addresses: asBefore });
    }
    if (cluster.joins !== undefined) return void (this.#joining = this.#join());
    const { idleToken } = cluster;
    if (idleToken !== undefined) this.#options.tell({ what: "trouble", failure: idleToken });
    const castOut = castOutBefore(this.#options.prefix);
    if (castOut !== undefined) this.#options.tell({ what: "trouble", failure: castOut });
    this.#sayPlain();
    const urls = exposedUrls(cluster);
    if (cluster.grows === true) this.#options.tell({ what: "grows", urls: cluster.clientUrls });
    const { speaks: { scheme, why } } = cluster;
    if (urls.length > 0 && scheme === "http") {
      this.#options.tell({ what: "exposed", urls, asked: why === "asked" });
    }
    this.#takePart();
  }

  /** Of a unit that was written when the cluster was plain. */
  #sayPlain(): void {
    const { settings: { cluster: { speaks, trust } }, tell } = this.#options;
    if (speaks.scheme === "http" || !trust.insecurePlaintext && trust.said.http === undefined) {
      return;
    }
    const what = trust.insecurePlaintext ? "--insecure-plaintext" : "http://";
    tell({
      what: "trouble",
      failure: failure(`${what} counts no more: this host's cluster speaks TLS`, {
        hint: "leave it out",
      }),
    });
  }

  #takePart(): void {
    const { name, orders } = this.#options;
    this.#follower.begin();
    orders.attend({ host: name, look: () => this.#follower.look() });
  }

  /** Whether an etcd with such arguments needs an agent that does not speak as this one does. */
  #isOtherwise(generation: string | undefined): boolean {
    const scheme = schemeOf(generation);
    return scheme !== undefined && scheme !== this.#options.settings.cluster.speaks.scheme;
  }

  /** Takes part anew, speaking as those arguments want it; what is exchanged is compared again then. */
  #speakingAnew(): SpeakingAnew {
    const { host: { clock }, tell } = this.#options;
    return new SpeakingAnew({
      clock,
      end: () => this.#follower.stop(),
      prepare: (generation) => this.#speakAs(generation),
      begin: () => {
        this.#follower = this.#openFollower();
        this.#takePart();
      },
      isOwed: () => this.#isOtherwise(this.#follower.identity.generation),
      trouble: (failure) => tell({ what: "trouble", failure }),
    });
  }

  /** Settings and files for that; where one of them cannot be had, both stay as they are. */
  async #speakAs(generation: string | undefined): Promise<Failure | undefined> {
    const { prefix, settings, name, host: { random } } = this.#options;
    if (prefix === undefined) return undefined;
    const { otherSettings } = await import("./other_settings.ts");
    const cluster = await otherSettings(settings.cluster, prefix, {
      ...{ random, generation, host: name },
    });
    if (!cluster.ok) return cluster.failure;
    const options = { ...this.#options, settings: { ...settings, cluster: cluster.value } };
    const disk = openDisk(options);
    if (!disk.ok) return disk.failure;
    [this.#options, this.#disk] = [options, disk.value];
    return undefined;
  }

  /** Is let in by a token, and takes part then as who it has become. */
  async #join(): Promise<void> {
    const { host, settings: { cluster: { waitSeconds } }, settled } = this.#options;
    const { clock } = host;
    this.#waitsToJoin = true;
    const late = clock.after(waitSeconds * 1000, () => {
      this.#waitsToJoin = false;
      settled();
    });
    const { joinWithToken } = await import("./joining.ts");
    const { id } = this.#disk.identity;
    const joined = await joinWithToken({ ...this.#options, id }, this.#ending.signal);
    late.cancel();
    this.#waitsToJoin = false;
    if (this.#ending.signal.aborted) return;
    const cluster = joined.ok ? joined.value : undefined;
    const settings = cluster && { ...this.#options.settings, cluster };
    const options = { ...this.#options, ...(settings === undefined ? {} : { settings }) };
    const disk = joined.ok ? openDisk(options) : joined;
    if (!disk.ok) {
      this.#options.tell({ what: "not-let-in", failure: disk.failure });
      return this.#options.refused();
    }
    [this.#options, this.#disk] = [options, disk.value];
    // It may have left before: who brings a new token wants it back.
    const order = options.orders.read();
    const back = { id: host.random.hex(8), volunteer: order?.volunteer !== false, leave: false };
    const problem = order?.left === true || order?.out === true
      ? options.orders.write(back)
      : undefined;
    if (problem !== undefined) options.tell({ what: "trouble", failure: problem });
    this.#follower = this.#openFollower();
    this.#takePart();
  }
}

function openDisk({ prefix, host, tell }: MembershipOptions): Result<ClusterDisk> {
  return openClusterDisk(prefix, host.random, (failure) => tell({ what: "trouble", failure }));
}
