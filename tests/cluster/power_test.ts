/** Hosts without power, hosts that lost their disks, and hosts with the name of another. */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { all, Fleet } from "../support/fleet.ts";
import type { FleetHost } from "../support/fleet_host.ts";

/** Everybody loses power at the same moment. */
async function blackout(fleet: Fleet): Promise<void> {
  await all(fleet.hosts, (host) => host.testhost("crash", host.name));
  for (const host of fleet.hosts) host.forgetLog();
}

/** These hosts get power back, and start their agents in this order. */
async function powerOn(...order: FleetHost[]): Promise<void> {
  await all(order, (host) => host.testhost("on", host.name));
  for (const host of order) {
    await host.start();
    await host.heals();
  }
}

Deno.test("all hosts lose power, and later their disks: one cluster, and nothing acknowledged is lost", async (t) => {
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
  await writer.goesOn();
  const isAsBefore = async () => {
    await fleet.voters(fleet.hosts);
    await writer.goesOn();
    await fleet.exchangeAll();
    assertEquals(fleet.clusters(), clusters);
    assertEquals(await fleet.memberIds(), members, "somebody was replaced who was only off");
  };

  await t.step("all at once; one host is back long before the others", async () => {
    await blackout(fleet);
    await powerOn(c);
    // It waits for the others, and goes on with what it collected.
    // What came in the last moment before may be older again: healed is what is used now.
    await c.says(/uses what was collected \d+ s ago[^]*Recap/);
    await c.heals(`collected/of-${a.name}`);
    await powerOn(a, b);
    await isAsBefore();
  });
  await t.step("all at once; they come back in another order", async () => {
    await blackout(fleet);
    await powerOn(b, a, c);
    await isAsBefore();
  });
  await t.step("all at once; the first that is back has been the leader", async () => {
    const leader = await fleet.leader();
    const others = fleet.hosts.filter((host) => host !== leader);
    await blackout(fleet);
    await powerOn(leader, ...others);
    await isAsBefore();
  });
  await t.step(
    "all at once; two go on while the third stays off, which keeps its place",
    async () => {
      const away = await fleet.leader();
      const others = fleet.hosts.filter((host) => host !== away);
      await blackout(fleet);
      await powerOn(...others);
      await fleet.exchange(others[0]!, others);
      await fleet.exchange(others[1]!, others);
      await writer.goesOn();
      await powerOn(away);
      await isAsBefore();
    },
  );
  await t.step("all are shut down one after the other, and are all back at once", async () => {
    for (const host of [b, c, a]) await host.testhost("off", host.name);
    await all(fleet.hosts, (host) => host.testhost("on", host.name));
    await all(fleet.hosts, (host) => host.start());
    await isAsBefore();
  });
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
