import { assertEquals } from "@std/assert";
import type { Files, Sight } from "../../../src/os/files/files.ts";
import { parseMountList } from "../../../src/os/mounts/mount_list.ts";
import mount from "../../../src/resources/mount/kind.ts";
import { devicePath, isWanted } from "../../../src/resources/mount/device.ts";
import type { MountFields } from "../../../src/resources/mount/fields.ts";
import type { MountParams } from "../../../src/resources/mount/params.ts";
import { resolving } from "../../support/kind_world.ts";

async function resolved(fields: MountFields, name = "/data") {
  const { params, issues } = await resolving(mount, fields, name);
  return { params, issues: issues.map(({ path, message }) => `${path}: ${message}`) };
}

Deno.test("mistakes in fields are told with the field's name", async () => {
  const issues = async (fields: MountFields, name?: string) =>
    (await resolved(fields, name)).issues;
  assertEquals(await issues({}), ["name: device is missing: what is mounted there"]);
  assertEquals(await issues({ state: "absent" }), []);
  assertEquals(await issues({ state: "unmounted", fstab: false }), []);
  assertEquals(await issues({ state: "unmounted" }), [
    "name: device is missing: what is mounted there",
  ]);
  assertEquals(await issues({ device: "tmpfs" }, "data"), [
    'name: name must be absolute, not "data"',
  ]);
  assertEquals(await issues({ device: "tmpfs", path: "/a/../b" }), [
    'path: path must not contain .., as "/a/../b" does',
  ]);
  assertEquals(await issues({ state: "absent" }, "/"), [
    "state: the root file system stays mounted",
  ]);
  assertEquals(await issues({ device: "/dev/sdb2", type: "swap" }), ["type: swap is not mounted"]);
  assertEquals(await issues({ device: "/data/sub", options: "bind" }), [
    "device: /data/sub would be hidden by what is mounted on /data",
  ]);
});

Deno.test("options are a list or a text, and bind is of no type", async () => {
  const { params } = await resolved({ device: "/srv", options: ["bind", "ro,noexec"] });
  assertEquals([params.options, params.bind, params.type], [
    ["bind", "ro", "noexec"],
    true,
    "none",
  ]);
});

Deno.test("what is below a mount comes after it, and it after its directory, device and tools", async () => {
  const { params } = await resolved({ device: "/images/data.img", type: "xfs" });
  assertEquals(mount.relations?.(params), {
    provides: ["tree:/data"],
    needs: ["path:/data", "within:/data", "path:/images/data.img", "package:xfsprogs"],
  });
  const gone = await resolved({ state: "absent" });
  assertEquals(mount.relations?.(gone.params), { provides: ["tree:/data"], removes: true });
});

Deno.test("devices are found where the kernel's device manager keeps them", () => {
  assertEquals(devicePath("UUID=ab-12"), "/dev/disk/by-uuid/ab-12");
  assertEquals(devicePath('LABEL="my data"'), "/dev/disk/by-label/my\\x20data");
  assertEquals(devicePath("PARTLABEL=a/b"), "/dev/disk/by-partlabel/a\\x2fb");
  assertEquals(devicePath("/dev/sdb1"), "/dev/sdb1");
  assertEquals(devicePath("server:/export"), undefined);
  assertEquals(devicePath("//server/share"), undefined);
  assertEquals(devicePath("tmpfs"), undefined);
});

/** A file system with these links and files; what is not named is absent. */
function filesWith(entries: Readonly<Record<string, string | { text: string }>>): Files {
  const look = (path: string): { ok: true; value: Sight } => {
    const entry = entries[path];
    const stat = {} as never;
    if (entry === undefined) return { ok: true, value: { type: "absent" } };
    if (entry === "") return { ok: true, value: { type: "other", stat, what: "a block device" } };
    if (typeof entry === "string") {
      const directory = path.slice(0, path.lastIndexOf("/"));
      const link = { type: "symlink", stat, target: entry, directory } as const;
      return { ok: true, value: link };
    }
    const content = new TextEncoder().encode(entry.text);
    return { ok: true, value: { type: "file", stat, content } };
  };
  return { look } as unknown as Files;
}

Deno.test("what is mounted is known again, by whatever name it was asked for", async () => {
  const files = filesWith({
    "/dev/sdb1": "",
    "/dev/disk/by-uuid/12": "../../sdb1",
    "/dev/mapper/vg-data": "../dm-0",
    "/dev/dm-0": "",
    "/images/data.img": { text: "" },
    "/dev/loop7": "",
    "/sys/devices/virtual/block/loop7/loop/backing_file": { text: "/images/data.img\n" },
  });
  const is = async (device: string, type: string, source: string, shownType = "ext4") => {
    const [shown] = parseMountList(`1 2 8:1 / /data rw - ${shownType} ${source} rw`);
    const params = { path: "/data", device, type, bind: false } as MountParams;
    const result = await isWanted(params, shown!, files, new AbortController().signal);
    return result.ok ? result.value : result.failure.message;
  };
  assertEquals(await is("/dev/sdb1", "ext4", "/dev/sdb1"), true);
  assertEquals(await is("UUID=12", "auto", "/dev/sdb1"), true);
  assertEquals(await is("/dev/mapper/vg-data", "ext4", "/dev/dm-0"), true);
  assertEquals(await is("/dev/dm-0", "ext4", "/dev/mapper/vg-data"), true);
  assertEquals(await is("/images/data.img", "ext4", "/dev/loop7"), true);
  assertEquals(await is("/dev/sdb1", "ext4", "/dev/dm-0"), false);
  assertEquals(await is("/dev/sdb1", "xfs", "/dev/sdb1"), false);
  assertEquals(await is("server:/export/", "nfs", "server:/export", "nfs4"), true);
  assertEquals(await is("server:/export", "nfs", "other:/export", "nfs4"), false);
  assertEquals(await is("whatever", "tmpfs", "tmpfs", "tmpfs"), true);
  assertEquals(
    await is("UUID=99", "ext4", "/dev/sdb1"),
    "there is no /dev/disk/by-uuid/99 on this host now",
    "nobody knows what is mounted, so it is not unmounted",
  );
});

Deno.test("a device that only its content tells is found by who reads it, and told by its numbers", async () => {
  const stat = {} as never;
  const disk = (device: string) => ({ type: "other", stat, what: "a block device", device });
  const devices: Record<string, unknown> = {
    "/dev/sdb1": disk("8:17"),
    "/dev/disk-b1": disk("8:17"),
  };
  const look = (path: string) => ({ ok: true, value: devices[path] ?? { type: "absent" } });
  const files = { look } as unknown as Files;
  const [shown] = parseMountList("1 2 8:17 / /data rw - ext4 /dev/root rw");
  const is = async (device: string) => {
    const params = { path: "/data", device, type: "ext4", bind: false } as MountParams;
    const find = (tag: string) => Promise.resolve(tag === "UUID=12" ? "/dev/sdb1" : undefined);
    const result = await isWanted(params, shown!, files, new AbortController().signal, find);
    return result.ok ? result.value : result.failure.message;
  };
  assertEquals(await is("UUID=12"), true);
  assertEquals(await is("/dev/disk-b1"), true);
  assertEquals(await is("UUID=99"), "there is no UUID=99 on this host now");
});
