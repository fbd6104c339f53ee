/**
 * What runs while this host has a part in a cluster: the driver of the cluster's agent, and the
 * exchange.
 *
 * @module
 */

import type { Address } from "../../base/address.ts";
import type { Failure } from "../../base/result.ts";
import type { HostPart, PartListener } from "../../cluster/admin/order_follower.ts";
import type { ClusterAgentStatus } from "../../cluster/agent/agent.ts";
import type { AgentDisk, AgentSettings } from "../../cluster/agent/io.ts";
import type { News } from "../../cluster/agent/news.ts";
import { EffectRunner } from "../../cluster/agent/effect_runner.ts";
import type { HelloDoor, MemberListener } from "../../cluster/agent/effect_runner_options.ts";
import { Exchange } from "../../cluster/exchange/exchange.ts";
import type { SharedValues } from "../../cluster/exchange/shared_values.ts";
import { liveKey } from "../../cluster/store/keys.ts";
import { missingVoters, whoAnswers } from "../../cluster/admin/missing_voters.ts";
import type { Compare, Store } from "../../cluster/store/store.ts";
import { PATIENCE } from "../../cluster/leader/view.ts";
import { EtcdRunner } from "../../etcd/server/runner.ts";
import type { ExportCause } from "../../kind/export.ts";
import type { LocalHost } from "../../host/local.ts";
import { ownSite, runsHere } from "../../os/site.ts";
import type { ClusterFact } from "../../report/cluster_event.ts";
import { waitingText } from "../../report/cluster_text.ts";
import type { ClusterDisk } from "./disk.ts";
import { storesOf } from "./open_store.ts";
import { OwnName } from "./own_name.ts";
import { otherArguments, securingOf } from "./own_securing.ts";
import type { Securing } from "./securing.ts";
import { nearAddresses } from "./cluster_settings.ts";
import { addressesText } from "./same_addresses.ts";
import type { FleetPlaces } from "./fleet_places.ts";
import type { RunsTeller } from "./runs_teller.ts";
import type { OrderDesk } from "./order_desk.ts";
import { helloDoor } from "./hello_door.ts";
import { endingWhereShutOut } from "./shut_out.ts";
import { isTokenWanted } from "./tls_addresses.ts";
import { noteRights } from "./token_again.ts";
import { loopbackMac, unreachable } from "./loopback_mac.ts";
import * as trust from "./own_trust.ts";
import { endsByItself, type RunSettings } from "../settings.ts";

/** For one member to say whether it is there. */
const STATUS_MS = 1500;

export interface MembershipOptions {
  readonly settings: RunSettings;
  readonly host: LocalHost;
  /** Where state is kept, absolute; undefined: nowhere. */
  readonly prefix: string | undefined;
  /** The name of this host. */
  readonly name: string;
  readonly tell: (fact: ClusterFact) => void;
  /** Why what changes now is exported so. */
  readonly cause: () => ExportCause;
  /** What is to be collected from has changed. */
  readonly collected: () => void;
  readonly places: FleetPlaces;
  /** Tells the cluster how the resources of this host are. */
  readonly runs: RunsTeller;
  /** What programs read of what hosts share. */
  readonly values: SharedValues;
  readonly orders: OrderDesk;
  /** An answer that was waited for has come. */
  readonly settled: (hasCome?: boolean) => void;
  /** Why this host has no part in the cluster; undefined: it has. */
  readonly outcast: (why: Failure | undefined) => void;
  /** It cannot come into the cluster that it was given, which was told: the run ends. */
  readonly refused: () => void;
}

export interface ActiveMembershipOptions extends MembershipOptions, PartListener {
  /** This part is to end, and another to begin that speaks as the arguments of that name say. */
  readonly anew: (generation: string) => void;
  readonly disk: ClusterDisk;
  readonly identity: AgentDisk;
  /** Whether the last order allows it to run etcd. */
  readonly volunteer: boolean;
}

/** A host's part in a cluster, from joining to stopping or leaving. */
export class ActiveMembership implements HostPart {
  readonly driver: EffectRunner;
  readonly exchange: Exchange;
  readonly #options: ActiveMembershipOptions;
  /** It has been said since the start that there is no contact. */
  #saidAway = false;
  #hasCompared = false;
  #saidReach = false;
  readonly #ending = new AbortController();
  readonly #keeping: Promise<trust.CertificateKeeper | undefined>;
  readonly #securing: Securing | undefined;
  readonly #name: OwnName;
  /** Where it reaches its own etcd, by what others are told. */
  readonly #near: ReadonlyMap<string, Address>;

