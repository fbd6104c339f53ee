/**
 * Anybody may write anything to the control keys: the cluster goes on, and says what it found.
 */

import { assert, assertEquals } from "@std/assert";
import {
  hostKeys,
  idealSizeKey,
  leaderKey,
  liveKey,
  operationKey,
} from "../../src/cluster/store/keys.ts";
import { read } from "../../src/cluster/store/records.ts";
import { PATIENCE } from "../../src/cluster/leader/view.ts";
import { allInvariants } from "./invariants/all.ts";
import type { KeyValues } from "./key_values.ts";
import { World } from "./world.ts";

/** Hosts that form a cluster, and the first of its data. */
async function fleet(count: number): Promise<{ world: World; data: KeyValues }> {
  const world = new World(1, allInvariants());
  world.trace = [];
  for (let index = 0; index < count; index++) {
    const machine = world.addMachine({
      host: `h${index}`,
      seeds: index === 0 ? [] : ["http://m0:2379"],
      clientUrls: [`http://m${index}:2379`],
      peerUrls: [`http://m${index}:2380`],
      server: true,
      volunteer: true,
      patience: PATIENCE,
    });
    world.startAgent(machine);
  }
  await world.time.runUntil(30_000, () => false);
  return { world, data: world.clusters[0]!.data };
}

function put(data: KeyValues, key: string, value: string): void {
  data.transact({ when: [], then: [{ type: "put", key, value }] });
}

function leads(data: KeyValues): boolean {
  const entry = data.get(leaderKey());
  return entry?.lease !== undefined && read.leader(entry.value) !== undefined;
}

function said({ trace }: World, text: string): number {
  return (trace ?? []).filter((line) => line.includes(text)).length;
}

async function passes(world: World, ms: number): Promise<void> {
  await world.time.runUntil(world.now + ms, () => world.violation !== undefined);
  assertEquals(world.violation, undefined);
}

for (const count of [1, 3]) {
  Deno.test(`garbage in ctl/leader is removed and somebody leads again: ${count} hosts`, async () => {
    const { world, data } = await fleet(count);
    assert(leads(data));
    const good = data.get(leaderKey())!.value;
    for (const value of ["xyz", "", "{}", good]) {
      put(data, leaderKey(), value);
      assert(!leads(data));
      await passes(world, 10_000);
      assert(leads(data), `${value}: ${JSON.stringify(data.get(leaderKey()))}`);
    }
    assertEquals(said(world, "removed /_mgmt/ctl/leader"), 4);
    assert(said(world, "leads the cluster no longer") > 0, "who leads no more says so");
    assertEquals(said(world, 'removed /_mgmt/ctl/leader ("xyz"), which no host'), 1);
  });
}

Deno.test("garbage in ctl/leader is removed also where nobody led", async () => {
  const { world, data } = await fleet(3);
  const leader = world.machines.find(({ agent }) => agent?.status().leads !== undefined)!;
  world.killAgent(leader);
  put(data, leaderKey(), "xyz");
  await passes(world, 15_000);
  assert(leads(data));
});

Deno.test("garbage in the journal is removed, garbage as the size is said once", async () => {
  const { world, data } = await fleet(3);
  put(data, operationKey(), "garbage");
  put(data, idealSizeKey(), "many");
  await passes(world, 10_000);
  assertEquals(data.get(operationKey()), undefined);
  assertEquals(said(world, 'removes /_mgmt/ctl/op ("garbage")'), 1);
  assertEquals(
    said(world, '/_mgmt/idealClusterSize is "many", not a number from 1 to 99: 5 members wanted'),
    1,
  );
  put(data, idealSizeKey(), "3");
  await passes(world, 5000);
  put(data, idealSizeKey(), "0");
  await passes(world, 5000);
  assertEquals(said(world, "/_mgmt/idealClusterSize is"), 2);
});

Deno.test("garbage under a host's name is taken over when the host comes", async () => {
  const { world, data } = await fleet(1);
  put(data, liveKey("h9"), "garbage");
  put(data, liveKey("h8"), JSON.stringify({ id: "of a host that is long gone" }));
  for (const [index, host] of ["h9", "h8"].entries()) {
    const machine = world.addMachine({
      host,
      seeds: ["http://m0:2379"],
      clientUrls: [`http://m${index + 1}:2379`],
      peerUrls: [`http://m${index + 1}:2380`],
      server: false,
      volunteer: false,
      patience: PATIENCE,
    });
    world.startAgent(machine);
    await passes(world, 5000);
    assertEquals(read.live(data.get(liveKey(host))?.value)?.id, machine.disk.id);
    assert(data.get(liveKey(host))?.lease !== undefined);
  }
});

Deno.test("what a running host keeps is written again when it was overwritten or removed by hand, and nobody is removed for that", async () => {
  const { world, data } = await fleet(3);
  const before = said(world, "decided: remove");
  for (const host of ["h0", "h1", "h2"]) {
    for (const key of hostKeys(host)) {
      const good = data.get(key)?.value;
      assert(good !== undefined, key);
      for (const spoil of ["garbage", undefined]) {
        if (spoil === undefined) data.transact({ when: [], then: [{ type: "delete", key }] });
        else put(data, key, spoil);
        await passes(world, 3000);
        const found = data.get(key);
        assertEquals(found?.value, good, `${key} ${spoil}`);
        assert(found?.lease !== undefined, key);
      }
    }
  }
  await passes(world, 200_000);
  assertEquals(said(world, "decided: remove"), before);
  assertEquals(said(world, "no longer volunteers"), 0);
});
