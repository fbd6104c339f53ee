/**
 * Drives the agent of the cluster: gives it what happens, and does what it says.
 *
 * @module
 */

import { parseJson } from "../../base/json.ts";
import { fail, type Failure, type Result } from "../../base/result.ts";
import type { Timer } from "../../os/clock.ts";
import { ClusterAgent, type ClusterAgentStatus } from "./agent.ts";
import type { AgentDisk, ClusterAgentEvent, Effect, PlaceRequest } from "./io.ts";
import { perform } from "./calls.ts";
import type { EffectRunnerOptions, MemberProcess } from "./effect_runner_options.ts";
import { type Hello, readHello } from "./hello.ts";
import type { ShownCertificate } from "../store/records.ts";
import type { RunsRecord } from "../store/runs_record.ts";
import type { Store, StoreAddress, StoreWatch } from "../store/store.ts";

/** What is said at the end must arrive within this time, before the connection is closed. */
const FAREWELL_MS = 1000;

/** One host's part in the cluster, from start to stop. */
export class EffectRunner {
  readonly #options: EffectRunnerOptions;
  readonly #agent: ClusterAgent;
  readonly #etcd: MemberProcess;
  readonly #watches = new Map<number, StoreWatch>();
  readonly #wantedWatches = new Set<number>();
  #store: Promise<Store> | undefined;
  #open: Store | undefined;
  #address: StoreAddress | undefined;
  /** Whether the name of this host is its own, so that it may exchange. */
  #exchanges = false;
  /** The small server at the own address, and whether it is wanted there. */
  #server: { close(): Promise<void> } | undefined;
  #answersHello = false;
  /** It is being closed: who looks now finds the address taken, by ourselves. */
  #leaving = false;
  #serving: Promise<void> = Promise.resolve();
  #timer: Timer | undefined;
  #queue: ClusterAgentEvent[] = [];
  #busy = false;
  #stopping = false;
  #stopped = false;
  /** Calls that give free at the end what others wait for. */
  readonly #farewells: Promise<void>[] = [];
  #disk: AgentDisk;

