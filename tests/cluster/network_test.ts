/** A network that is cut, deaf in one direction, or loses packets; by itself with TLS. */

import { assertEquals } from "@std/assert";
import { Fleet, speechOr } from "../support/fleet.ts";
import type { FleetHost } from "../support/fleet_host.ts";

/** Long enough for an election: where there is none, nothing tells that there was none. */
const ELECTION_MS = 6000;
/** As long as packets are lost, and as many numbers as are written meanwhile, at least. */
const LOSS_MS = 10_000;
const MANY = 10;

const SIZE = "/_mgmt/idealClusterSize";

Deno.test("hosts that were apart are one cluster again, and nothing is lost", async (t) => {
  await using fleet = await Fleet.boot(3, speechOr("tls"));
  await fleet.start(fleet.hosts);
  await fleet.voters(fleet.hosts);
  await fleet.exchangeAll();
  const [cluster] = fleet.clusters();
  const members = await fleet.memberIds();
  const writer = fleet.write();
  const others = (host: FleetHost) => fleet.hosts.filter((other) => other !== host);
  const apart = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const together = async (what: string, since: number) => {
    const startMs = performance.now();
    await fleet.exchangeAll();
    console.log(`${what}: exchanged again after ${Math.round(performance.now() - startMs)} ms`);
    await fleet.voters(fleet.hosts);
    await writer.goesOn();
    console.log(`${what}: longest gap of writes ${writer.longestGapMs(since)} ms`);
  };

  await t.step("the leader's cable is pulled", async () => {
    const { count } = writer;
    const leader = await fleet.leader();
    await leader.testhost("cut", leader.name);
    await fleet.exchange(others(leader)[0]!, others(leader));
    await leader.heals();
    await writer.goesOn();
    await fleet.silent(leader);
    await leader.heals(`collected/of-${others(leader)[0]!.name}`);
    await leader.testhost("mend", leader.name);
    await together("leader cut", count);
  });
  await t.step("a follower and the leader do not hear each other", async () => {
    const { count } = writer;
    const leader = await fleet.leader();
    const [one, other] = others(leader);
    await one!.testhost("part", one!.name, leader.name);
    await apart(ELECTION_MS);
    await fleet.exchange(other!);
    await one!.testhost("join", one!.name, leader.name);
    await together("follower parted from leader", count);
  });
  await t.step("the leader hears a follower, but not the other way round", async () => {
    const { count } = writer;
    const leader = await fleet.leader();
    const [one, other] = others(leader);
    await leader.testhost("mute", leader.name, one!.name);
    await apart(ELECTION_MS);
    await fleet.exchange(other!, [other!, leader]);
    await leader.testhost("hear", leader.name, one!.name);
    await together("leader mute", count);
  });
  await t.step("nobody hears the leader, and it hears everybody", async () => {
    const { count } = writer;
    const leader = await fleet.leader();
    for (const other of others(leader)) await leader.testhost("mute", leader.name, other.name);
    const [one] = others(leader);
    await fleet.exchange(one!, others(leader));
    await writer.goesOn();
    await leader.heals();
    for (const other of others(leader)) await leader.testhost("hear", leader.name, other.name);
    await together("leader mute to all", count);
  });
  assertEquals(await fleet.memberIds(), members, "somebody was replaced who was only away");

  await t.step("each host loses a tenth of what it gets, and the size changes", async () => {
    const { count } = writer;
    for (const host of fleet.hosts) await host.testhost("loss", host.name, "10");
    const endMs = performance.now() + LOSS_MS;
    let changes = 0;
    do {
      for (const size of [1, 3]) {
        await fleet.etcdctl("put", SIZE, `${size}`);
        await fleet.voterCount(size);
        await fleet.exchangeAll();
        changes++;
      }
      await writer.goesOn();
    } while (performance.now() < endMs || writer.count < count + MANY);
    console.log(`a tenth lost: ${changes} changes of size`);
    for (const host of fleet.hosts) await host.testhost("loss", host.name, "0");
    await together("a tenth lost", count);
  });
  await fleet.nothingLost();
  assertEquals(fleet.clusters(), [cluster]);
});
