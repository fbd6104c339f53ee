/** Members whose disks fail them, or that do not come back. */

import { assert } from "@std/assert";
import { join } from "node:path";
import { Fleet } from "../support/fleet.ts";
import type { FleetHost } from "../support/fleet_host.ts";

const DATA = "/var/lib/mgmt/cluster/etcd/data";

/** Stands in many records of a log. */
const KEY = "/_mgmt/exported/";

/**
 * Changes a byte within such records. (Where one is zero from its beginning on, etcd takes that for
 * the end of the log.)
 */
function corrupt(host: FleetHost): void {
  let changed = 0;
  for (const { name: member } of Deno.readDirSync(host.path(DATA))) {
    const logs = join(host.path(DATA), member, "member/wal");
    for (const { name } of [...Deno.readDirSync(logs)].filter(({ name }) => /wal$/.test(name))) {
      const path = join(logs, name);
      const text = new TextDecoder("latin1").decode(Deno.readFileSync(path));
      using file = Deno.openSync(path, { write: true });
      for (let at = text.indexOf(KEY); at >= 0; at = text.indexOf(KEY, at + 1)) {
        file.seekSync(at, Deno.SeekMode.Start);
        file.writeSync(new TextEncoder().encode("X"));
        changed++;
      }
    }
  }
  assert(changed > 0, `no ${KEY} in the logs of ${host.name}`);
}

Deno.test("members whose logs are corrupt, that are off, or whose disks are full are replaced; their hosts go on", async (t) => {
  await using fleet = await Fleet.boot(4);
  const [a, b, c, d] = fleet.hosts;
  assert(a !== undefined && b !== undefined && c !== undefined && d !== undefined);
  await b.run(`mkdir -p ${DATA} && mount -t tmpfs -o size=200m,mode=700 none ${DATA}`);
  await fleet.start([a, b, c], "--dead-after", "5", "--ideal-cluster-size", "3");
  await fleet.voters([a, b, c]);
  await fleet.exchangeAll([a, b, c]);
  const writer = fleet.write();

  await t.step("a corrupt log: it says so and begins anew", async () => {
    await c.signal("agent", "KILL");
    await c.signal("etcd", "KILL");
    corrupt(c);
    await c.start();
    await c.says(/etcd ended: .*(crc|corrupt|unexpected)/i);
    await c.heals();
    await fleet.exchangeAll([a, b, c]);
    // It begins anew, without what it had.
    await fleet.voters([a, b, c]);
    await c.heals();
  });
  // Only now: on a busy machine it would have the place of a member that takes its time.
  await d.start("--seeds", fleet.urls(), "--dead-after", "5");
  await fleet.exchangeAll();
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
