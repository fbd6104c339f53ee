/** Processes that end or stand still at any time: everything goes on, and comes back. */

import { assertEquals } from "@std/assert";
import { Fleet } from "../support/fleet.ts";
import type { FleetHost } from "../support/fleet_host.ts";
import type { Writer } from "../support/writer.ts";

async function timed(what: string, wait: () => Promise<unknown>): Promise<void> {
  const startMs = performance.now();
  await wait();
  console.log(`${what}: ${Math.round(performance.now() - startMs)} ms`);
}

/** After a fault everybody hears of everybody, files are healed, and three vote. */
async function recovers(fleet: Fleet, writer: Writer, what: string, count: number): Promise<void> {
  await timed(`${what}: exchanged again`, () => fleet.exchangeAll());
  await fleet.voters(fleet.hosts);
  await writer.goesOn();
  console.log(`${what}: longest gap of writes ${writer.longestGapMs(count)} ms`);
}

Deno.test("whatever process is killed or stands still, files are healed and the exchange goes on", async (t) => {
  await using fleet = await Fleet.boot(3);
  await fleet.start(fleet.hosts);
  await fleet.voters(fleet.hosts);
  await fleet.exchangeAll();
  const [cluster] = fleet.clusters();
  const members = await fleet.memberIds();
  const writer = fleet.write();
  const others = (host: FleetHost) => fleet.hosts.filter((other) => other !== host);

  await t.step("the leader's etcd is killed", async () => {
    const { count } = writer;
    const leader = await fleet.leader();
    await leader.signal("etcd", "KILL");
    const [host] = others(leader);
    await timed("leader's etcd killed: next export everywhere", () => fleet.exchange(host!));
    await leader.heals();
    await recovers(fleet, writer, "leader's etcd killed", count);
  });
  await t.step("an agent is killed and started again: it takes its etcd over", async () => {
    const { count } = writer;
    const leader = await fleet.leader();
    const { etcd } = leader;
    await leader.signal("agent", "KILL");
    await fleet.exchange(others(leader)[0]!, others(leader));
    await leader.start();
    await recovers(fleet, writer, "leader's agent killed", count);
    assertEquals(leader.etcd, etcd, "the agent started another etcd");
  });
  await t.step("each process is killed in turn", async () => {
    const { count } = writer;
    for (const host of fleet.hosts) {
      await host.signal("etcd", "KILL");
      await host.heals();
      await fleet.exchangeAll();
      await fleet.voters(fleet.hosts);
      await host.signal("agent", "KILL");
      await host.start();
      await fleet.exchangeAll();
    }
    await recovers(fleet, writer, "each process killed", count);
  });
  await t.step("agent and etcd of each host are killed at once, in turn", async () => {
    const { count } = writer;
    for (const host of fleet.hosts) {
      await host.signal("agent", "KILL");
      await host.signal("etcd", "KILL");
      await fleet.exchange(others(host)[0]!, others(host));
      await host.start();
      await fleet.exchangeAll();
      await fleet.voters(fleet.hosts);
    }
    await recovers(fleet, writer, "agents and etcds killed", count);
  });
  await t.step("all etcds are killed at once, then all agents", async () => {
    const { count } = writer;
    for (const host of fleet.hosts) await host.signal("etcd", "KILL");
    for (const host of fleet.hosts) await host.heals(`collected/of-${others(host)[0]!.name}`);
    await recovers(fleet, writer, "all etcds killed", count);
    for (const host of fleet.hosts) await host.signal("agent", "KILL");
    for (const host of fleet.hosts) await host.start();
    await recovers(fleet, writer, "all agents killed", count);
  });
  await t.step(
    "who decides and the leader's etcd stand still for longer than leases last",
    async () => {
      const { count } = writer;
      const [decider, leader] = [await fleet.decider(), await fleet.leader()];
      const awake = fleet.hosts.filter((host) => host !== decider);
      await leader.signal("etcd", "STOP");
      await decider.signal("agent", "STOP");
      await timed(
        "etcd and an agent stopped: next export elsewhere",
        () => fleet.exchange(awake[0]!, awake),
      );
      await fleet.silent(decider);
      for (const host of awake) await host.heals();
      await decider.signal("agent", "CONT");
      await leader.signal("etcd", "CONT");
      await decider.heals();
      await recovers(fleet, writer, "etcd and an agent stopped", count);
    },
  );
  await fleet.nothingLost();
  assertEquals(fleet.clusters(), [cluster]);
  assertEquals(await fleet.memberIds(), members, "somebody was replaced who came back");
});
