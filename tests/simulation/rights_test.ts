/** Clusters that have rights: fleets with faults, every range a host asks for, and what the leader keeps. */

import { assert, assertEquals } from "@std/assert";
import { castOutIn, evicting } from "../../src/cluster/leader/evictions.ts";
import {
  bindingKey,
  exportedKey,
  liveKey,
  revokedKey,
  ROOT_KEY,
} from "../../src/cluster/store/keys.ts";
import { commonGrants, isGranted, ownGrants } from "../../src/cluster/store/rights.ts";
import type { StoreTransaction } from "../../src/cluster/store/store.ts";
import { PATIENCE } from "../../src/cluster/leader/view.ts";
import { ExchangeWorld } from "../support/exchange_world.ts";
import { Access } from "./access.ts";
import { agentDies } from "./faults.ts";
import type { Invariant } from "./invariant.ts";
import { invariantsWithRights } from "./invariants/all.ts";
import type { Machine } from "./machine.ts";
import { type Need, needsOf, ROOT } from "./model_rights.ts";
import { giveOrder } from "./operators.ts";
import { simulate } from "./simulate.ts";
import { World } from "./world.ts";

const SEEDS = 60;

Deno.test(`${SEEDS} fleets with rights live through faults with all invariants (deno task sim --rights)`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { violation } = await simulate(seed, { rights: true });
    assertEquals(violation, undefined, `again: deno task sim --seeds 1 --seed ${seed} --rights`);
  }
});

/** Who lets hosts in. */
const doors = new WeakMap<World, Access>();

/** One that runs etcd, and hosts that never do. */
function fleet(hosts: number, more: readonly Invariant[] = []): World {
  const world = new World(1, [...invariantsWithRights(), ...more]);
  world.trace = [];
  world.hasOperators = true;
  doors.set(world, new Access(world, 1));
  for (let index = 0; index <= hosts; index++) {
    const server = index === 0;
    world.startAgent(world.addMachine({
      host: `h${index}`,
      seeds: server ? [] : ["http://m0:2379"],
      clientUrls: [`http://m${index}:2379`],
      peerUrls: [`http://m${index}:2380`],
      server,
      keepsRights: server,
      volunteer: true,
      patience: PATIENCE,
    }));
  }
  return world;
}

/** What is asked for, with `H` for the own name. */
function named({ range: { from, to }, access }: Need, host: string): string {
  const key = from.slice(ROOT_KEY.length)
    .replace(new RegExp(`/${host}(?=/|$)`), "/H").replace(/(?<=^wanted\/H\/)[0-9a-f]+$/, "ID")
    .replace(/(?<=^exported\/H\/resources\/).+$/, "KIND/NAME").replace(
      /(?<=^exported\/)[^H/]+/,
      "OTHER",
    );
  return `${access} ${to === `${from}\0` ? key : `${key}*`}`;
}

Deno.test("every range that a host asks for stands in the table of rights", async () => {
  const asked = new Map<string, { need: Need; host: string }>();
  const note = (host: string, needs: readonly Need[] | undefined) => {
    assert(needs !== undefined, `${host} asks for what only root may do`);
    for (const need of needs) asked.set(named(need, host), { need, host });
  };
  const recorder: Invariant = {
    name: "records",
    see(event) {
      if (event.type !== "asked" || event.machine.user === ROOT) return undefined;
      note(event.machine.settings.host, needsOf(event.call));
      return undefined;
    },
  };
  const world = fleet(2, [recorder]);
  await world.time.runUntil(60_000);
  const [, one, two] = world.machines as [Machine, Machine, Machine];
  // Its copy asks whether it lives; one wants a place, one leaves.
  world.startAgent(world.copyMachine(one, false));
  const wish = { want: 1, name: "s", size: 1, resource: "x", mayGo: false };
  world.send(two, { type: "want", wish });
  await world.time.runUntil(100_000);
  giveOrder(world, two, { leave: true });
  await world.time.runUntil(160_000, () => two.isOut);
  assertEquals([world.violation, two.isOut], [undefined, true], world.trace?.slice(-30).join("\n"));
  const exchange = new ExchangeWorld();
  const of = (host: string) => ({
    asked: (call: Parameters<typeof needsOf>[0]) => note(host, needsOf(call)),
  });
  const a = exchange.start("a", { rules: [{ graceSeconds: 60 }], ...of("a") });
  await a.exports({ x: "1" });
  const b = exchange.start("b", { rules: [{ host: "a" }], shares: { v: 1 }, ...of("b") });
  await exchange.until(() => b.has.includes("a/x=1"), () => `it has ${b.has}`);
  b.shares({});
  a.stop();
  await exchange.passes(1000);
  const lines = [...asked.keys()].sort();
  console.log(lines.join("\n"));
  for (const [line, { need, host }] of asked) {
    const grants = [...commonGrants(), ...ownGrants(host)];
    assert(isGranted(grants, need.range, need.access), `not in the table: ${line}`);
  }
  // The test would hold nothing if nobody had asked.
  for (
    const line of [
      "read exported/*",
      "read exported/OTHER/*",
      "write exported/H/resources/KIND/NAME",
      "write live/H",
      "read live/*",
      "write claims/H",
      "write wanted/H/ID",
      "read granted/H/*",
      "read ctl/leader",
    ]
  ) assert(lines.includes(line), `${line} is missing in\n${lines.join("\n")}`);
});

