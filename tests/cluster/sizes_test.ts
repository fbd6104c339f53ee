/** The size of a cluster follows what is asked for, and nothing is lost on the way. */

import { assertEquals } from "@std/assert";
import { Fleet } from "../support/fleet.ts";

const KEY = "/_mgmt/idealClusterSize";

Deno.test("one member, three, five, three, one: nothing acknowledged is lost", async () => {
  await using fleet = await Fleet.boot(5);
  await fleet.start(fleet.hosts, "--ideal-cluster-size", "1");
  await fleet.voterCount(1);
  await fleet.exchangeAll();
  const writer = fleet.write();
  for (const size of [3, 5, 3, 1]) {
    const { count } = writer;
    const startMs = performance.now();
    await fleet.etcdctl("put", KEY, `${size}`);
    await fleet.voterCount(size);
    const tookMs = Math.round(performance.now() - startMs);
    await writer.goesOn();
    console.log(`${size} members after ${tookMs} ms, longest gap ${writer.longestGapMs(count)} ms`);
  }
  await fleet.exchangeAll();
  await fleet.nothingLost();
  assertEquals(fleet.clusters().length, 1, fleet.said());
});
