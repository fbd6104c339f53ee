/**
 * What machines ask of the simulated clusters, through the network: the agents' calls, and those of
 * whoever opens a store of its own.
 *
 * @module
 */

import type { StoreCall } from "../../src/cluster/agent/calls.ts";
import { leaderKey } from "../../src/cluster/store/keys.ts";
import { fail, type Result } from "../../src/base/result.ts";
import { type EtcdModel, NOT_NOW } from "./etcd.ts";
import type { Machine, StoreClient } from "./machine.ts";
import type { World } from "./world.ts";

const AGAIN_MS = 40;

/** One call on its way. */
export interface Request {
  readonly machine: Machine;
  /** Whose endpoints are asked; the machine itself: its agent asks. */
  readonly client: StoreClient;
  readonly call: StoreCall;
  readonly deadlineMs: number;
}

interface Underway extends Request {
  readonly server: Machine;
  readonly giveUpAt: number;
  readonly lateAt: number;
  readonly answer: (result: Result<unknown>) => void;
}

/** Carries calls to the etcd that takes them, and answers back. */
export class Requests {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Answers once, at the deadline at the latest. */
  begin(request: Request, answered: (result: Result<unknown>) => void): void {
    const { time, network } = this.#world;
    const { machine, client, call, deadlineMs } = request;
    let open = true;
    const answer = (result: Result<unknown>) => {
      if (!open) return;
      open = false;
      if (!result.ok) client.cursor++;
      answered(result);
    };
    const server = machine.isStranger ? undefined : this.serverFor(machine, client, call);
    if (server === undefined) {
      time.after(5, () => answer(fail("nobody answers", { code: "unavailable" })));
      return;
    }
    const { now } = this.#world;
    time.after(deadlineMs, () => answer(late()));
    const fate = network.send(machine.index, server.index);
    if (fate === "lost") return;
    const giveUpAt = now + Math.max(deadlineMs, fate + 1);
    const underway = { ...request, server, giveUpAt, lateAt: now + deadlineMs, answer };
    time.after(fate, () => this.#arrive(underway));
  }

  /** The endpoint that a client takes now. */
  serverFor(
    machine: Machine,
    { endpoints, cursor }: StoreClient,
    call: StoreCall,
  ): Machine | undefined {
    const { machines, network } = this.#world;
    const at = (url: string) => {
      // Of copies the one has the address whose etcd runs.
      const there = machines.filter((each) => each.clientUrl === url && each.powered);
      return there.find((each) => each.process?.data !== undefined) ?? there[0];
    };
    if (call.type === "status" || call.type === "defragment") {
      const server = at(call.clientUrl);
      return server?.process?.data === undefined ? undefined : server;
    }
    let learner: Machine | undefined;
    for (let count = 0; count < endpoints.length; count++) {
      const server = at(endpoints[(cursor + count) % endpoints.length]!);
      if (server?.process?.data === undefined) continue;
      if (!network.goes(machine.index, server.index)) continue;
      const { cluster, memberId } = server.process.data;
      if (cluster.peers.get(memberId)?.learner !== true) return server;
      learner ??= server; // a client passes over who says that it is one
    }
    return learner;
  }

  /** The call is with the server, which may need a while until it can answer. */
  #arrive(underway: Underway): void {
    const world = this.#world;
    const { machine, client, server, call, giveUpAt, lateAt, answer } = underway;
    const again = () => {
      if (world.now + AGAIN_MS > giveUpAt) return;
      world.time.after(AGAIN_MS, () => this.#arrive(underway));
    };
    const { running } = server;
    if (running === undefined) return again();
    const { cluster, memberId } = running;
    if (client.clusterId !== undefined && client.clusterId !== cluster.id) {
      const foreign = fail("another cluster", { code: "foreign-cluster" });
      world.deliver(server, machine, () => answer(foreign));
      return;
    }
    if (client === machine) this.#world.observe({ type: "asked", machine, call });
    if (call.type === "defragment") this.#defragments(machine, cluster, memberId);
    const revision = cluster.data.revision;
    const before = [...cluster.peers.values()].map((peer) => ({ ...peer }));
    const result = cluster.execute(memberId, call, world.now, machine.user);
    if (result === NOT_NOW) return again();
    if (["add", "promote", "remove"].includes(call.type)) {
      world.note(() =>
        `   ${machine} ${describe(call, before)}: ${result.ok ? "done" : result.failure.code}`
      );
      const late = world.now > lateAt;
      world.observe({ type: "landed", machine, cluster, call, before, worked: result.ok, late });
    }
    if (call.type === "update" && result.ok) {
      world.note(() => `   ${machine} is at ${call.peerUrls} now`);
      world.observe({ type: "moved", machine, memberId: call.memberId });
    }
    if (cluster.data.revision !== revision) {
      const { succeeded } = (result.ok ? result.value ?? {} : {}) as { succeeded?: boolean };
      if (succeeded === true && client === machine) this.#committed(machine, cluster, call);
      world.pumpAll(cluster);
    }
    world.deliver(server, machine, () => answer(result));
  }

  #defragments(machine: Machine, cluster: EtcdModel, memberId: string): void {
    if (cluster.databases.isBegun(memberId)) return;
    this.#world.note(() => `   ${machine} has ${cluster.peers.get(memberId)?.name} defragmented`);
    this.#world.observe({ type: "defragments", machine, cluster, memberId });
    machine.defragments = memberId;
  }

  /** An agent has written something. */
  #committed(machine: Machine, cluster: EtcdModel, call: StoreCall): void {
    if (call.type !== "transact") return;
    const leader = cluster.data.get(leaderKey());
    const took = call.transaction.then.some((each) =>
      each.type === "put" && each.key === leaderKey()
    );
    if (took && leader !== undefined) machine.fence = leader.createRevision;
    this.#world.observe({ type: "written", machine, cluster, transaction: call.transaction });
  }
}

/** There was no answer in time. */
export function late(): Result<never> {
  return fail("no answer in time", { code: "deadline" });
}

function describe(call: StoreCall, before: readonly { id: string; name: string }[]): string {
  if (call.type === "add") return `adds ${call.peerUrls[0]}`;
  const id = "memberId" in call ? call.memberId : "";
  return `${call.type}s ${before.find((peer) => peer.id === id)?.name || id}`;
}
