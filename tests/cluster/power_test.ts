/** Hosts without power, hosts that lost their disks, and hosts with the name of another. */

import { assert, assertEquals } from "@std/assert";
import { Fleet } from "../support/fleet.ts";

Deno.test("all hosts lose power, and later their disks: one cluster, and nothing acknowledged is lost", async (t) => {
  await using fleet = await Fleet.boot(3);
  const [a, b, c] = fleet.hosts;
  assert(a !== undefined && b !== undefined && c !== undefined);
  // Who lost its disk is waited for no longer than that.
  await fleet.start(fleet.hosts, "--dead-after", "5");
  await fleet.voters(fleet.hosts);
  await fleet.exchangeAll();
  const clusters = fleet.clusters();
  const writer = fleet.write();
  await writer.goesOn();

  await t.step("all at once; they boot one after the other, in another order", async () => {
    for (const host of fleet.hosts) await host.testhost("crash", host.name);
    for (const host of [c, a, b]) {
      await host.testhost("on", host.name);
      host.forgetLog();
      await host.start();
      await host.heals();
      if (host === c) {
        // It waits for the others, and goes on with what it collected.
        await host.says(/what was collected \d+ s ago is used/);
        await host.heals(`collected/of-${a.name}`);
      }
    }
    await fleet.voters(fleet.hosts);
    await writer.goesOn();
    await fleet.exchangeAll();
    assertEquals(fleet.clusters(), clusters);
  });
  await t.step("a host whose disk was wiped comes back, and is told from the old one", async () => {
    await a.wipe();
    await a.start();
    await fleet.exchangeAll();
    await fleet.voters(fleet.hosts);
    assertEquals(fleet.clusters(), clusters);
    assert(!a.log.includes("founds"), a.log);
  });
  await t.step("a host that is called as another one is refused, and harms nobody", async () => {
    await c.stop();
    await c.wipe();
    await c.start("--seeds", fleet.urls(), "--dead-after", "5", "--hostname", b.name);
    await c.says(`the name ${b.name} is taken by another host of this cluster`);
    await fleet.exchange(a, [a, b]);
    await fleet.exchange(b, [a, b]);
    await c.wipe();
    await c.start("--seeds", fleet.urls(), "--dead-after", "5");
    await fleet.voters(fleet.hosts);
    await fleet.exchangeAll();
  });
  await writer.goesOn();
  await fleet.nothingLost();
  assertEquals(fleet.clusters(), clusters);
});
