/** Members whose disks fail them, or that do not come back. */

import { assert } from "@std/assert";
import { Fleet } from "../support/fleet.ts";

const DATA = "/var/lib/mgmt/cluster/etcd/data";

Deno.test("members whose logs are corrupt, that are off, or whose disks are full are replaced; their hosts go on", async (t) => {
  await using fleet = await Fleet.boot(4);
  const [a, b, c, d] = fleet.hosts;
  assert(a !== undefined && b !== undefined && c !== undefined && d !== undefined);
  await b.run(`mkdir -p ${DATA} && mount -t tmpfs -o size=200m,mode=700 none ${DATA}`);
  await fleet.start([a, b, c], "--dead-after", "5", "--ideal-cluster-size", "3");
  await fleet.voters([a, b, c]);
  await d.start("--seeds", fleet.urls(), "--dead-after", "5");
  await fleet.exchangeAll();
  const writer = fleet.write();

  await t.step("a corrupt log: it says so and begins anew", async () => {
    await c.signal("agent", "KILL");
    await c.signal("etcd", "KILL");
    // The middle of each log, whatever it is called.
    await c.run(
      `for wal in ${DATA}/*/member/wal/*0.wal; do ` +
        `dd if=/dev/zero of=$wal bs=1 seek=300 count=200 conv=notrunc; done`,
    );
    await c.start();
    await c.says(/etcd ended: .*(crc|corrupt|unexpected)/i);
    await c.heals();
    await fleet.exchangeAll();
    // It begins anew, without what it had.
    await fleet.voters([a, b, c]);
    await c.heals();
  });
  await t.step("a host that is off for too long: another one takes its place", async () => {
    await c.testhost("crash", c.name);
    await fleet.exchange(a, [a, b, d]);
    await fleet.voters([a, b, d]);
    await c.testhost("on", c.name);
    await c.start();
    await fleet.exchangeAll();
    await c.says("no member of the cluster any more: runs as a client");
    await fleet.voters([a, b, d]);
  });
  await t.step("a full disk: it says so, and the others go on", async () => {
    await b.run(`cat /dev/zero >${DATA}/fill; true`);
    const value = "v".repeat(100_000);
    for (let count = 0; count < 100 && !b.log.includes("no space left"); count++) {
      await fleet.etcdctlAt([a, d], "put", "key", value).catch(() => {});
    }
    await b.says(/etcd ended: .*no space left on device/);
    await b.heals();
    await fleet.exchangeAll();
    await writer.goesOn();
    await fleet.voters([a, c, d]);
    await fleet.exchangeAll();
  });
  await fleet.nothingLost();
});
