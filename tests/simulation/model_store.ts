/**
 * The model of etcd as a {@linkcode Store}, so that the contract of the real one can be held against
 * it. Calls go through the very functions that the simulation uses; time is virtual.
 *
 * @module
 */

import { LIMITS } from "../../src/base/limits.ts";
import { assert } from "@std/assert";
import { fail, type Result } from "../../src/base/result.ts";
import type { StoreCall } from "../../src/cluster/agent/calls.ts";
import type { KeyRange } from "../../src/cluster/store/keys.ts";
import type * as store from "../../src/cluster/store/store.ts";
import type { StoreWorld } from "../support/store_contract.ts";
import { CallStore } from "./call_store.ts";
import { EtcdModel, NOT_NOW, type Peer } from "./etcd.ts";
import { denied, ROOT } from "./model_rights.ts";
import { Chance } from "./random.ts";
import { Timeline } from "./timeline.ts";

const DELAY_MS = 1;
const AGAIN_MS = 40;
const ENDPOINT = "http://model:2379";
/** No wait of a test takes longer than this, in virtual time. */
const LONGEST_MS = 60_000;

type ModelCall = Parameters<EtcdModel["execute"]>[1] | (StoreCall & { type: "list" });

/** One etcd that runs, and time. */
export class ModelWorld implements StoreWorld {
  readonly endpoints = [ENDPOINT];
  readonly time = new Timeline();
  readonly model: EtcdModel;
  readonly member: string;
  readonly #stores: ModelStore[] = [];

  constructor() {
    const ran = (id: string) => this.model.peers.get(id)?.ran === true;
    const around = { runs: ran, linked: () => true };
    this.model = new EtcdModel("c1a5", around, new Chance(1));
    this.member = this.model.found("one-00000001", ["http://model:2380"], this.endpoints).id;
    this.model.databases.quotaBytes = LIMITS.storeBytes;
    this.#tick();
  }

  /** `asked` hears of each call, and of watches as if they were lists. */
  open(address: Partial<store.StoreAddress> = {}, asked?: (call: StoreCall) => void): store.Store {
    return this.#opened(ROOT, address, asked);
  }

  openAs(user: string): store.Store {
    return this.#opened(user, {});
  }

  #opened(
    user: string,
    address: Partial<store.StoreAddress>,
    asked?: (call: StoreCall) => void,
  ): store.Store {
    const opened = new ModelStore(this, user, asked, { clientUrls: this.endpoints, ...address });
    this.#stores.push(opened);
    return opened;
  }

  async settle<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const done = () => settled = true;
    promise.then(done, done);
    await this.until(() => settled, () => "the promise is never settled");
    return await promise;
  }

  async until(isSo: () => boolean, otherwise: () => string): Promise<void> {
    const endMs = this.time.now + LONGEST_MS;
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 0)); // whatever waits for a promise runs
      if (isSo()) return;
      assert(this.time.step(endMs), otherwise());
    }
  }

  compact(): Promise<void> {
    this.model.data.compact(this.model.data.revision);
    return Promise.resolve();
  }

  /** Tells all watches what there is. */
  pump(): void {
    for (const each of this.#stores) each.pump();
  }

  learn(): Promise<string> {
    const { model, time } = this;
    const [peerUrl, clientUrl] = ["http://model2:2380", "http://model2:2379"];
    model.execute(this.member, { type: "add", peerUrls: [peerUrl] }, time.now);
    const urls = model.members().members.flatMap((member) => member.peerUrls);
    const started = model.start(peerUrl, "two-00000002", [clientUrl], urls, time.now);
    assert(typeof started !== "string", String(started));
    time.step(time.now + LONGEST_MS);
    return Promise.resolve(clientUrl);
  }

  /** The member whose client URL is the first of these that anybody has. */
  memberAt(clientUrls: readonly string[]): Peer | undefined {
    const peers = [...this.model.peers.values()];
    const found = clientUrls.flatMap((url) =>
      peers.find((peer) => peer.clientUrls.includes(url)) ?? []
    );
    return found.find(({ learner }) => !learner) ?? found[0];
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const each of this.#stores) each.close();
    return Promise.resolve();
  }

  #tick(): void {
    this.model.refresh(this.time.now);
    this.pump();
    this.time.after(100, () => this.#tick());
  }
}

interface ModelWatch {
  readonly range: KeyRange;
  readonly listener: store.WatchListener;
  next: number;
}

