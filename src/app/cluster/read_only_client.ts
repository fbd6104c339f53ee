/**
 * A run with `--noop` and the cluster: it reads what is offered, and leaves no trace: no name is
 * reserved, nothing is exported, no etcd runs.
 *
 * @module
 */

import { Exchange } from "../../cluster/exchange/exchange.ts";
import type { Store } from "../../cluster/store/store.ts";
import type { CollectRule, HostExport } from "../../kind/export.ts";
import type { LoadedGraph } from "../../lang/load.ts";
import type { MembershipOptions } from "./active_membership.ts";
import { readCollected } from "./disk.ts";
import { openStore, reachOf } from "./open_store.ts";
import { loopbackMac } from "./loopback_mac.ts";
import type { ClusterPart } from "./cluster_part.ts";

const DEADLINE_MS = 2000;
const RETRY_MS = 500;

/** A client of the cluster that only reads. */
export class ReadOnlyClient implements ClusterPart {
  readonly #options: MembershipOptions;
  readonly #exchange: Exchange;
  #hasBegun = false;
  #store: Store | undefined;
  readonly #ending = new AbortController();

  /** `earlier`: where to read what earlier runs collected; undefined: nowhere. */
  constructor(options: MembershipOptions, earlier: string | undefined) {
    const { host, name, tell, collected, settled, settings, values } = options;
    const { cluster, noop } = settings;
    const mac = loopbackMac({ cluster, random: host.random, noop, tell });
    this.#exchange = new Exchange({
      ...(mac === undefined ? {} : { mac }),
      host: name,
      hostId: "",
      clock: host.clock,
      memory: {
        load: () => earlier === undefined ? undefined : readCollected(earlier),
        save: () => {},
      },
      values,
      noop: true,
      waitMs: settings.cluster.waitSeconds * 1000,
      condition: () => [],
      tell,
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
  offers(): readonly HostExport[] {
    return this.#exchange.offers();
  }

  /** Whether that is what cannot be read or taken. */
  get hasAnswered(): boolean {
    return this.#exchange.hasAnswered;
  }

  /** What of it is not known yet. */
  unknown(): readonly CollectRule[] {
    return this.#exchange.unknown();
  }

  /** What earlier runs collected, as long as it is not used. */
  remembered(): readonly HostExport[] {
    return this.#exchange.remembered();
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
    this.#ending.abort();
    this.#exchange.close();
    this.#store?.close();
    return Promise.resolve();
  }

  async #open({ host: { clock }, settings: { cluster } }: MembershipOptions): Promise<void> {
    const clientUrls = cluster.seeds.length > 0 ? cluster.seeds : cluster.clientUrls;
    const store = await openStore({ ...reachOf(cluster), clientUrls }, clock);
    if (this.#ending.signal.aborted) return store.close();
    this.#store = store;
    for (;;) {
      const found = await store.members({ deadlineMs: DEADLINE_MS });
      if (this.#ending.signal.aborted) return;
      if (found.ok) return this.#exchange.attach(store, found.value.clusterId);
      await clock.sleep(RETRY_MS, this.#ending.signal);
    }
  }
}
