/**
 * The state of a host that was copied: of all agents with one identity one has a part in the cluster,
 * and no copy ends the one that has it.
 */

import { assert, assertEquals } from "@std/assert";
import { liveKey } from "../../src/cluster/store/keys.ts";
import { read } from "../../src/cluster/store/records.ts";
import { PATIENCE } from "../../src/cluster/leader/view.ts";
import { powerOff } from "./faults.ts";
import { allInvariants } from "./invariants/all.ts";
import type { Machine } from "./machine.ts";
import { World } from "./world.ts";

/** Three members, of which one is to be copied. */
async function fleet(): Promise<{ world: World; original: Machine }> {
  const world = new World(1, allInvariants());
  world.trace = [];
  for (let index = 0; index < 3; index++) {
    world.startAgent(world.addMachine({
      host: `h${index}`,
      seeds: index === 0 ? [] : ["http://m0:2379"],
      clientUrls: [`http://m${index}:2379`],
      peerUrls: [`http://m${index}:2380`],
      server: true,
      volunteer: true,
      patience: PATIENCE,
    }));
  }
  await world.time.runUntil(30_000);
  return { world, original: world.machines[1]! };
}

async function passes(world: World, ms: number): Promise<void> {
  await world.time.runUntil(world.now + ms, () => world.violation !== undefined);
  assertEquals(world.violation, undefined);
}

/** The power is there again, after another boot. */
function powerOn(world: World, machine: Machine): void {
  machine.powered = true;
  machine.bootId = `boot at ${world.now}`;
  world.startAgent(machine);
}

/** Exactly that one has the name and runs etcd; the others know what they are. */
function hasPart(world: World, owner: Machine): void {
  const { host } = owner.settings;
  const live = read.live(world.clusters[0]!.data.get(liveKey(host))?.value);
  assertEquals([live?.site?.path], [owner.site.path], world.trace?.slice(-8).join("\n"));
  for (const each of world.machines.filter(({ settings }) => settings.host === host)) {
    const { phase, registered } = each.agent!.status();
    const outcast = phase.type === "outcast" ? phase.why : undefined;
    const etcd = each.process !== undefined;
    const expected = each === owner ? [true, undefined, true] : [false, "copied", false];
    assertEquals([registered, outcast?.code, etcd], expected, `${each}`);
  }
}

function said({ trace }: World, text: string): number {
  return (trace ?? []).filter((line) => line.includes(text)).length;
}

Deno.test("an agent that is started again at once goes on without delay, one of a copy does not", async () => {
  const { world, original } = await fleet();
  world.killAgent(original);
  await passes(world, 500);
  world.startAgent(original);
  await passes(world, 300);
  hasPart(world, original);
  const copy = world.copyMachine(original, true);
  world.startAgent(copy);
  await passes(world, 300);
  hasPart(world, original);
  assertEquals(
    said(world, "h1 already runs with it (on this machine, process 1, state in /m1)"),
    1,
  );
  assertEquals(said(world, "h1@1 a copy of this host's state was started"), 1);
});

Deno.test("a machine that reboots has its name again within a lease; then a copy is started", async () => {
  const { world, original } = await fleet();
  powerOff(world, original);
  await passes(world, 3000);
  powerOn(world, original);
  await passes(world, 16_000);
  assertEquals(original.agent?.status().registered, true);
  const copy = world.copyMachine(original, false);
  world.startAgent(copy);
  await passes(world, 300);
  hasPart(world, original);
  await passes(world, 120_000);
  hasPart(world, original);
  assertEquals(said(world, "h1@3 this host's state is a copy"), 1);
});

Deno.test("two containers of one kernel are told apart, whatever the numbers of their processes", async () => {
  const { world, original } = await fleet();
  world.killAgent(original);
  original.pidNamespace = "one";
  world.startAgent(original);
  await passes(world, 20_000);
  const copy = world.copyMachine(original, true);
  copy.pidNamespace = "other";
  copy.life = original.life - 1; // so that also the start of the process is the same
  world.startAgent(copy);
  await passes(world, 300);
  hasPart(world, original);
  assertEquals(said(world, "already runs with it (in another container of this machine"), 1);
});

Deno.test("a copy that was started first is the host, and its original the copy", async () => {
  const { world, original } = await fleet();
  powerOff(world, original);
  const copy = world.copyMachine(original, false);
  world.startAgent(copy);
  await passes(world, 1000);
  // The lease of its original still lasts, and nobody knows whether that lives.
  assertEquals(copy.agent?.status().registered, false);
  assertEquals(copy.process, undefined);
  await passes(world, 16_000);
  assertEquals(copy.agent?.status().registered, true);
  powerOn(world, original);
  await passes(world, 1000);
  hasPart(world, copy);
});

Deno.test("of three copies beside their original, and without it, one has a part", async () => {
  const { world, original } = await fleet();
  const copies = [false, true, false].map((sameBoot) => world.copyMachine(original, sameBoot));
  for (const copy of copies) world.startAgent(copy);
  await passes(world, 1000);
  hasPart(world, original);
  for (const machine of [original, ...copies]) powerOff(world, machine);
  await passes(world, 3000);
  for (const copy of copies) powerOn(world, copy);
  await passes(world, 20_000);
  powerOn(world, original);
  await passes(world, 1000);
  const owner = copies.find((copy) => copy.agent?.status().registered);
  assert(owner !== undefined, world.trace?.slice(-8).join("\n"));
  hasPart(world, owner);
});

Deno.test("a copy whose original is stopped afterwards does not come back by itself", async () => {
  const { world, original } = await fleet();
  const copy = world.copyMachine(original, false);
  world.startAgent(copy);
  await passes(world, 1000);
  hasPart(world, original);
  powerOff(world, original);
  await passes(world, 60_000);
  const phase = copy.agent?.status().phase;
  assertEquals(phase?.type === "outcast" && phase.why.code, "copied");
  assertEquals(copy.process, undefined);
});
