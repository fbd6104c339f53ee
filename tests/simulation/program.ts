/**
 * The program on a simulated machine, from its start to its end: what follows the orders of the host's
 * operator, and what that needs. It runs as it does on a host, in promises; everything it waits for is
 * settled by virtual time, and nothing of it outlives its machine's power.
 *
 * @module
 */

import { type Failure, failure, type Result } from "../../src/base/result.ts";
import {
  type HostPart,
  OrderFollower,
  type PartListener,
} from "../../src/cluster/admin/order_follower.ts";
import { ClusterAgent, type ClusterAgentStatus } from "../../src/cluster/agent/agent.ts";
import type { StoreCall } from "../../src/cluster/agent/calls.ts";
import { exportedKey, exportsRange, type KeyRange, liveKey } from "../../src/cluster/store/keys.ts";
import type {
  CallOptions,
  PageOptions,
  RangePage,
  Store,
  StoreAddress,
  StoreOperation,
  StoreWatch,
} from "../../src/cluster/store/store.ts";
import type { Clock, Timer } from "../../src/os/clock.ts";
import { CallStore } from "./call_store.ts";
import type { Machine, StoreClient } from "./machine.ts";
import type { World } from "./world.ts";

/** An etcd that is told to has ended after so long. */
const STOP_MS = 60;
const DEADLINE_MS = 3000;
const AGAIN_MS = 2000;

/** Begins to follow the orders of that machine. */
export function startProgram(world: World, machine: Machine): OrderFollower<SimPart> {
  const run = new ProgramRun(world, machine);
  let wasToLeave = false;
  return new OrderFollower<SimPart>({
    host: machine.settings.host,
    clock: new SimClock(run),
    openStore: ({ clientUrls: endpoints, clusterId }) =>
      Promise.resolve(new SimStore(run, { endpoints, clusterId, cursor: 0 })),
    identity: machine.disk,
    disk: {
      saveIdentity: (disk) => {
        run.does(() => {
          machine.disk = disk;
          if (machine.isOut) world.observe({ type: "left", machine });
        });
        return undefined;
      },
      endTemporary: (disk) => disk,
      forgetWhoSaid: () => {},
      putAside: (member) => {
        run.does(() => world.endCluster(machine, member));
        return undefined;
      },
    },
    orders: {
      read: () => machine.order,
      write: (order) => {
        run.does(() => {
          wasToLeave = machine.order?.leave === true && !order.leave;
          machine.order = order;
          world.wishedAt = world.now;
        });
        return undefined;
      },
      say: ({ state, text }) => {
        if (!run.lives || machine.said === `${state}: ${text}`) return;
        machine.said = `${state}: ${text}`;
        world.note(() => `${machine} order ${machine.said}`);
        if (state === "refused" && wasToLeave) world.observe({ type: "refused", machine });
        if (state !== "working") wasToLeave = false;
      },
    },
    join: (...[, volunteer, listener]) => new SimPart(run, volunteer, listener),
    takesPart: () => {},
    left: () => {},
    tell: (news) => {
      if (run.lives) world.tell(machine, news);
    },
  });
}

/** A connection from that machine, whether its program runs or not. */
export function openStore(world: World, machine: Machine, address: StoreAddress): Store {
  const { clientUrls: endpoints, clusterId } = address;
  return new SimStore(new ProgramRun(world, machine), { endpoints, clusterId, cursor: 0 });
}

/** One run of the program. */
class ProgramRun {
  readonly world: World;
  readonly machine: Machine;
  readonly #run: number;

  constructor(world: World, machine: Machine) {
    this.world = world;
    this.machine = machine;
    this.#run = machine.run;
  }

  get lives(): boolean {
    return this.machine.run === this.#run;
  }

  /** Does something to the machine, after which the program may be killed. */
  does(act: () => void): void {
    if (!this.lives) return;
    act();
    this.world.stepped(this.machine);
  }

  /** Something that is waited for comes, if the program still runs, and once it is not stopped. */
  comes(act: () => void): void {
    if (!this.lives) return;
    if (this.machine.agentPaused) return void this.machine.held.push(() => this.comes(act));
    act();
    this.world.time.stir();
  }

  /** Begins a call. */
  async call<T>(client: StoreClient, call: StoreCall, deadlineMs: number): Promise<Result<T>> {
    const { promise, resolve } = Promise.withResolvers<Result<T>>();
    const { machine, world } = this;
    if (!this.lives) return await promise;
    world.requests.begin(
      { machine, client, call, deadlineMs },
      (result) => this.comes(() => resolve(result as Result<T>)),
    );
    world.stepped(machine);
    return await promise;
  }
}

/** Time as a machine's own clock tells it. */
class SimClock implements Clock {
  readonly #run: ProgramRun;

  constructor(run: ProgramRun) {
    this.#run = run;
  }

