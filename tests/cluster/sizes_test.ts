/** The size of a cluster follows what is asked for, and nothing is lost on the way. */

import { assertEquals, assertRejects } from "@std/assert";
import { Fleet, speechOr } from "../support/fleet.ts";

const KEY = "/_mgmt/idealClusterSize";

Deno.test("one member, three, five, three, one: nothing acknowledged is lost", async (t) => {
  await using fleet = await Fleet.boot(5, speechOr("tls"));
  await fleet.start(fleet.hosts, "--ideal-cluster-size", "1");
  await fleet.voterCount(1);
  await fleet.exchangeAll();
  const writer = fleet.write();
  const resize = async (size: number) => {
    const { count } = writer;
    const startMs = performance.now();
    await fleet.etcdctl("put", KEY, `${size}`);
    await fleet.voterCount(size);
    const tookMs = Math.round(performance.now() - startMs);
    await writer.goesOn();
    console.log(`${size} members after ${tookMs} ms, longest gap ${writer.longestGapMs(count)} ms`);
  };
  await t.step("from one to three to five", async () => {
    await resize(3);
    await resize(5);
  });
  await t.step("two of five, one of them the leader, are parted from the others", async () => {
    const { count } = writer;
    const members = await fleet.memberIds();
    const leader = await fleet.leader();
    const others = fleet.hosts.filter((host) => host !== leader);
    const few = [leader, others.pop()!];
    const pairs = few.flatMap((one) => others.map((other) => [one.name, other.name]));
    for (const pair of pairs) await leader.testhost("part", ...pair);
    await fleet.exchange(others[0]!, others);
    await writer.goesOn();
    for (const host of few) {
      await assertRejects(() => fleet.etcdctlAt([host], "put", "/few", host.name));
      await host.heals();
      await host.heals(`collected/of-${others[0]!.name}`);
    }
    await fleet.silent(...few);
    for (const pair of pairs) await leader.testhost("join", ...pair);
    await fleet.exchangeAll();
    await fleet.voters(fleet.hosts);
    await writer.goesOn();
    assertEquals(await fleet.memberIds(), members, "somebody was replaced who was only away");
    assertEquals((await fleet.etcdctl("get", "/few")).trim(), "");
    console.log(`two of five parted: longest gap of writes ${writer.longestGapMs(count)} ms`);
  });
  await t.step("from five to three to one", async () => {
    await resize(3);
    await resize(1);
  });
  await fleet.exchangeAll();
  await fleet.nothingLost();
  assertEquals(fleet.clusters().length, 1, fleet.said());
});
