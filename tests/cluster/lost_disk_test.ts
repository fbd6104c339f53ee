/** Hosts that lost their disks, and hosts with the name of another. */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Fleet } from "../support/fleet.ts";

Deno.test("a host loses its disk, or has another's name: one cluster, and nothing acknowledged is lost", async (t) => {
  await using fleet = await Fleet.boot(3);
  const [a, b, c] = fleet.hosts;
  assert(a !== undefined && b !== undefined && c !== undefined);
  // Who lost its disk is waited for no longer than that.
  await fleet.start(fleet.hosts, "--dead-after", "5");
  await fleet.voters(fleet.hosts);
  await fleet.exchangeAll();
  const clusters = fleet.clusters();
  const members = await fleet.memberIds();
  const writer = fleet.write();

  await t.step("a host whose disk was wiped comes back, and is told from the old one", async () => {
    await a.wipe();
    await a.start();
    await fleet.exchangeAll();
    await fleet.voters(fleet.hosts);
    assertEquals(fleet.clusters(), clusters);
    assert(!a.log.includes("founds"), a.log);
    const now = await fleet.memberIds();
    assertEquals(now.split(",").filter((id) => members.includes(id)).length, 2);
    assertNotEquals(now, members);
  });
  await t.step("a host that is called as another one is refused, and harms nobody", async () => {
    const before = await fleet.memberIds();
    await c.stop();
    await c.wipe();
    await c.start("--seeds", fleet.urls(), "--dead-after", "5", "--hostname", b.name);
    await c.says(`the name ${b.name} is taken by another host of this cluster`);
    await fleet.exchange(a, [a, b]);
    await fleet.exchange(b, [a, b]);
    await writer.goesOn();
    for (const id of (await fleet.memberIds()).split(",")) assert(before.includes(id), id);
    await c.wipe();
    await c.start("--seeds", fleet.urls(), "--dead-after", "5");
    await fleet.voters(fleet.hosts);
    await fleet.exchangeAll();
  });
  await writer.goesOn();
  await fleet.nothingLost();
  assertEquals(fleet.clusters(), clusters);
});