  constructor(options: ActiveMembershipOptions) {
    this.#options = options;
    this.#near = nearAddresses(options.settings.cluster);
    options.disk.saveNear(this.#near);
    options.disk.saveAddresses(addressesText(options.settings.cluster));
    options.disk.saveOutside(options.settings.cluster.outside);
    this.#name = new OwnName(options);
    this.#securing = securingOf(options, () => this.driver.disk);
    this.driver = this.#createDriver();
    this.exchange = this.#createExchange();
    this.driver.start();
    options.places.attach(this.driver);
    options.runs.attach(this.driver);
    this.#keeping = trust.keepCertificate(options, this.driver);
  }

  /** Whether this run would ever run etcd. */
  get mayVolunteer(): boolean {
    const { settings: { cluster, ...run } } = this.#options;
    return cluster.server && !endsByItself(run) && !run.noop;
  }

  /** Leaves the others be; resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    this.#ending.abort();
    this.#securing?.close();
    this.#options.places.attach(undefined);
    this.#options.runs.attach(undefined);
    this.#options.tell({ what: "part-ended" });
    this.#remember();
    this.exchange.close();
    await (await this.#keeping)?.stop();
    await this.driver.stop();
  }

  get store(): Store | undefined {
    return this.driver.store;
  }

  status(): ClusterAgentStatus {
    return this.driver.status();
  }

  offer(volunteer: boolean): void {
    this.driver.offer(volunteer);
  }

  withdraw(): Promise<Failure | undefined> {
    // What stands under its name is another's.
    if (this.status().phase.type === "outcast") return Promise.resolve(undefined);
    return this.exchange.withdraw();
  }

  #createDriver(): EffectRunner {
    const { host: { clock, network, processes, random }, disk, identity, saved } = this.#options;
    const { clientUrls, peerUrls, listenClients, listenPeers, credentials, member } =
      this.#options.settings.cluster;
    const directory = etcdDirectory(this.#options.prefix);
    return new EffectRunner({
      settings: this.#agentSettings(),
      ...{ clock, random, disk: identity },
      save: (next) => {
        const problem = disk.saveIdentity(this.#name.named(next, this.status().live !== undefined));
        if (problem !== undefined) return problem;
        this.#remember();
        saved(next);
        return undefined;
      },
      openStore: storesOf(this.#options.settings.cluster, clock),
      etcd: (listener: MemberListener) =>
        new EtcdRunner({
          ...{ directory, clientUrls, peerUrls, listenClients, listenPeers, credentials, member },
          ...{ clock, network, processes, listener },
          tell: this.#options.tell,
          otherwise: (generation) => otherArguments(this.#options, generation),
        }),
      hello: this.#helloDoor(),
      tell: (news) => {
        this.#tell(news);
        noteRights(this.#options.prefix, news, this.status().live !== undefined);
        this.#name.keep(this.driver.disk, this.status().live !== undefined);
        if (concernsMembers(news)) this.#remember();
        if (news.what === "trouble") this.#securing?.troubled(news.failure);
        this.#options.told();
      },
      store: (store, clusterId) => {
        this.exchange.attach(store, clusterId);
        this.#securing?.attach(store);
        if (store !== undefined) void this.#compareClocks();
      },
      outcast: (why) => {
        if (why !== undefined) this.exchange.forgo();
        this.#options.outcast(why);
        this.#options.told();
      },
      lives: (site) => runsHere(site),
      judge: (request) => trust.judgeAsked(request, this.#options),
      trust: (wish) => trust.doTrustAsked(wish, this.#options, this.#keeping),
      refuse: (wish) => trust.refuse(wish, this.#options, this.#ending.signal),
      compare: () => this.exchange.compare(),
      place: (news) => this.#options.places.place(news),
      over: () => this.#options.over(),
    });
  }

  #helloDoor(): HelloDoor {
    const { host: { network }, settings: { cluster } } = this.#options;
    const { seeds, credentials, member, listenClients: listenAt } = cluster;
    const door = helloDoor(network, { credentials, member, listenAt, near: this.#near });
    const belongs = () => this.driver.disk.clusterId !== undefined;
    return endingWhereShutOut(door, { ...this.#options, seeds, belongs });
  }

  /** Writes down who the members are, and when they were heard of. */
  #remember(): void {
    const { members, heardAt } = this.driver.status();
    if (members === undefined) return;
    const { disk, host: { clock }, settings: { cluster }, tell } = this.#options;
    const away = this.#saidReach ? undefined : unreachable(cluster, members);
    if (away !== undefined) tell(away);
    this.#saidReach ||= away !== undefined;
    disk.saveContact({
      heardAtMs: Math.round(clock.wall().getTime() - (clock.nowMs() - heardAt)),
      members: members.map(({ id, name, clientUrls, learner }) => ({
        id,
        name,
        clientUrls,
        learner,
      })),
    });
  }