Deno.test("rights end within a second of the binding, and the name is another's then", async () => {
  const world = fleet(1);
  await world.time.runUntil(30_000);
  const [cluster] = world.clusters;
  const machine = world.machines[1]!;
  const { rights } = cluster!;
  const may = () => rights.users.has(machine.disk.id);
  assertEquals(may(), true);
  giveOrder(world, machine, { leave: true });
  await world.time.runUntil(world.now + 20_000, () => machine.isOut);
  await world.time.runUntil(world.now + 1000, () => !may());
  assertEquals([machine.isOut, may()], [true, false]);
  assertEquals(cluster?.data.get(bindingKey("h1")), undefined);
  assertEquals(cluster?.data.get(liveKey("h1")), undefined);
  assertEquals(world.violation, undefined);
});

Deno.test("who is killed between two steps of giving rights, the next start does the rest", async () => {
  for (let count = 0;; count++) {
    const world = fleet(1);
    const [server, host] = world.machines as [Machine, Machine];
    let wasKilled = false;
    server.callsLeft = {
      count,
      then: () => {
        wasKilled = true;
        agentDies(world, server);
      },
    };
    const isIn = () => host.agent?.status().registered === true;
    await world.time.runUntil(120_000, isIn);
    const story = `killed after ${count} calls\n${world.trace?.slice(-40).join("\n")}`;
    assert(isIn(), story);
    await world.time.runUntil(world.now + 5000);
    assertEquals(world.violation, undefined, story);
    assertEquals([...world.clusters[0]!.rights.users.keys()].sort(), [host.disk.id, ROOT].sort());
    if (!wasKilled) break;
    if (count > 200) break;
  }
});

Deno.test("who is cast out is told and has no rights within a second; where the leader is killed on the way, its next start does the rest", async () => {
  for (let count = 0;; count++) {
    const world = fleet(1);
    const [server, host] = world.machines as [Machine, Machine];
    await world.time.runUntil(30_000, () => host.agent?.status().registered === true);
    const [cluster] = world.clusters;
    const leader = cluster?.leader;
    assert(cluster !== undefined && leader !== undefined);
    doors.get(world)?.keepOut(host);
    const { id } = host.disk;
    const write = (transaction: StoreTransaction, user?: string) => {
      const done = cluster.execute(leader, { type: "transact", transaction }, world.now, user);
      world.pumpAll(cluster);
      return typeof done !== "string" && done.ok;
    };
    const bindings = [cluster.data.get(bindingKey("h1"))!];
    const orderedAt = world.now;
    assert(write(evicting({ host: "h1", id, bindings, revoked: undefined }, 0)));
    // It is a bad one: it writes as long as it can.
    const exported = exportedKey("h1", "file", "x");
    const mayWrite = () =>
      write({ when: [], then: [{ type: "put", key: exported, value: "1" }] }, id);
    let wasKilled = false;
    server.callsLeft = {
      count,
      then: () => {
        wasKilled = true;
        agentDies(world, server);
      },
    };
    const isOver = () => castOutIn(cluster.data.get(revokedKey()))[0]?.isGone === true;
    const writes = () => {
      if (isOver()) return;
      mayWrite();
      world.time.after(10, writes);
    };
    writes();
    await world.time.runUntil(world.now + 120_000, isOver);
    const story = `killed after ${count} calls\n${world.trace?.slice(-40).join("\n")}`;
    assert(isOver(), story);
    if (!wasKilled) assert(world.now - orderedAt < 1000, `${world.now - orderedAt} ms\n${story}`);
    assertEquals([mayWrite(), cluster.data.get(exported)], [false, undefined], story);
    assertEquals(cluster.rights.users.has(id), false, story);
    assertEquals(host.agent?.status().phase.type, "outcast", story);
    assertEquals(cluster.data.get(liveKey("h1")), undefined, story);
    await world.time.runUntil(world.now + 5000);
    assertEquals(world.violation, undefined, story);
    if (!wasKilled) break;
    if (count > 200) break;
  }
});

for (const how of ["forgotten", "cast out"]) {
  Deno.test(`who was ${how} while it runs leaves at once: nobody would hear of it`, async () => {
    const world = fleet(1);
    const [, host] = world.machines as [Machine, Machine];
    await world.time.runUntil(30_000, () => host.agent?.status().registered === true);
    const [cluster] = world.clusters;
    const leader = cluster?.leader;
    assert(cluster !== undefined && leader !== undefined);
    doors.get(world)?.keepOut(host);
    const bindings = [cluster.data.get(bindingKey("h1"))!];
    const gone = [bindingKey("h1"), liveKey("h1")].map((key) => ({ type: "delete", key } as const));
    const transaction = how === "forgotten"
      ? { when: [], then: gone }
      : evicting({ host: "h1", id: host.disk.id, bindings, revoked: undefined }, 0);
    cluster.execute(leader, { type: "transact", transaction }, world.now);
    world.pumpAll(cluster);
    await world.time.runUntil(world.now + 3000);
    giveOrder(world, host, { leave: true });
    const orderedAt = world.now;
    await world.time.runUntil(world.now + 60_000, () => host.isOut);
    const story = `${host.said}\n${world.trace?.slice(-30).join("\n")}`;
    assert(host.isOut && world.now - orderedAt < 10_000, `${world.now - orderedAt} ms: ${story}`);
    assertEquals(world.violation, undefined, story);
  });
}