  constructor(options: EffectRunnerOptions) {
    this.#options = options;
    this.#disk = options.disk;
    this.#agent = new ClusterAgent(
      options.settings,
      options.disk,
      (bytes) => options.random.hex(bytes),
    );
    this.#etcd = options.etcd({
      runs: (name) => this.#take({ type: "etcd-runs", name }),
      ended: (name, end, message, code) =>
        this.#take({
          type: "etcd-ended",
          name,
          end,
          message,
          ...(code === undefined ? {} : { code }),
        }),
    });
  }

  start(): void {
    this.#take({ type: "start" });
  }

  status(): ClusterAgentStatus {
    return this.#agent.status();
  }

  get disk(): AgentDisk {
    return this.#disk;
  }

  /** Whether this host would run etcd if asked. */
  offer(volunteer: boolean): void {
    this.#take({ type: "offer", volunteer });
  }

  /** Which certificate it shows, for people. */
  shows(certificate: ShownCertificate): void {
    this.#take({ type: "shows", certificate });
  }

  /** How the resources of this host are, for people. */
  runs(record: RunsRecord): void {
    this.#take({ type: "runs", record });
  }

  /** A place in a semaphore of the fleet is wanted. */
  want(wish: PlaceRequest): void {
    this.#take({ type: "want", wish });
  }

  /** It is not wanted any more, and nothing is done under it. */
  unwant(want: number): void {
    this.#take({ type: "unwant", want });
  }

  /** The store, once there is one. */
  get store(): Store | undefined {
    return this.#open;
  }

  /** Leaves the others be: membership and data stay. Resolves when etcd has ended. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopping = this.#agent.status().answers;
    this.#take({ type: "stop" });
    this.#stopped = true;
    this.#timer?.cancel();
    this.#options.store(undefined);
    for (const watch of this.#watches.values()) watch.close();
    await this.#farewell();
    // First: Deno 2.9 can crash in HTTP/2 when an etcd takes leave of a connection that is in use.
    (await this.#store)?.close();
    await this.#etcd.close();
    await this.#server?.close();
  }

  async #farewell(): Promise<void> {
    if (this.#farewells.length === 0) return;
    const end = new AbortController();
    const late = this.#options.clock.sleep(FAREWELL_MS, end.signal);
    await Promise.race([Promise.all(this.#farewells), late]);
    end.abort();
  }

  /** One event at a time; what an effect causes comes after all effects of its own event. */
  #take(event: ClusterAgentEvent): void {
    if (this.#stopped) return;
    this.#queue.push(event);
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const effects = this.#agent.step(next, this.#options.clock.nowMs());
      for (const effect of effects) this.#do(effect);
    }
    this.#busy = false;
  }

  #do(effect: Effect): void {
    switch (effect.type) {
      case "save":
        return this.#save(effect.disk);
      case "endpoints":
        return this.#endpoints(effect.clientUrls, effect.clusterId);
      case "call":
        return this.#begin(effect);
      case "watch":
        return void this.#watch(effect);
      case "unwatch":
        this.#wantedWatches.delete(effect.watch);
        this.#watches.get(effect.watch)?.close();
        this.#watches.delete(effect.watch);
        return;
      case "ask":
        return void this.#ask(effect);
      case "answer-hello":
        return this.#answerHello(effect.on);
      case "etcd":
        return void Promise.all([this.#serving, this.#farewell()])
          .then(() => this.#etcd.wish(effect.wish));
      case "prepare":
        return void this.#etcd.prepare();
      case "judge":
        return void this.#judge(effect);
      case "trust":
        return void this.#trust(effect);
      case "refuse":
        return void this.#options.refuse?.(effect)
          .then((done) => this.#take({ type: "refuses", hosts: effect.hosts, ...done }));
      case "aside":
        return this.#etcd.aside(effect.name);
      case "probe":
        return this.#take({
          type: "probed",
          nonce: effect.nonce,
          lives: this.#options.lives(effect.site),
        });
      case "exchange":
        return this.#exchange(effect.outcast);
      case "compare":
        return this.#options.compare();
      case "place":
        return this.#options.place(effect);
      case "over":
        return this.#options.over?.();
      case "wake":
        return this.#wake(effect.at);
      case "tell":
        return this.#options.tell(effect.news);
    }
  }

  #save(disk: AgentDisk): void {
    this.#disk = disk;
    const failure = this.#options.save(disk);
    if (failure !== undefined) this.#options.tell({ what: "trouble", failure });
  }

  #endpoints(clientUrls: readonly string[], clusterId: string | undefined): void {
    const { openStore, store: attach } = this.#options;
    if (this.#store !== undefined && this.#address?.clusterId === clusterId) {
      this.#open?.setEndpoints(clientUrls);
      this.#address = { ...this.#address, clientUrls };
      return;
    }
    void this.#store?.then((store) => store.close());
    const address = { clientUrls, ...(clusterId === undefined ? {} : { clusterId }) };
    this.#address = address;
    this.#open = undefined;
    const opening = openStore(address);
    this.#store = opening;
    void opening.then((store) => {
      if (this.#store !== opening || this.#stopped) return;
      this.#open = store;
      store.setEndpoints(this.#address?.clientUrls ?? clientUrls);
      // Before that nobody knows whose cluster it is.
      if (clusterId !== undefined && this.#exchanges) attach(store, clusterId);
    });
  }

  #exchange(outcast: Failure | undefined): void {
    this.#exchanges = outcast === undefined;
    this.#options.outcast(outcast);
    const clusterId = this.#address?.clusterId;
    const mayAttach = this.#exchanges && clusterId !== undefined;
    this.#options.store(mayAttach ? this.#open : undefined, clusterId);
  }

  #begin(effect: Effect & { type: "call" }): void {
    const done = this.#call(effect);
    if (this.#stopping) this.#farewells.push(done);
  }

  async #call(
    { id, call, deadlineMs, notAfter }: Extract<Effect, { type: "call" }>,
  ): Promise<void> {
    const store = await this.#store;
    const late = notAfter !== undefined && this.#options.clock.nowMs() > notAfter;
    const result = store === undefined
      ? fail("there is no store yet", { code: "unavailable" })
      : late
      ? fail("too late for this call", { code: "deadline" })
      : await perform(store, call, { deadlineMs });
    this.#take({ type: "answer", id, result });
  }

  async #watch(
    { watch, range, fromRevision }: Extract<Effect, { type: "watch" }>,
  ): Promise<void> {
    this.#wantedWatches.add(watch);
    const store = await this.#store;
    if (store === undefined || this.#stopped || !this.#wantedWatches.has(watch)) return;
    const running = store.watch(range, fromRevision, {
      changed: (changes) => this.#take({ type: "changed", watch, changes }),
      broken: (failure) => {
        this.#watches.delete(watch);
        this.#wantedWatches.delete(watch);
        this.#take({ type: "broken", watch, failure });
      },
    });
    this.#watches.set(watch, running);
  }

  async #ask(
    { id, clientUrl, hello, deadlineMs }: Extract<Effect, { type: "ask" }>,
  ): Promise<void> {
    const answer = await this.#options.hello.ask(clientUrl, hello, deadlineMs);
    const read = answer.ok ? readHello(answer.value) : undefined;
    const result: Result<Hello> = read !== undefined
      ? { ok: true, value: read }
      : answer.ok
      ? fail(`${clientUrl} is no host of mgmt`)
      : answer;
    this.#take({ type: "hello", id, answer: result });
  }

  async #judge({ id, request }: Extract<Effect, { type: "judge" }>): Promise<void> {
    const result = await this.#options.judge?.(request) ??
      fail("this host cannot let others in", { code: "role" });
    this.#take({ type: "judged", id, result });
  }

  async #trust({ id, wish }: Extract<Effect, { type: "trust" }>): Promise<void> {
    const result = await this.#options.trust?.(wish) ?? fail("this host has no certificates");
    this.#take({ type: "trusted", id, result });
  }

  #answerHello(on: boolean): void {
    this.#answersHello = on;
    if (!on) {
      this.#serving = this.#serving.then(() => this.#leaveAddress());
      return;
    }
    if (this.#leaving) return void this.#serving.then(() => this.#openAddress());
    this.#openAddress();
  }

  #openAddress(): void {
    if (!this.#answersHello || this.#stopped) return;
    const { hello } = this.#options;
    let problem: Failure | undefined;
    if (this.#server === undefined) {
      const served = hello.serve((question) => this.#asked(question));
      if (served.ok) this.#server = served.value;
      else problem = served.failure;
    }
    const held = this.#server !== undefined;
    this.#take({ type: "address", held, ...(problem === undefined ? {} : { problem }) });
  }

  /** etcd starts once the address is free, and at once: in between another could take it. */
  async #leaveAddress(): Promise<void> {
    if (this.#server !== undefined) await this.#etcd.prepare();
    if (this.#answersHello || this.#server === undefined) return;
    const server = this.#server;
    this.#server = undefined;
    this.#leaving = true;
    await server.close();
    this.#leaving = false;
  }

  #asked(question: string): string {
    const by = readHello(parseJson(question));
    if (by !== undefined) this.#take({ type: "asked", by });
    return JSON.stringify(this.#agent.hello());
  }

  #wake(at: number): void {
    this.#timer?.cancel();
    const { clock } = this.#options;
    this.#timer = clock.after(Math.max(0, at - clock.nowMs()), () => this.#take({ type: "wake" }));
  }
}
