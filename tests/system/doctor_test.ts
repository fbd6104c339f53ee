/** The doctor on hosts with systemd, a bus and PackageKit, which are then as they should not be. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { becomes, property } from "../support/host_world.ts";
import { shell } from "../support/program.ts";
import { addSetting, install, serviceTest, sh, UNIT, UNIT_PATH } from "../support/service_world.ts";

const STATE = "/var/lib/mgmt";
const BUS = "/run/dbus/system_bus_socket";

/** What the doctor finds in an area, and its whole answer. */
async function found(area: string): Promise<{ codes: readonly string[]; said: string }> {
  const { said } = await sh("mgmt doctor");
  const codes = said.split("\n").filter((line) => line.startsWith(`${area} `))
    .flatMap((line) => /^\S+ +(?:error|warning|notice) ([a-z-]+):/.exec(line)?.[1] ?? []);
  return { codes, said };
}

/** But for units of the host's own. */
async function service(): Promise<readonly string[]> {
  return (await found("systemd")).codes.filter((code) => code !== "systemd-degraded");
}

serviceTest(
  "a service that is well, and nothing is started to see that",
  "  noop:\n  - name: n\n",
  async () => {
    await install();
    await shell("systemctl stop packagekit");
    const { said, codes } = await found("packagekit");
    assertEquals(codes, [], said);
    assertMatch(said, /^packagekit +ok: installed, does not run/m);
    assertEquals(await property("packagekit.service", "ActiveState"), "inactive");
    assertMatch(said, /^bus +ok: answers at/m);
    assertMatch(said, /^agent +ok: process \d+ answers/m);
    assertEquals(await service(), []);
    await shell("systemctl start packagekit");
    assertMatch((await found("packagekit")).said, /^packagekit +ok: runs \(\w+\)/m);
    await shell(`chmod 0666 ${STATE}/control.sock`);
    assertEquals((await found("permissions")).codes, ["socket-open"]);
  },
);

serviceTest(
  "a unit that is disabled, stopped, edited, not watched, or started again and again",
  "  noop:\n  - name: n\n",
  async () => {
    await install();
    await shell("systemctl disable mgmt");
    assertEquals(await service(), ["unit-disabled"]);
    await shell("systemctl enable mgmt; systemctl stop mgmt");
    assertEquals(await service(), ["unit-stopped"]);
    await shell("systemctl start mgmt");
    await shell(`echo '# edited' >> ${UNIT_PATH}`);
    assertEquals(await service(), ["unit-outdated"]);
    await addSetting("WatchdogSec=0\nRestartSec=0.1");
    await shell("systemctl daemon-reload; systemctl restart mgmt");
    assertEquals(await service(), ["unit-unwatched"]);
    for (const times of ["1", "2"]) {
      await shell("systemctl kill -s KILL mgmt");
      await becomes(UNIT, "NRestarts", times);
      await becomes(UNIT, "ActiveState", "active");
    }
    assertEquals(await service(), ["unit-restarted", "unit-unwatched"]);
    await addSetting("Restart=no");
    await shell("systemctl daemon-reload; systemctl kill -s KILL mgmt");
    await becomes(UNIT, "ActiveState", "failed");
    assert((await service()).includes("unit-failed"));
  },
);

serviceTest("no bus, a full disk, a read-only one, one that nothing starts from", "", async () => {
  await shell(`mv ${BUS} ${BUS}.away`);
  try {
    assertEquals((await found("bus")).codes, ["bus-absent"]);
    assertEquals(await service(), ["not-seen"]);
  } finally {
    await shell(`mv ${BUS}.away ${BUS}`);
  }
  await shell(`mkdir -p ${STATE} && mount -t tmpfs -o size=1m,mode=700,noexec tmpfs ${STATE}`);
  try {
    assertEquals((await found("disk")).codes, ["disk-full"]);
    const { codes } = await found("etcd");
    assert(codes.includes("etcd-cannot-start") && codes.includes("etcd-room"), codes.join());
    await shell(`mount -o remount,ro ${STATE}`);
    assertEquals((await found("disk")).codes, ["disk-full", "disk-read-only"]);
  } finally {
    await shell(`umount ${STATE}`);
  }
});
