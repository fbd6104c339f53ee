import { assertEquals } from "@std/assert";
import { parseMountList } from "../../../src/os/mounts/mount_list.ts";
import {
  kernelOptions,
  optionDifferences,
  splitOptions,
} from "../../../src/resources/mount/options.ts";

/** What differs from what the kernel shows: options of the mount, type, options of the file system. */
function differs(wanted: string, shown: string): string[] {
  const [options, type, superOptions] = shown.split(" ");
  const line = `36 35 98:0 / /data ${options} shared:1 - ${type} /dev/sdb1 ${superOptions}`;
  const [mount] = parseMountList(line);
  return mount === undefined ? ["no mount"] : optionDifferences(splitOptions(wanted), mount);
}

Deno.test("defaults are what the kernel shows of a mount with defaults", () => {
  for (const shown of ["rw,relatime ext4 rw", "rw,relatime tmpfs rw,inode64"]) {
    for (const wanted of ["defaults", "rw", "suid,dev", "defaults,nofail,x-systemd.automount"]) {
      assertEquals(differs(wanted, shown), []);
    }
  }
});

Deno.test("flags differ where another is in force, the last one of several wanted counting", () => {
  const shown = "rw,relatime ext4 rw";
  assertEquals(differs("ro", shown), ["rw → ro"]);
  assertEquals(differs("noexec,nosuid,nodev,noatime", shown), [
    "suid → nosuid",
    "dev → nodev",
    "exec → noexec",
    "relatime → noatime",
  ]);
  assertEquals(differs("ro,rw", shown), []);
  assertEquals(differs("defaults", "ro,nosuid,noatime ext4 rw"), [
    "ro → rw",
    "nosuid → suid",
    "noatime → relatime",
  ]);
  assertEquals(differs("rw", "rw,relatime ext4 ro"), ["ro → rw"], "the file system itself");
  assertEquals(differs("sync", shown), ["async → sync"]);
  assertEquals(differs("strictatime", shown), ["relatime → strictatime"]);
  assertEquals(differs("strictatime", "rw ext4 rw"), []);
});

Deno.test("words that mean others are understood", () => {
  assertEquals(differs("user", "rw,nosuid,nodev,noexec,relatime ext4 rw"), []);
  assertEquals(differs("user,exec", "rw,nosuid,nodev,relatime ext4 rw"), []);
  assertEquals(differs("atime", "rw,relatime ext4 rw"), []);
  assertEquals(differs("noatime,nodiratime", "rw,noatime ext4 rw"), []);
});

Deno.test("values differ, however they are written; what the kernel does not show is not known", () => {
  assertEquals(differs("size=16m", "rw,relatime tmpfs rw,size=16384k"), []);
  assertEquals(differs("size=10000", "rw,relatime tmpfs rw,size=12k"), []);
  assertEquals(differs("size=8m", "rw,relatime tmpfs rw,size=16384k"), ["size=16384k → size=8m"]);
  assertEquals(differs("size=8m", "rw,relatime tmpfs rw"), ["no size → size=8m"]);
  assertEquals(differs("size=50%", "rw,relatime tmpfs rw,size=16384k"), []);
  assertEquals(differs("nr_inodes=9000", "rw,relatime tmpfs rw,nr_inodes=10000"), [
    "nr_inodes=10000 → nr_inodes=9000",
  ]);
  assertEquals(differs("mode=0755", "rw,relatime tmpfs rw,mode=755"), []);
  assertEquals(differs("mode=0700,uid=www-data", "rw,relatime tmpfs rw,mode=755,uid=33"), [
    "mode=755 → mode=0700",
  ]);
  assertEquals(differs("nfsvers=4,hard", "rw,relatime nfs4 rw,vers=4.2,hard"), []);
  assertEquals(differs("vers=3", "rw,relatime nfs4 rw,vers=4.2"), ["vers=4.2 → vers=3"]);
  assertEquals(differs("subvol=home", "rw,relatime btrfs rw,subvol=/home"), []);
  assertEquals(differs("errors=remount-ro,data=ordered", "rw,relatime ext4 rw"), []);
  assertEquals(differs("nobarrier", "rw,relatime ext4 rw,barrier"), ["barrier → nobarrier"]);
  assertEquals(differs("discard", "rw,relatime ext4 rw,nodiscard"), ["nodiscard → discard"]);
});

Deno.test("who shows a directory a second time asks for nothing but what it names", () => {
  assertEquals(differs("bind", "ro,nosuid,noatime ext4 ro"), []);
  assertEquals(differs("bind,ro", "rw,nosuid,relatime ext4 rw"), ["rw → ro"]);
});

Deno.test("only the kernel's options are given to mount, with a remount all that are known", () => {
  const options = (wanted: string, remount = false) =>
    kernelOptions(splitOptions(wanted), remount).join();
  assertEquals(options("defaults,nofail,_netdev,x-systemd.automount,noauto"), "");
  assertEquals(options("noatime,size=1m,comment=x"), "noatime,size=1m");
  assertEquals(options("bind,ro"), "bind,ro");
  assertEquals(options("users,exec"), "noexec,nosuid,nodev,exec");
  assertEquals(
    options("noatime,size=1m,nofail", true),
    "remount,rw,suid,dev,exec,noatime,async,size=1m",
  );
  assertEquals(options("bind,ro", true), "remount,bind,ro");
});

Deno.test("commas in quotes separate nothing", () => {
  assertEquals(splitOptions(`ro, context="a:b,c",noatime,`), [`ro`, `context="a:b,c"`, "noatime"]);
});
