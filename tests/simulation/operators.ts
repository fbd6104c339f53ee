/**
 * What the operators of simulated hosts order: to leave, to come back, to go to another cluster. With
 * chance of their own, so that what else happens is the same whether there are any or not.
 *
 * @module
 */

import type { HostOrder } from "../../src/cluster/admin/order_follower.ts";
import { agentDies, powerOn, wipeDisk } from "./faults.ts";
import type { Machine } from "./machine.ts";
import { Chance } from "./random.ts";
import type { World } from "./world.ts";

/** How often one of them orders something when a fault strikes. */
const OFTEN = 0.5;
const NOWHERE = "http://nowhere:2379";

/** Leaves an order for a machine's program, which may have to be started before it obeys. */
export function giveOrder(world: World, machine: Machine, order: Partial<HostOrder>): void {
  const { volunteer = true, left = false, out = left } = machine.order ?? {};
  machine.order = {
    id: `order ${++machine.orders} of ${machine}`,
    volunteer,
    leave: false,
    ...(order.leave === true && out ? { out } : {}),
    ...order,
  };
  world.wishedAt = world.now;
  world.look(machine);
}

/** All operators of a fleet. */
export class Operators {
  readonly #world: World;
  readonly #chance: Chance;

  constructor(world: World, seed: number) {
    this.#world = world;
    this.#chance = new Chance(seed + 99);
    world.hasOperators = this.#chance.happens(0.4);
  }

  /** One of them may order something. */
  act(): void {
    const world = this.#world;
    if (!world.hasOperators || !this.#chance.happens(OFTEN)) return;
    const machine = this.#chance.pick(world.machines);
    // Of copies nobody knows which one hears it.
    if (machine.program === undefined || machine.copied) return;
    if (machine.isOut) this.#back(machine);
    else if (this.#chance.happens(0.2)) this.#move(machine);
    else this.#leave(machine);
  }

  /** Faults are over: some who have left come back, and who waits for what is gone is told so. */
  settle(part = 0.5): void {
    const world = this.#world;
    if (!world.hasOperators) return;
    const isOver = world.clusters.every((cluster) => cluster.ended);
    // Where they know of one host only, those who are left may not find each other.
    const all = isOver || world.machines.some(({ settings }) => settings.seeds.length < 2);
    for (const machine of world.machines) {
      const gaveUp = machine.order?.lost === true;
      if (machine.isOut && (all || gaveUp || this.#chance.happens(part))) this.#back(machine);
      else this.#giveUp(machine);
    }
  }

  /** A host that was away when the last of its cluster left is told that this is gone. */
  #giveUp(machine: Machine): void {
    const world = this.#world;
    const gone = world.clusters.find(({ id }) => id === machine.disk.clusterId);
    const { order } = machine;
    if (this.#waitsForNobody(machine)) return this.#anew(machine);
    if (gone?.ended !== true || machine.isOut || order?.leave && order.lost) return;
    if (machine.program !== undefined && !machine.copied) {
      world.note(() => `-- ${machine} is to give up its lost cluster`);
      return giveOrder(world, machine, { leave: true, lost: true });
    }
    this.#anew(machine);
  }

  /** It was sent to where nobody is, and belongs to no cluster any more. */
  #waitsForNobody({ disk, isOut, agent }: Machine): boolean {
    const nowhere = disk.clusterId === undefined && disk.endpoints.includes(NOWHERE);
    return nowhere && !isOut && agent !== undefined;
  }

  #anew(machine: Machine): void {
    const world = this.#world;
    world.note(() => `-- the lost cluster of ${machine} is moved away`);
    wipeDisk(world, machine);
    powerOn(world, machine);
  }

  #leave(machine: Machine): void {
    const world = this.#world;
    world.note(() => `-- ${machine} is to leave`);
    giveOrder(world, machine, { leave: true });
    if (!this.#chance.happens(0.4)) return;
    // Between two steps of leaving; what it had begun is then left as it is.
    const steps = this.#chance.below(60);
    machine.callsLeft = { count: steps, then: () => agentDies(world, machine) };
  }

  /** All that a fleet with one cluster can be told: to go nowhere, or where it is. */
  #move(machine: Machine): void {
    const world = this.#world;
    const isHere = this.#chance.happens(0.5);
    const lost = this.#chance.happens(0.3);
    const urls = isHere ? [this.#chance.pick(world.machines).clientUrl] : [NOWHERE];
    world.note(() => `-- ${machine} is to go to ${urls}${lost ? ", its cluster being lost" : ""}`);
    giveOrder(world, machine, { leave: true, join: { urls, lost } });
  }

  #back(machine: Machine): void {
    this.#world.note(() => `-- ${machine} is to come back`);
    giveOrder(this.#world, machine, { volunteer: true });
  }
}