  /** Once, with whoever is known when there is contact. */
  async #compareClocks(): Promise<void> {
    if (this.#hasCompared) return;
    this.#hasCompared = true;
    const { settings: { cluster }, host: { clock, network }, tell } = this.#options;
    const { seeds, clientUrls, credentials } = cluster;
    const known = [...seeds, ...this.driver.disk.endpoints];
    const others = [...new Set(known)].filter((url) => !clientUrls.includes(url));
    const { farClock } = await import("../../cluster/admin/clock_check.ts");
    const far = await farClock(others, { clock, network, credentials }, this.#ending.signal);
    if (far !== undefined && !this.#ending.signal.aborted) tell({ what: "clocks-apart", ...far });
  }

  #agentSettings(): AgentSettings {
    const { settings: { cluster, noop }, name, host: { clock }, volunteer } = this.#options;
    const { seeds, clientUrls, peerUrls, idealSize, failureDomain } = cluster;
    const { prefix } = this.#options;
    const site = prefix === undefined ? undefined : ownSite(prefix);
    return {
      host: name,
      seeds,
      clientUrls,
      peerUrls,
      server: cluster.server && !noop,
      volunteer: this.mayVolunteer && volunteer,
      endsByItself: endsByItself(this.#options.settings),
      ...(idealSize === undefined ? {} : { idealSize }),
      ...(failureDomain === undefined ? {} : { domain: failureDomain }),
      // Who has the secret of its cluster is etcd's user root there.
      ...(cluster.credentials === "none" ? {} : { keepsRights: cluster.member !== "none" }),
      ...(cluster.credentials === "none" || prefix === undefined ? {} : { keepsTrust: true }),
      patience: { ...PATIENCE, deadMs: cluster.deadAfterSeconds * 1000 },
      waitMs: cluster.waitSeconds * 1000,
      wallOffsetMs: clock.wall().getTime() - clock.nowMs(),
      ...(site === undefined ? {} : { site }),
    };
  }

  #createExchange(): Exchange {
    const { settings, host, name, tell, collected, settled, disk, identity, values } =
      this.#options;
    const { id } = identity;
    const { cluster, noop } = settings;
    const mac = loopbackMac({ cluster, random: host.random, noop, tell });
    const key = liveKey(name);
    const live = (): Compare => ({ key, value: this.driver.status().live ?? "" });
    return new Exchange({
      host: name,
      cause: this.#options.cause,
      hostId: id,
      clock: host.clock,
      memory: disk,
      values,
      noop,
      ...(mac === undefined ? {} : { mac }),
      waitMs: cluster.waitSeconds * 1000,
      // Another host of the same name must not write over what this one exports.
      condition: () => [live()],
      answers: () => this.driver.status().answers,
      tell: (news) => {
        const isAway = news.what === "no-answer-yet" || news.what === "not-exported-yet";
        if (!isAway || !this.#saidAway) tell(news);
        this.#saidAway ||= isAway;
      },
      collected,
      settled,
    });
  }

  #tell(news: News): void {
    const { tell, disk, settings: { cluster } } = this.#options;
    if (news.what === "founds" && isTokenWanted(cluster, news)) tell({ what: "join-with-token" });
    if (news.what === "waiting" || news.what === "founds") disk.saveWaiting(waitingText(news));
    if (news.what === "contact-lost") return this.#lost(news);
    if (news.what === "contact-back") this.exchange.lost(undefined);
    tell(news);
  }

  /** Says since when, and what this host works with; no sentence twice at the start. */
  #lost(news: News & { readonly what: "contact-lost" }): void {
    const since = new Date(this.#options.host.clock.wall().getTime() - news.forMs);
    this.exchange.lost(since.getTime());
    void this.#nameMissing();
    const isSaid = news.isFirst && this.#saidAway;
    this.#saidAway = news.isFirst && !isSaid;
    const uses = this.exchange.withoutCluster;
    this.#options.tell({ ...news, since: since.toISOString(), uses, isSaid });
  }

  /** Says which voters are missing, as far as this host knows of them. */
  async #nameMissing(): Promise<void> {
    const { driver } = this;
    const { store } = driver;
    const members = driver.status().members ?? this.#options.disk.contact?.members;
    if (store === undefined || members === undefined) return;
    const there = await whoAnswers(members, async (url) => {
      const status = await store.status(url, { deadlineMs: STATUS_MS });
      return status.ok ? status.value.memberId : undefined;
    });
    const { lostSince, memberId, etcd } = driver.status();
    // The etcd of this host answers nobody before it has found a majority.
    const own = etcd === "failed" ? undefined : memberId;
    const missing = missingVoters(members, ({ id }) => id === own || there.has(id));
    if (lostSince === undefined || this.#ending.signal.aborted || missing === undefined) return;
    this.#options.tell({ what: "majority-away", ...missing });
  }
}

/** Where etcd's part of a prefix is. */
export function etcdDirectory(prefix: string | undefined): string {
  return `${prefix ?? "/nonexistent"}/cluster/etcd`;
}

/** Whether what is written down of the members may be others' by now. */
function concernsMembers(news: News): boolean {
  if (news.what === "membership") return news.clusterId !== undefined && news.members.length > 0;
  return news.what === "contact-lost" || news.what === "contact-back";
}
