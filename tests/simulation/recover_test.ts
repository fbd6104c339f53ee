/** A majority is lost, one host recovers, and the others come back with old data, or with none. */

import { assertEquals } from "@std/assert";
import { PATIENCE } from "../../src/cluster/leader/view.ts";
import { powerOff, powerOn, wipeDisk } from "./faults.ts";
import { allInvariants } from "./invariants/all.ts";
import { recoverOn, whyNotRecoverOn } from "./recovery.ts";
import { problemOf } from "./rest.ts";
import { World } from "./world.ts";

const SEEDS = 30;
const SETTLES_MS = 240_000;

async function fleet(seed: number): Promise<World> {
  const world = new World(seed, allInvariants());
  world.trace = [];
  world.hasOperators = true;
  const count = world.chance.pick([3, 3, 5]);
  const urls = Array.from({ length: count }, (_, index) => `http://m${index}:2379`);
  for (const [index, url] of urls.entries()) {
    world.startAgent(world.addMachine({
      host: `h${index}`,
      seeds: urls.filter((each) => each !== url),
      clientUrls: [url],
      peerUrls: [`http://m${index}:2380`],
      server: true,
      volunteer: true,
      patience: PATIENCE,
    }));
  }
  await world.time.runUntil(40_000);
  world.work.over = true;
  await world.time.runUntil(60_000);
  return world;
}

Deno.test(`of ${SEEDS} clusters that lost their majority each is whole again after mgmt cluster recover`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const world = await fleet(seed);
    const { chance, machines, time } = world;
    const story = () => `seed ${seed}\n${world.trace?.slice(-60).join("\n")}`;
    assertEquals(problemOf(world), undefined, story());
    const clusterId = machines[0]!.disk.clusterId;
    const [survivor, ...others] = machines.toSorted(() => chance.unit() - 0.5);
    assertEquals((await whyNotRecoverOn(world, survivor!))?.code, "majority", story());
    const lost = others.slice(0, Math.ceil(machines.length / 2));
    const left = others.slice(lost.length);
    for (const machine of lost) powerOff(world, machine);
    await time.runUntil(world.now + chance.between(100, 60_000));
    powerOff(world, survivor!);
    const isLeft = left.some(({ process }) => process !== undefined);
    const refusal = isLeft ? "member-runs" : undefined;
    assertEquals((await whyNotRecoverOn(world, survivor!))?.code, refusal, story());
    for (const machine of left) powerOff(world, machine);
    assertEquals(await recoverOn(world, survivor!), undefined, story());
    world.startAgent(survivor!);
    await time.runUntil(world.now + 20_000);
    assertEquals(survivor!.agent?.status().answers, true, story());
    for (const machine of chance.happens(0.5) ? others : others.toReversed()) {
      if (chance.happens(0.5)) wipeDisk(world, machine);
      powerOn(world, machine);
      await time.runUntil(world.now + chance.between(0, 5000));
    }
    const isWell = () => problemOf(world) === undefined || world.violation !== undefined;
    while (!isWell() && world.now < SETTLES_MS * 2) await time.runUntil(world.now + 500);
    assertEquals(world.violation ?? problemOf(world), undefined, story());
    assertEquals(
      new Set(machines.map(({ disk }) => disk.clusterId)),
      new Set([clusterId]),
      story(),
    );
  }
});