class ModelStore extends CallStore {
  readonly #world: ModelWorld;
  readonly #user: string;
  readonly #asked: (call: StoreCall) => void;
  readonly #clusterId: string | undefined;
  #endpoints: readonly string[];
  #closed = false;
  #calls = new Set<() => void>();
  #watches = new Set<ModelWatch>();

  constructor(
    world: ModelWorld,
    user: string,
    asked: ((call: StoreCall) => void) | undefined,
    address: store.StoreAddress,
  ) {
    super();
    this.#asked = asked ?? (() => {});
    this.#user = user;
    this.#world = world;
    this.#clusterId = address.clusterId;
    this.#endpoints = address.clientUrls;
  }

  list(range: KeyRange, options: store.PageOptions): Promise<Result<store.RangePage>> {
    const { data } = this.#world.model;
    const { serializable = false } = options;
    // Only whether there is an answer; which one it is is asked for then.
    return this.call({ type: "list", range, serializable }, options)
      .then((may) => may.ok ? data.list(range, options.limit, options) : may);
  }

  watch(range: KeyRange, fromRevision: number, listener: store.WatchListener): store.StoreWatch {
    this.#asked({ type: "list", range });
    const watch: ModelWatch = { range, listener, next: fromRevision };
    this.#watches.add(watch);
    this.#world.time.after(DELAY_MS, () => {
      const may = this.#world.model.rights.allows(this.#user, { range, access: "read" });
      const why = this.#objection() ?? (may ? undefined : denied());
      if (why !== undefined) this.#break(watch, why);
      else this.pump();
    });
    return { close: () => void this.#watches.delete(watch) };
  }

  setEndpoints(clientUrls: readonly string[]): void {
    this.#endpoints = clientUrls;
  }

  close(): void {
    this.#closed = true;
    for (const abort of [...this.#calls]) abort();
    this.#watches.clear();
  }

  /** Hands over what is new to each watch. */
  pump(): void {
    if (this.#objection() !== undefined) return;
    const { data } = this.#world.model;
    for (const watch of [...this.#watches]) {
      if (watch.next > data.revision) continue;
      const changes = data.changesSince(watch.range, watch.next);
      if (changes === "compacted") {
        this.#break(watch, fail("that revision is gone", { code: "compacted" }));
        continue;
      }
      watch.next = data.revision + 1;
      for (const group of changes) watch.listener.changed(group);
    }
  }

  #break(watch: ModelWatch, why: Result<never>): void {
    if (!this.#watches.delete(watch) || why.ok) return;
    watch.listener.broken(why.failure);
  }

  #objection(): Result<never> | undefined {
    if (this.#world.memberAt(this.#endpoints) === undefined) {
      return fail("nobody answers", { code: "unavailable" });
    }
    const pinned = this.#clusterId;
    if (pinned === undefined || pinned === this.#world.model.id) return undefined;
    return fail("another cluster", { code: "foreign-cluster" });
  }

  protected call<T>(
    call: ModelCall,
    { deadlineMs, signal }: store.CallOptions,
  ): Promise<Result<T>> {
    const { time, model } = this.#world;
    this.#asked(call);
    const { promise, resolve } = Promise.withResolvers<Result<T>>();
    let open = true;
    const answer = (result: Result<unknown>) => {
      if (!open) return;
      open = false;
      this.#calls.delete(abort);
      resolve(result as Result<T>);
    };
    const abort = () => answer(fail("given up", { code: "aborted" }));
    if (this.#closed || signal?.aborted === true) abort();
    if (!open) return promise;
    this.#calls.add(abort);
    signal?.addEventListener("abort", abort, { once: true });
    time.after(deadlineMs, () => answer(fail("no answer in time", { code: "deadline" })));
    const arrive = () => {
      const why = this.#objection();
      if (!open || why !== undefined) return answer(why ?? fail("given up", { code: "aborted" }));
      const urls = "clientUrl" in call ? [call.clientUrl] : this.#endpoints;
      const at = this.#world.memberAt(urls)?.id ?? "";
      const result = model.execute(at, call, time.now, this.#user);
      if (result === NOT_NOW) return time.after(AGAIN_MS, arrive);
      this.#world.pump();
      time.after(DELAY_MS, () => answer(result));
    };
    time.after(DELAY_MS, arrive);
    return promise;
  }
}
