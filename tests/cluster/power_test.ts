/** Hosts without power. */

import { assert, assertEquals } from "@std/assert";
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

Deno.test("all hosts lose power: one cluster, and nothing acknowledged is lost", async (t) => {
  await using fleet = await Fleet.boot(3);
  const [a, b, c] = fleet.hosts;
  assert(a !== undefined && b !== undefined && c !== undefined);
  // However soon a host counts as dead: nobody could take its place.
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
  await writer.goesOn();
  await fleet.nothingLost();
  assertEquals(fleet.clusters(), clusters);
});
