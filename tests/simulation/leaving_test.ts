/** Hosts that are ordered to leave, and are killed between any two steps of it. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { PATIENCE } from "../../src/cluster/leader/view.ts";
import { agentDies, powerOff, powerOn, wipeDisk } from "./faults.ts";
import { allInvariants } from "./invariants/all.ts";
import type { Machine } from "./machine.ts";
import { giveOrder } from "./operators.ts";
import { World } from "./world.ts";

/** So many machines that found a cluster with each other; a spare one could take a place. */
async function fleet(count: number): Promise<World> {
  const world = new World(1, allInvariants());
  world.trace = [];
  world.hasOperators = true;
  const urls = Array.from({ length: count }, (_, index) => `http://m${index}:2379`);
  for (const [index, url] of urls.entries()) {
    world.startAgent(world.addMachine({
      host: `h${index}`,
      seeds: urls.filter((each) => each !== url),
      clientUrls: [url],
      peerUrls: [`http://m${index}:2380`],
      server: true,
      volunteer: true,
      idealSize: 3,
      patience: PATIENCE,
    }));
  }
  await world.time.runUntil(30_000);
  return world;
}

for (const [count, lost] of [[1, false], [2, false], [4, false], [3, true]] as const) {
  const how = lost ? "giving up what is lost" : "leaving";
  Deno.test(`who is killed between two steps of ${how} has left after a restart: ${count} hosts`, async () => {
    for (let steps = 0;; steps++) {
      const world = await fleet(count);
      const machine = world.machines[0]!;
      for (const other of lost ? world.machines.slice(1) : []) wipeDisk(world, other);
      let wasKilled = false;
      const then = () => {
        wasKilled = true;
        agentDies(world, machine);
      };
      giveOrder(world, machine, { leave: true, ...(lost ? { lost } : {}) });
      machine.callsLeft = { count: steps, then };
      await world.time.runUntil(
        world.now + 120_000,
        () => machine.isOut && machine.program !== undefined,
      );
      const story = world.trace?.slice(-40).join("\n");
      assert(
        machine.isOut,
        `killed after ${steps} steps it did not leave: ${machine.said}\n${story}`,
      );
      assertEquals(world.violation, undefined, story);
      assertEquals([...machine.directories.keys()], []);
      if (!wasKilled) break;
    }
  });
}

Deno.test("who turns out to be a copy as it leaves is refused, and waits for nothing that is another's", async () => {
  const world = await fleet(4);
  const machine = world.machines[1]!;
  const copy = world.copyMachine(machine, false);
  // The copy has the name while the original is away, which then finds that out as it leaves.
  powerOff(world, machine);
  world.startAgent(copy);
  await world.time.runUntil(world.now + 60_000);
  powerOn(world, machine);
  giveOrder(world, machine, { leave: true });
  const isSaid = () => machine.said.startsWith("refused: ");
  await world.time.runUntil(world.now + 60_000, isSaid);
  assertStringIncludes(machine.said, "this host's state is a copy");
  assertEquals(machine.order?.leave, false);
  assertEquals(world.violation, undefined);
});

Deno.test("who is to go where it is, in the middle of leaving, offers itself again", async () => {
  const world = await fleet(3);
  const machine = world.machines[0]!;
  giveOrder(world, machine, { leave: true });
  await world.time.runUntil(world.now + 10_000, () => !machine.offersTo);
  assertEquals(machine.offersTo, false, machine.said);
  const urls = [world.machines[1]!.clientUrl];
  giveOrder(world, machine, { leave: true, join: { urls, lost: false } });
  await world.time.runUntil(world.now + 10_000, () => machine.order?.leave === false);
  assertEquals([machine.order?.leave, machine.offersTo], [false, true], machine.said);
  assertEquals(world.violation, undefined);
});

Deno.test("who is killed between two steps of going to another cluster gets there after a restart", async () => {
  for (let steps = 0;; steps++) {
    const world = await fleet(1);
    const machine = world.machines[0]!;
    const other = world.addMachine({
      ...machine.settings,
      host: "other",
      clientUrls: ["http://other:2379"],
      peerUrls: ["http://other:2380"],
    });
    world.startAgent(other);
    await world.time.runUntil(world.now + 5000);
    let wasKilled = false;
    const then = () => {
      wasKilled = true;
      agentDies(world, machine);
    };
    giveOrder(world, machine, {
      leave: true,
      join: { urls: other.settings.clientUrls, lost: false },
    });
    machine.callsLeft = { count: steps, then };
    const isThere = () =>
      machine.disk.clusterId === other.disk.clusterId && machine.order?.leave === false;
    await world.time.runUntil(world.now + 120_000, isThere);
    const story = `killed after ${steps} steps\n${world.trace?.slice(-40).join("\n")}`;
    assert(isThere(), story);
    assertEquals(world.violation, undefined, story);
    if (!wasKilled) break;
  }
});

/** A founder that names nobody, and one that names it, neither started yet. */
function pair(): readonly [World, Machine, Machine] {
  const world = new World(1, allInvariants());
  world.trace = [];
  world.hasOperators = true;
  const [founder, other] = [0, 1].map((index) =>
    world.addMachine({
      host: `h${index}`,
      seeds: index === 0 ? [] : ["http://m0:2379"],
      clientUrls: [`http://m${index}:2379`],
      peerUrls: [`http://m${index}:2380`],
      server: true,
      volunteer: true,
      idealSize: 1,
      patience: PATIENCE,
    })
  ) as [Machine, Machine];
  world.startAgent(founder);
  return [world, founder, other];
}

Deno.test("the last member does not end its cluster where another host comes while it leaves", async () => {
  const [world, founder, other] = pair();
  await world.time.runUntil(30_000);
  powerOff(world, founder);
  giveOrder(world, founder, { leave: true });
  powerOn(world, founder);
  // It has its name, and so its exports, again when the lease of the run before is over.
  await world.time.runUntil(world.now + 10_000, () => founder.said.includes("withdraws"));
  world.startAgent(other);
  await world.time.runUntil(world.now + 120_000, () => founder.isOut);
  await world.time.runUntil(world.now + 30_000);
  const story = world.trace?.slice(-30).join("\n");
  assertEquals(world.violation, undefined, story);
  assertEquals([founder.isOut, world.clusters.length], [true, 1], story);
  assertEquals(other.disk.clusterId, world.clusters[0]?.id, story);
  assertEquals(world.clusters[0]?.ended, false, story);
});

Deno.test("a founder that hears nothing as it leaves founds no second cluster when it comes back", async () => {
  const [world, founder, other] = pair();
  world.startAgent(other);
  await world.time.runUntil(30_000);
  giveOrder(world, founder, { leave: true });
  await world.time.runUntil(world.now + 60_000, () => founder.stops);
  // The other one has taken its place since it asked whether it may go.
  for (const [from, to] of [[0, 1], [1, 0]] as const) world.network.cut(from, to);
  await world.time.runUntil(world.now + 60_000, () => founder.isOut);
  assert(founder.isOut, founder.said);
  giveOrder(world, founder, { volunteer: true });
  await world.time.runUntil(world.now + 20_000);
  world.network.heal();
  await world.time.runUntil(world.now + 20_000);
  const story = world.trace?.slice(-20).join("\n");
  assertEquals(world.violation, undefined, story);
  assertEquals(world.clusters.length, 1, story);
  assertEquals(founder.disk.clusterId, world.clusters[0]?.id, story);
});
