/** How a cluster comes about on hosts of their own. */

import { assert, assertEquals } from "@std/assert";
import { Fleet } from "../support/fleet.ts";

const TRIES = 3;

Deno.test("three hosts that name each other and start at the same moment are one cluster, always", async () => {
  await using fleet = await Fleet.boot(3);
  for (let count = 0; count < TRIES; count++) {
    await fleet.start(fleet.hosts);
    await fleet.voters(fleet.hosts);
    await fleet.exchangeAll();
    assertEquals(fleet.clusters().length, 1, fleet.said());
    const founders = fleet.hosts.filter(({ log }) => log.includes("founds a new cluster"));
    assert(founders.length === 1, fleet.said());
    await fleet.wipe();
  }
});
