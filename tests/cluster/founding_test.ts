/** How a cluster comes about on hosts of their own. */

import { assert, assertEquals } from "@std/assert";
import { Fleet } from "../support/fleet.ts";
import type { FleetHost } from "../support/fleet_host.ts";

/** Each host is the first once, and one more; the simulation founds thousands. */
const TRIES = 4;

/** The same list, begun elsewhere. */
function from(hosts: readonly FleetHost[], first: number): FleetHost[] {
  return hosts.map((_, index) => hosts[(first + index) % hosts.length]!);
}

Deno.test("three hosts that name each other and start at the same moment are one cluster, always", async () => {
  await using fleet = await Fleet.boot(3);
  const { hosts } = fleet;
  // Each names itself first.
  const start = (host: FleetHost) =>
    host.start("--seeds", fleet.urls(from(hosts, hosts.indexOf(host))));
  for (let count = 0; count < TRIES; count++) {
    // Two clusters would each acknowledge what the other one lacks.
    fleet.write();
    await Promise.all(from(hosts, count).map(start));
    await fleet.voters(hosts);
    await fleet.exchangeAll();
    assertEquals(fleet.clusters().length, 1, fleet.said());
    const founders = hosts.filter(({ log }) => log.includes("founds a new cluster"));
    assert(founders.length === 1, fleet.said());
    await fleet.nothingLost();
    await fleet.wipe();
  }
});
