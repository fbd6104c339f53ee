/**
 * This host's part in a cluster, beside its graph: the driver of the cluster's agent, and the exchange.
 *
 * The local graph never waits for it.
 *
 * @module
 */

import type { Failure, Result } from "../base/result.ts";
import type { AgentSettings, News } from "../cluster/agent_io.ts";
import { ClusterDriver, type EtcdListener } from "../cluster/driver.ts";
import { Exchange } from "../cluster/exchange.ts";
import { liveKey } from "../cluster/keys.ts";
import { write } from "../cluster/records.ts";
import type { Compare, Store, StoreAddress } from "../cluster/store.ts";
import { isLoopback } from "../cluster/urls.ts";
import { PATIENCE } from "../cluster/view.ts";
import { EtcdRunner } from "../host/etcd/runner.ts";
import type { LocalHost } from "../host/local.ts";
import type { HostOffer } from "../kind/offer.ts";
import type { LoadedGraph } from "../lang/load.ts";
import type { AgentEvent } from "../report/event.ts";
import { type ClusterDisk, openClusterDisk } from "./cluster_disk.ts";
import { helloDoor } from "./hello_door.ts";
import type { RunSettings } from "./settings.ts";

export interface ClusterOptions {
  readonly settings: RunSettings;
  readonly host: LocalHost;
  /** Where state is kept, absolute; undefined: nowhere. */
  readonly prefix: string | undefined;
  /** The name of this host. */
  readonly name: string;
  readonly emit: (event: AgentEvent) => void;
  readonly warn: (text: string) => void;
  /** What is to be collected from has changed. */
  readonly collected: () => void;
  /** An answer that was waited for has come. */
  readonly settled: () => void;
}

/** One host in a cluster. */
export class Cluster {
  readonly #options: ClusterOptions;
  readonly #driver: ClusterDriver;
  readonly #exchange: Exchange;

  private constructor(options: ClusterOptions, disk: ClusterDisk) {
    this.#options = options;
    this.#driver = this.#createDriver(disk);
    this.#exchange = this.#createExchange(disk);
  }

  /** Opens the state below the prefix and begins. */
  static start(options: ClusterOptions): Result<Cluster> {
    const disk = openClusterDisk(options.prefix, options.host.random, options.warn);
    if (!disk.ok) return disk;
    const cluster = new Cluster(options, disk.value);
    cluster.#begin();
    return { ok: true, value: cluster };
  }

  /** Whether a first answer is still waited for. */
  get pending(): boolean {
    return this.#exchange.pending;
  }

  /** What can be collected now. */
  offers(): readonly HostOffer[] {
    return this.#exchange.offers();
  }

  /** The graph exports and collects something else from now on. */
  graph({ offers, collects }: LoadedGraph): void {
    this.#exchange.graph(offers, collects);
  }

  /** Leaves the others be; resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    this.#exchange.close();
    await this.#driver.stop();
  }

  #begin(): void {
    const { settings: { cluster }, emit } = this.#options;
    const exposed = [...cluster.clientUrls, ...cluster.peerUrls, ...cluster.seeds]
      .filter((url) => !isLoopback(url));
    if (exposed.length > 0) {
      const text = "the cluster's traffic is plain text and open to all who reach its ports: " +
        "use it on trusted networks only";
      emit({ type: "notice", topic: "Cluster", text });
    }
    this.#driver.start();
  }

  #createDriver(disk: ClusterDisk): ClusterDriver {
    const { host, prefix } = this.#options;
    const directory = `${prefix ?? "/nonexistent"}/cluster/etcd`;
    const { clientUrls, peerUrls } = this.#options.settings.cluster;
    const { clock, network, processes } = host;
    return new ClusterDriver({
      settings: this.#agentSettings(),
      clock,
      random: host.random,
      disk: disk.identity,
      save: (identity) => disk.saveIdentity(identity),
      openStore: (address) => this.#openStore(address),
      etcd: (listener: EtcdListener) =>
        new EtcdRunner({
          directory,
          clientUrls,
          peerUrls,
          clock,
          network,
          processes,
          listener,
          warn: this.#options.warn,
        }),
      hello: helloDoor(network),
      tell: (news) => this.#tell(news),
      store: (store) => this.#exchange.attach(store),
    });
  }

  #agentSettings(): AgentSettings {
    const { settings, name, host: { clock } } = this.#options;
    const { cluster, convergedTimeoutSeconds, maxRuntimeSeconds, noop } = settings;
    const endsByItself = convergedTimeoutSeconds >= 0 || maxRuntimeSeconds > 0;
    const { seeds, clientUrls, peerUrls, idealSize, failureDomain } = cluster;
    return {
      host: name,
      seeds,
      clientUrls,
      peerUrls,
      server: cluster.server && !noop,
      volunteer: !endsByItself && !noop,
      ...(idealSize === undefined ? {} : { idealSize }),
      ...(failureDomain === undefined ? {} : { domain: failureDomain }),
      patience: PATIENCE,
      wallOffsetMs: clock.wall().getTime() - clock.nowMs(),
    };
  }

  #createExchange(disk: ClusterDisk): Exchange {
    const { settings, host, name, warn, emit, collected, settled } = this.#options;
    const { id } = disk.identity;
    const live: Compare = { key: liveKey(name), value: write({ id }) };
    return new Exchange({
      host: name,
      hostId: id,
      clock: host.clock,
      memory: disk,
      noop: settings.noop,
      waitMs: settings.cluster.waitSeconds * 1000,
      // Another host of the same name must not write over what this one exports.
      condition: () => [live],
      warn,
      say: (text) => emit({ type: "notice", topic: "Cluster", text }),
      collected,
      settled,
    });
  }

  async #openStore(address: StoreAddress): Promise<Store> {
    const { openEtcdStore } = await import("../cluster/etcd/store.ts");
    const { onHttp2Break } = await import("../host/http2.ts");
    return openEtcdStore(address, { clock: this.#options.host.clock, onHttp2Break });
  }

  #tell(news: News): void {
    const { emit, warn } = this.#options;
    if (news.type === "refused") return warn(sentence(news.failure));
    emit({ type: "notice", topic: "Cluster", text: news.text });
  }
}

function sentence({ message, hint }: Failure): string {
  return hint === undefined ? message : `${message} (${hint})`;
}
