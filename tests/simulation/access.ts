/**
 * Who is let into the simulated clusters that have rights, and who is cast out again: what the join by
 * token and `mgmt evict` will do to the store. With chance of its own, like the operators.
 *
 * @module
 */

import { bindingKey, leaderKey, liveKey, volunteerKey } from "../../src/cluster/store/keys.ts";
import { read, write } from "../../src/cluster/store/records.ts";
import type { Lease, StoreOperation } from "../../src/cluster/store/store.ts";
import type { EtcdModel } from "./etcd.ts";
import type { Machine } from "./machine.ts";
import { Chance } from "./random.ts";
import type { World } from "./world.ts";

/** How often a host is cast out, or a right is changed by hand, when a fault strikes. */
const OFTEN = 0.25;
/** Who was cast out is let in again after so long at most. */
const OUT_MS = 30_000;
const LOOK_MS = 200;

/** Lets all hosts in under their names, and some of them out. */
export class Access {
  readonly #world: World;
  readonly #chance: Chance;
  readonly #castOut = new Set<Machine>();
  /** Identities that were ever let in: their certificates stay what they are. */
  readonly #certified = new Set<string>();

  constructor(world: World, seed: number) {
    this.#world = world;
    this.#chance = new Chance(seed + 277);
    this.#look();
  }

  /** Whether that host never runs etcd, so that it has rights of its own. */
  isOnlyHost(index: number): boolean {
    return index > 0 && this.#chance.happens(0.4);
  }

  /** That one is not let in again. */
  keepOut(machine: Machine): void {
    this.#castOut.add(machine);
  }

  /** Something may happen to the rights. */
  act(): void {
    const world = this.#world;
    if (!this.#chance.happens(OFTEN)) return;
    const machine = this.#chance.pick(world.machines);
    if (machine.settings.server || this.#chance.happens(0.3)) return this.#tamper();
    if (this.#chance.happens(0.5)) return this.#offerItself(machine);
    world.note(() => `-- ${machine} is cast out`);
    this.#castOut.add(machine);
    const { host } = machine.settings;
    // At once: who has no binding may be one with the server role, whose offer counts.
    const keys = [bindingKey(host), volunteerKey(host), liveKey(host)];
    for (const cluster of world.clusters) {
      this.#write(cluster, ...keys.map((key) => ({ type: "delete", key } as const)));
    }
    world.time.after(this.#chance.between(1000, OUT_MS), () => this.#castOut.delete(machine));
  }

  /** All are let in. */
  settle(): void {
    this.#castOut.clear();
  }

  /** Somebody has changed its program: it says that it would run etcd, which it could not. */
  #offerItself({ disk: { id }, settings: { host, clientUrls, peerUrls } }: Machine): void {
    const world = this.#world;
    for (const cluster of world.clusters) {
      const { leader } = cluster;
      if (leader === undefined) continue;
      const lease = cluster.execute(leader, { type: "grant", ttlMs: 20_000 }, world.now, id);
      if (typeof lease === "string" || !lease.ok) continue;
      world.note(() => `-- ${host} offers to run etcd, which it cannot`);
      const value = write({ clientUrls, peerUrls });
      const put = {
        ...{ type: "put", key: volunteerKey(host), value } as const,
        lease: (lease.value as Lease).id,
      };
      const transaction = { when: [], then: [put] };
      cluster.execute(leader, { type: "transact", transaction }, world.now, id);
      world.pumpAll(cluster);
    }
  }

  /** Somebody who is root changes users by hand, or an earlier leader's call comes late. */
  #tamper(): void {
    for (const { rights, leader } of this.#world.clusters) {
      if (leader === undefined || !rights.enabled) continue;
      const user = this.#chance.pick([...rights.users.keys(), "abc123"]);
      if (user === "root") continue;
      const isThere = rights.users.has(user);
      this.#world.note(() => `-- the user ${user} is ${isThere ? "removed" : "added"} by hand`);
      rights.change({ type: isThere ? "delete-user" : "add-user", user });
    }
  }

  #look(): void {
    const world = this.#world;
    world.time.after(LOOK_MS, () => this.#look());
    for (const machine of world.machines) {
      if (!machine.settings.server) machine.isStranger = !this.#certified.has(machine.disk.id);
    }
    for (const cluster of world.clusters) {
      // Only a leader lets anybody in, and no leader does before rights are in force.
      if (!cluster.rights.enabled || cluster.data.get(leaderKey()) === undefined) continue;
      for (const machine of world.machines) this.#letIn(cluster, machine);
    }
  }

  #letIn(cluster: EtcdModel, machine: Machine): void {
    const { settings: { host, server }, disk: { id } } = machine;
    // Who is out, or on its way, needs no name.
    if (this.#castOut.has(machine) || machine.isOut || machine.order?.leave === true) return;
    const key = bindingKey(host);
    const found = cluster.data.get(key);
    const bound = read.binding(found?.value);
    // Nor does anybody get the name of a host that is there.
    const there = read.live(cluster.data.get(liveKey(host))?.value)?.id;
    if (bound?.id === id || this.#isOthers(machine, bound?.id)) return;
    if (there !== undefined && this.#isOthers(machine, there)) return;
    // Where a disk was lost the operator has said so.
    this.#world.note(() => `-- ${host} is bound to ${id}`);
    const role = server ? "server" : "host";
    this.#certified.add(id);
    machine.isStranger = false;
    this.#write(cluster, { type: "put", key, value: write({ id, role }) });
  }

  /** Of two with one name the other has it. */
  #isOthers(machine: Machine, id: string | undefined): boolean {
    return this.#world.machines.some((each) =>
      each !== machine && each.settings.host === machine.settings.host && each.disk.id === id
    );
  }

  #write(cluster: EtcdModel, ...then: readonly StoreOperation[]): void {
    const { leader } = cluster;
    const transaction = { when: [], then };
    if (leader === undefined) return;
    cluster.execute(leader, { type: "transact", transaction }, this.#world.now);
    this.#world.pumpAll(cluster);
  }
}
