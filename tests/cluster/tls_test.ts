/** A cluster that speaks TLS, on hosts of their own. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { etcdPrograms, eventually } from "../support/etcd.ts";
import { all, command, Fleet } from "../support/fleet.ts";
import type { FleetHost } from "../support/fleet_host.ts";
import { EXECUTABLE } from "../support/program.ts";

/** Runs etcdctl from the bridge, with these flags alone. */
function stranger(host: FleetHost, scheme: string, ...flags: string[]): Promise<string> {
  const where = ["--endpoints", `${scheme}://${host.address}:2379`, "--command-timeout=2s"];
  const line = ["netns", "exec", "testhost", `${etcdPrograms()}/etcdctl`, ...where, ...flags];
  return command("ip", [...line, "--dial-timeout=1s", "get", "--prefix", "/_mgmt/"]);
}

Deno.test("hosts with one secret are one cluster that speaks TLS, through all that befalls them", async (t) => {
  await using fleet = await Fleet.boot(4, "tls");
  const [a, b, c, d] = fleet.hosts;
  assert(a !== undefined && b !== undefined && c !== undefined && d !== undefined);
  const three = [a, b, c];
  const seeds = ["--seeds", fleet.addresses(three)];

  await t.step("they start at the same moment, and found one", async () => {
    await all(three, (host) => host.start(...seeds, "--dead-after", "5"));
    await fleet.voters(three, three);
    await fleet.exchangeAll(three);
    assertEquals(fleet.clusters(three).length, 1, fleet.said());
    assertMatch(await fleet.etcdctl("auth", "status"), /Authentication Status: true/);
    for (const { log } of three) assert(!log.includes("plain text"), log);
    const members = await a.mgmt("members");
    for (const { address } of three) assert(members.includes(`https://${address}:2379`), members);
  });
  await t.step("who shows no certificate, or speaks plain text, gets nothing", async () => {
    const shown = a.certificates ?? [];
    assertMatch(await stranger(a, "https", ...shown), /_mgmt/);
    await assertRejects(() => stranger(a, "http"));
    await assertRejects(() => stranger(a, "https", ...shown.slice(0, 2)));
  });
  await t.step("its commands reach it with what the host shows", async () => {
    assertMatch(await b.mgmt("cluster status"), /3 of 5 wanted, 3 with a vote/);
    assertMatch(await b.mgmt("cluster snapshot /tmp/snapshot"), /bytes/);
    assertMatch(await c.mgmt(`members --seeds ${a.address}:2379`), /voter/);
    await assertRejects(() => c.mgmt(`members --seeds http://${a.address}:2379`));
  });
  await t.step("the host that leads is lost and comes back, and they go on", async () => {
    const leader = await fleet.decider();
    const others = three.filter((host) => host !== leader);
    await leader.signal("agent", "KILL");
    await leader.signal("etcd", "KILL");
    await fleet.exchange(others[0]!, others);
    await leader.start();
    await fleet.voters(three, three);
    await fleet.exchangeAll(three);
  });
  await t.step("whoever has a certificate needs the secret no more", async () => {
    for (const host of three) {
      await host.stop();
      host.takeSecret();
    }
    await all(three, (host) => host.start(...seeds, "--dead-after", "5"));
    await fleet.exchangeAll(three);
    await fleet.voters(three, three);
  });
  await t.step("who has neither ends, with what to type", async () => {
    d.takeSecret();
    await d.start("--seeds", fleet.addresses(three), "--insecure-plaintext");
    await d.says("Goodbye!");
    assertMatch(d.log, /speaks TLS, and this host has no certificate/);
    assertMatch(d.log, /mgmt cluster secret > FILE/);
    d.forgetLog();
    await d.start("--seeds", fleet.addresses(three));
    await d.says(/error: this host has no certificate.*\n.*mgmt token create > FILE/);
  });
  await t.step("who has another secret is told so, and its own graph goes on", async () => {
    d.bring(await command(EXECUTABLE, ["cluster", "secret"]));
    d.forgetLog();
    await d.start("--seeds", fleet.addresses(three));
    await d.says(/was not signed by this host's cluster/);
    await d.heals();
    assertEquals(d.collected(a), undefined);
    await d.stop();
  });
  await t.step("a wiped disk comes back with the secret", async () => {
    await c.wipe();
    fleet.bringSecret(c);
    await c.start(...seeds, "--dead-after", "5");
    await fleet.exchangeAll(three);
    await fleet.voters(three, three);
    assertEquals(fleet.clusters(three).length, 1, fleet.said());
  });
  await t.step("another host joins with it, leaves, and is forgotten", async () => {
    await d.wipe();
    fleet.bringSecret(d);
    await d.start("--seeds", fleet.addresses([a]), "--no-server");
    await fleet.exchangeAll();
    await d.mgmt("leave");
    await d.stop();
    await eventually(
      async () => !(await a.mgmt("members")).includes(d.name),
      () => fleet.said(),
    );
  });
});

Deno.test("a cluster that speaks TLS grows from one to three and back, and is recovered from one", async (t) => {
  await using fleet = await Fleet.boot(3, "tls");
  const { hosts } = fleet;
  await fleet.start(hosts, "--ideal-cluster-size", "1");
  await fleet.voterCount(1);
  await fleet.exchangeAll();
  fleet.write();
  for (const size of [3, 1, 3]) {
    await t.step(`${size} wanted`, async () => {
      await hosts[0]!.mgmt(`cluster size ${size}`);
      await fleet.voterCount(size);
      await fleet.exchangeAll();
    });
  }
  await fleet.nothingLost();
  await t.step("two of three are lost for good", async () => {
    const [kept, ...lost] = hosts;
    assert(kept !== undefined);
    await kept.stop();
    for (const host of lost) await host.wipe();
    await kept.mgmt("cluster recover --yes");
    await kept.start();
    for (const host of lost) await host.start();
    await fleet.voters(hosts);
    await fleet.exchangeAll();
    assertMatch(await fleet.etcdctl("auth", "status"), /Authentication Status: true/);
  });
});

Deno.test("hosts that know a plain cluster go on in it, with a warning, without being told", async () => {
  await using fleet = await Fleet.boot(2);
  const [a, b] = fleet.hosts;
  assert(a !== undefined && b !== undefined);
  await fleet.start(fleet.hosts);
  await fleet.exchangeAll();
  // One after the other, as where the executable is replaced.
  for (const host of fleet.hosts) {
    await host.stop();
    host.forgetLog();
    await host.startUntold();
    await fleet.exchangeAll();
    assertMatch(host.log, /Warning: the cluster's traffic is plain text/);
  }
  assertEquals(fleet.clusters().length, 1, fleet.said());
});
