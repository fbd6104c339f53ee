/**
 * A run with `--noop` and the cluster: it reads what is offered, and leaves no trace: no name is
 * reserved, nothing is exported, no etcd runs.
 *
 * @module
 */

import { Exchange } from "../cluster/exchange.ts";
import type { Store } from "../cluster/store.ts";
import { onHttp2Break } from "../host/http2.ts";
import type { CollectRule, HostOffer } from "../kind/offer.ts";
import type { LoadedGraph } from "../lang/load.ts";
import type { ClusterOptions } from "./cluster_part.ts";
import { nearAddresses } from "./cluster_settings.ts";

/** A client of the cluster that only reads. */
export class Onlooker {
  readonly #options: ClusterOptions;
  readonly #exchange: Exchange;
  #hasBegun = false;
  #store: Store | undefined;
  #stopped = false;

  constructor(options: ClusterOptions) {
    const { host, name, warn, emit, collected, settled, settings } = options;
    this.#exchange = new Exchange({
      host: name,
      hostId: "",
      clock: host.clock,
      memory: { load: () => undefined, save: () => {} },
      noop: true,
      waitMs: settings.cluster.waitSeconds * 1000,
      condition: () => [],
      warn,
      say: (text) => emit({ type: "notice", topic: "Cluster", text }),
      collected,
      settled,
    });
    this.#options = options;
  }

  /** Looks for the others. */
  begin(): void {
    if (!this.#hasBegun) void this.#open(this.#options);
    this.#hasBegun = true;
  }

  /** Whether a first answer is still waited for. */
  get pending(): boolean {
    return this.#exchange.pending;
  }

  /** What can be collected now. */
  offers(): readonly HostOffer[] {
    return this.#exchange.offers();
  }

  /** What of it is not known yet. */
  unknown(): readonly CollectRule[] {
    return this.#exchange.unknown();
  }

  /** It keeps nothing. */
  remembered(): readonly HostOffer[] {
    return [];
  }

  /** The graph collects something else from now on. */
  graph({ offers, collects }: LoadedGraph): void {
    this.#exchange.graph(offers, collects);
  }

  /** Looks at what is offered again. */
  compare(): void {
    this.#exchange.compare();
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#exchange.close();
    this.#store?.close();
    return Promise.resolve();
  }

  async #open({ host: { clock }, settings: { cluster } }: ClusterOptions): Promise<void> {
    const { openEtcdStore } = await import("../cluster/etcd/store.ts");
    if (this.#stopped) return;
    const clientUrls = cluster.seeds.length > 0 ? cluster.seeds : cluster.clientUrls;
    this.#store = openEtcdStore({ clientUrls, near: nearAddresses(cluster) }, {
      clock,
      onHttp2Break,
    });
    this.#exchange.attach(this.#store);
  }
}
