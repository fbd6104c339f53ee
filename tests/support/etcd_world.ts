/**
 * Real etcd as a world for the tests of a store.
 *
 * @module
 */

import type { Credentials } from "../../src/base/credentials.ts";
import { openEtcdStore } from "../../src/etcd/client/store.ts";
import type { Store, StoreAddress } from "../../src/cluster/store/store.ts";
import { onHttp2Break } from "../../src/os/network/http2.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { eventually, TestCluster, type TestEtcdOptions } from "./etcd.ts";
import { TlsFiles } from "./tls_files.ts";
import { within } from "./program.ts";
import type { StoreWorld } from "./store_contract.ts";

const host = { clock: createLocalClock(), onHttp2Break };

/** Real etcd, and stores of it. */
export class EtcdWorld implements StoreWorld {
  readonly #stores: Store[] = [];

  constructor(readonly cluster: TestCluster, readonly tls?: TlsFiles) {}

  static async start(size = 1, options: TestEtcdOptions = {}): Promise<EtcdWorld> {
    return new EtcdWorld(await TestCluster.start(size, options), options.tls);
  }

  /** The same over TLS, for who shows the certificate of etcd's root. */
  static async startTls(size = 1, flags: readonly string[] = []): Promise<EtcdWorld> {
    return await EtcdWorld.start(size, { flags, tls: await TlsFiles.make() });
  }

  get endpoints(): readonly string[] {
    return this.cluster.clientUrls;
  }

  open(address: Partial<StoreAddress> = {}, clock = host.clock): Store {
    const credentials: Credentials = this.tls?.client() ?? "none";
    const place = { clientUrls: this.endpoints, credentials, ...address };
    const store = openEtcdStore(place, { ...host, clock });
    this.#stores.push(store);
    return store;
  }

  settle<T>(promise: Promise<T>): Promise<T> {
    return promise;
  }

  async until(isSo: () => boolean, otherwise: () => string): Promise<void> {
    await within(60_000, isSo, otherwise);
  }

  async compact(): Promise<void> {
    const status = JSON.parse(await this.cluster.control(["endpoint", "status", "-w", "json"]));
    await this.cluster.control(["compact", `${status[0].Status.header.revision}`]);
  }

  async learn(): Promise<string> {
    const { cluster } = this;
    const [voter] = cluster.members;
    const name = `m${cluster.members.length + 1}`;
    const learner = cluster.add(name);
    await cluster.control(
      ["member", "add", name, "--learner", "--peer-urls", learner.peerUrl],
      voter,
    );
    learner.start(cluster.initial(), "existing");
    await eventually(
      async () =>
        (await cluster.control(["endpoint", "status"], learner).catch(() => "")).includes("true"),
      () => `the learner does not run:\n${learner.log}`,
    );
    return learner.clientUrl;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const store of this.#stores) store.close();
    await this.cluster[Symbol.asyncDispose]();
    this.tls?.[Symbol.dispose]();
  }
}