  nowMs(): number {
    const { machine, world } = this.#run;
    return machine.clockAt(world.now);
  }

  wall(): Date {
    return new Date(this.nowMs());
  }

  after(delayMs: number, act: () => void): Timer {
    const { machine, world } = this.#run;
    let open = true;
    world.time.after(machine.momentOf(this.nowMs() + delayMs) - world.now + 0.001, () => {
      if (open) this.#run.comes(act);
    });
    return { cancel: () => open = false };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal?.aborted === true) return Promise.resolve();
    const timer = this.after(delayMs, resolve);
    signal?.addEventListener("abort", () => {
      timer.cancel();
      resolve();
    }, { once: true });
    return promise;
  }

  yieldTurn(): Promise<void> {
    return Promise.resolve();
  }
}

/** A machine's part in a cluster. */
export class SimPart implements HostPart {
  readonly store: Store;
  readonly #run: ProgramRun;
  readonly #agent: ClusterAgent;
  #exports = true;
  #stopped = false;

  constructor(run: ProgramRun, volunteer: boolean, listener: PartListener) {
    this.#run = run;
    const { machine } = run;
    this.store = new SimStore(run, {
      get endpoints() {
        return machine.endpoints;
      },
      get clusterId() {
        return machine.clusterId;
      },
      cursor: 0,
    });
    // What was killed in the middle of a turn goes on to its end, and does nothing any more.
    this.#agent = run.lives
      ? run.world.takePart(machine, this.mayVolunteer && volunteer, listener)
      : new ClusterAgent(machine.settings, machine.disk, (bytes) => "0".repeat(2 * bytes));
    if (run.world.hasOperators) void this.#publish();
  }

  get mayVolunteer(): boolean {
    const { settings } = this.#run.machine;
    return settings.server && settings.volunteer;
  }

  status(): ClusterAgentStatus {
    return this.#agent.status();
  }

  offer(volunteer: boolean): void {
    const { world, machine, lives } = this.#run;
    if (!lives || this.#stopped) return;
    machine.offersTo = volunteer;
    world.send(machine, { type: "offer", volunteer });
  }

  async withdraw(): Promise<Failure | undefined> {
    this.#exports = false;
    if (this.#agent.status().phase.type === "outcast") return undefined;
    const range = exportsRange(this.#run.machine.settings.host);
    return await this.#write({ type: "deleteRange", range });
  }

  async stop(): Promise<void> {
    const { world, machine, lives } = this.#run;
    if (this.#stopped || !lives) return;
    this.#exports = false;
    this.#stopped = true;
    machine.stops = true;
    world.send(machine, { type: "stop" });
    world.dropPart(machine);
    const { promise, resolve } = Promise.withResolvers<void>();
    const { life } = machine;
    world.time.after(STOP_MS, () => {
      if (machine.life === life) machine.process = undefined;
      this.#run.comes(resolve);
    });
    world.stepped(machine);
    await promise;
  }

  /** What this host exports is there once it is registered. */
  async #publish(): Promise<void> {
    const { world, machine } = this.#run;
    const clock = new SimClock(this.#run);
    const { host } = machine.settings;
    while (this.#exports) {
      const { registered } = this.#agent.status();
      const put = { type: "put", key: exportedKey(host, "msg", "hello"), value: "1" } as const;
      if (registered && this.#exports && await this.#write(put) === undefined) {
        world.note(() => `${machine} has exported`);
        return;
      }
      await clock.sleep(AGAIN_MS);
    }
  }

  async #write(operation: StoreOperation): Promise<Failure | undefined> {
    const { settings: { host } } = this.#run.machine;
    const live = { key: liveKey(host), value: this.#agent.status().live ?? "" };
    const transaction = { when: [live], then: [operation] };
    const done = await this.store.transact(transaction, { deadlineMs: DEADLINE_MS });
    if (!done.ok) return done.failure;
    return done.value.succeeded ? undefined : failure("it does not have its name now");
  }
}

/** A connection of a program, of which only calls are made. */
class SimStore extends CallStore {
  readonly #run: ProgramRun;
  readonly #client: StoreClient;

  constructor(run: ProgramRun, client: StoreClient) {
    super();
    this.#run = run;
    this.#client = client;
  }

  protected call<T>(call: StoreCall, { deadlineMs }: CallOptions): Promise<Result<T>> {
    return this.#run.call(this.#client, call, deadlineMs);
  }

  list(range: KeyRange, options: PageOptions): Promise<Result<RangePage>> {
    const { serializable = false } = options;
    return this.call({ type: "list", range, serializable }, options);
  }

  watch(): StoreWatch {
    throw new Error("nobody watches so");
  }

  setEndpoints(): void {
    throw new Error("its endpoints stay");
  }

  close(): void {}
}
