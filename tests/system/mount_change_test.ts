/** Mounts that cannot be, and one in the place of another: nothing is lost, nothing half done. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import "../support/host_world.ts";
import { applied, fresh, FSTAB, graphOf, mounted, once, SCRATCH } from "../support/mount_world.ts";
import { shell } from "../support/program.ts";

const LINE = "tmpfs /srv/it tmpfs size=4m,nosuid 0 0\n";
/** Where one takes the place of another. */
const PLACES = "/run/mgmt-mounts/%2Fsrv%2Fit";

/** What a run says of its failure. */
async function failing(fields: string, ...flags: string[]): Promise<string | undefined> {
  const ended = await once(graphOf(fields), ...flags);
  assertEquals(ended.code, 4, ended.stderr);
  return /(?:Failed|Would fail): (.*?)(?: \(\/|$)/m.exec(ended.stderr)?.[1];
}

/** A disk with an ext4 file system, which is a file; on a host where nobody keeps links to it. */
async function withDisk(test: (device: string) => Promise<void>): Promise<void> {
  await fresh(async () => {
    await shell(
      "mknod /dev/loop-control c 10 237; for n in $(seq 0 31); do mknod /dev/loop$n b 7 $n; done",
    );
    const image = "/srv/disk.img";
    await shell(`truncate -s 8M ${image}; mkfs.ext4 -q -L tried ${image}`);
    const device = (await shell(`losetup --find --show ${image}`)).trim();
    assertMatch(device, /^\/dev\/loop/);
    try {
      await test(device);
    } finally {
      await shell(`while umount -l /srv/it; do :; done; losetup -d ${device}; rm ${image}`);
    }
  });
}

Deno.test("what cannot be mounted leaves no line in fstab, and noop tells why beforehand", () =>
  fresh(async () => {
    await shell("ln -s /srv/it /srv/link; touch /srv/it/file");
    const before = await Deno.readTextFile(FSTAB);
    const cases: readonly [string, string][] = [
      [
        "device: tmpfs; type: tmpsf",
        "cannot mount tmpfs on /srv/it: neither the kernel nor a program mount.tmpsf knows the type tmpsf",
      ],
      [
        "device: /dev/null; type: ext4",
        "cannot mount /dev/null on /srv/it: /dev/null is not a block device",
      ],
      ["device: /dev/gone; type: ext4", "there is no /dev/gone on this host now"],
      ["device: UUID=4711", "there is no UUID=4711 on this host now"],
      ["device: /srv; type: ext4", "cannot mount /srv on /srv/it: /srv is a directory"],
      ["device: /srv/gone; options: bind", "there is no /srv/gone on this host now"],
      [
        "device: tmpfs; type: tmpfs; path: /srv/link",
        "cannot mount on /srv/link: /srv/link is a link to /srv/it",
      ],
      [
        "device: tmpfs; type: tmpfs; path: /srv/gone",
        "cannot mount on /srv/gone: /srv/gone does not exist",
      ],
      [
        "device: tmpfs; type: tmpfs; path: /srv/it/file",
        "cannot mount tmpfs on /srv/it/file: /srv/it/file is not a directory",
      ],
      [
        "device: tmpfs; type: tmpsf; state: unmounted",
        "cannot mount tmpfs on /srv/it: neither the kernel nor a program mount.tmpsf knows the type tmpsf",
      ],
    ];
    for (const [fields, why] of cases) {
      assertEquals(await failing(fields, "--noop"), why, fields);
      assertEquals(await failing(fields), why, fields);
    }
    assertMatch(
      await failing("device: tmpfs; type: tmpfs; options: size=much") ?? "",
      /bad option/,
    );
    assertEquals([mounted("/srv/it"), await Deno.readTextFile(FSTAB)], ["", before]);
    await shell("rm /srv/link");
  }));

Deno.test("a working mount stays, with its data, where another cannot take its place", () =>
  fresh(async () => {
    await once(graphOf(SCRATCH));
    await Deno.writeTextFile("/srv/it/data", "dear");
    const there = mounted("/srv/it");
    const intact = async (fields: string) => {
      await failing(fields);
      assertEquals(await Deno.readTextFile("/srv/it/data"), "dear", fields);
      assertEquals(mounted("/srv/it"), there, fields);
      assertStringIncludes(await Deno.readTextFile(FSTAB), LINE, fields);
      assertEquals(await shell("grep -c mgmt-mounts /proc/self/mountinfo"), "0\n", fields);
    };
    await shell(
      "printf '#!/bin/sh\necho no such export; exit 32\n' >/usr/sbin/mount.failing; chmod 755 /usr/sbin/mount.failing",
    );
    await intact("device: server:/x; type: failing");
    await intact("device: none; type: hugetlbfs; options: size=much");
    await intact("device: /dev/gone; type: ext4");
    const user = new Deno.Command("sleep", { args: ["300"], cwd: "/srv/it" }).spawn();
    await intact("device: none; type: ramfs");
    assertStringIncludes(
      await failing("device: none; type: ramfs", "--noop") ?? "",
      `cannot unmount /srv/it: it is in use by sleep (${user.pid})`,
    );
    user.kill();
    await user.status;
    const changed = await once(graphOf("device: none; type: ramfs; options: noexec"));
    assertEquals(changed.code, 0, changed.stderr);
    assertMatch(mounted("/srv/it"), /rw,noexec,.* ramfs none/);
    assertStringIncludes(await Deno.readTextFile(FSTAB), "none /srv/it ramfs noexec 0 0\n");
    assertEquals(applied(await once(graphOf("device: none; type: ramfs; options: noexec"))), []);
    assertEquals([...Deno.readDirSync("/run/mgmt-mounts")], []);
  }));

Deno.test("a disk is known by its label where no device manager runs, and comes back as it was", () =>
  withDisk(async (device) => {
    const first = await once(graphOf("device: LABEL=tried; type: ext4"));
    assertEquals(first.code, 0, first.stderr);
    assertStringIncludes(mounted("/srv/it"), ` ext4 ${device} `);
    assertEquals(applied(await once(graphOf("device: LABEL=tried; type: ext4"))), []);
    await shell("mknod /dev/another b $(stat -c '0x%t 0x%T' " + device + ")");
    const named = await once(graphOf("device: /dev/another; type: ext4; fstab: false"));
    assertEquals([named.code, applied(named)], [0, []], "one device, by another name");
    await shell("rm /dev/another");
    // A device in use cannot be tried as another type beforehand.
    assertStringIncludes(
      await failing("device: LABEL=tried; type: xfs") ?? "",
      "what was mounted before is mounted again",
    );
    assertStringIncludes(mounted("/srv/it"), ` ext4 ${device} `);
    assertStringIncludes(await Deno.readTextFile(FSTAB), "LABEL=tried /srv/it ext4 defaults 0 0\n");
  }));

Deno.test("what is wanted and hidden by others is brought to light; absent unmounts all of them", () =>
  fresh(async () => {
    await once(graphOf(SCRATCH));
    await Deno.writeTextFile("/srv/it/data", "dear");
    const there = mounted("/srv/it");
    await shell("mount -t ramfs none /srv/it; mount -t ramfs none /srv/it");
    assertEquals(applied(await once(graphOf(SCRATCH))).length, 1);
    assertEquals([mounted("/srv/it"), await Deno.readTextFile("/srv/it/data")], [there, "dear"]);
    await shell("mount -t ramfs none /srv/it; mount -t ramfs none /srv/it");
    assertEquals((await once(graphOf("state: absent"))).code, 0);
    assertEquals(mounted("/srv/it"), "");
  }));

Deno.test("what a killed run has left in the middle is taken up by the next one", () =>
  fresh(async () => {
    await once(graphOf(SCRATCH));
    await Deno.writeTextFile("/srv/it/data", "dear");
    const places =
      `mkdir -p ${PLACES}/fresh ${PLACES}/former && mount -t ramfs none ${PLACES}/fresh`;
    await shell(`${places} && mount --bind /srv/it ${PLACES}/former && umount /srv/it`);
    await failing("device: none; type: ramsf");
    assertEquals(await Deno.readTextFile("/srv/it/data"), "dear", "what was there is there again");
    await shell(`${places} && mount --bind /srv/it ${PLACES}/former && umount /srv/it`);
    await shell("mount -t ramfs none /srv/it");
    await failing("device: none; type: ramsf");
    assertEquals(await Deno.readTextFile("/srv/it/data"), "dear", "also above what was beneath");
    await shell(places);
    const tidied = await once(graphOf(SCRATCH));
    assertEquals([tidied.code, applied(tidied).length], [0, 1], tidied.stderr);
    assertEquals(await Deno.readTextFile("/srv/it/data"), "dear");
    assertEquals([...Deno.readDirSync("/run/mgmt-mounts")], []);
    assertEquals(applied(await once(graphOf(SCRATCH))), []);
  }));

Deno.test("a line that cannot be written is a failure, and is written when it can be", () =>
  fresh(async () => {
    await shell("mv /etc/fstab /etc/fstab.real; ln -s fstab.real /etc/fstab");
    assertEquals(await failing(SCRATCH, "--noop"), "/etc/fstab is a link");
    assertEquals([await failing(SCRATCH), mounted("/srv/it")], ["/etc/fstab is a link", ""]);
    await shell(
      "mv /etc/fstab.real /etc/fstab; mount --bind /etc /etc; mount -o remount,bind,ro /etc",
    );
    assertMatch(await failing(SCRATCH) ?? "", /\/etc\/fstab.*ead-only/);
    assertEquals(mounted("/srv/it"), "", "it would be gone after a restart");
    await shell("umount /etc");
    assertEquals((await once(graphOf(SCRATCH))).code, 0);
    assertStringIncludes(await Deno.readTextFile(FSTAB), LINE);
  }));
