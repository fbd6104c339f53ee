/** A host that cannot reach the others: its own graph never waits. */

import { assert, assertEquals } from "@std/assert";
import { Fleet } from "../support/fleet.ts";

Deno.test("without seeds, and later without a cluster, a host goes on with what it has", async (t) => {
  await using fleet = await Fleet.boot(2);
  const [a, b] = fleet.hosts;
  assert(a !== undefined && b !== undefined);

  await t.step("the seed is not there: files are healed, and it says that it waits", async () => {
    await b.start("--seeds", a.clientUrl, "--no-server");
    await b.says("graphStarted");
    await b.heals();
    await b.says("waiting for the seeds");
    assertEquals(b.clusterId, undefined);
  });
  await t.step("the seed comes up: it joins", async () => {
    await a.start("--seeds", a.clientUrl);
    await fleet.exchangeAll();
    assertEquals(fleet.clusters().length, 1);
    await fleet.write().goesOn();
  });
  await t.step("the seed goes: what was collected stays managed", async () => {
    await a.testhost("crash", a.name);
    await b.heals(`collected/of-${a.name}`);
    await b.heals();
  });
  await t.step(
    "it starts again without the cluster: with what was collected, and its age",
    async () => {
      await b.signal("agent", "KILL");
      b.forgetLog();
      await b.start("--seeds", a.clientUrl, "--no-server", "--cluster-wait", "2");
      await b.says(/uses what was collected \d+ s ago/);
      await b.heals(`collected/of-${a.name}`);
    },
  );
  await t.step("the seed comes back: it is exchanged again", async () => {
    await a.testhost("on", a.name);
    await a.start();
    await fleet.exchangeAll();
    assertEquals(fleet.clusters().length, 1);
  });
  await fleet.nothingLost();
});
