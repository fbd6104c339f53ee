import { assertEquals } from "@std/assert";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { createMounts, parseMounts } from "../../../src/os/mounts/mounts.ts";

const TABLE = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 27 0:40 / /mnt/with\\040blank rw - fuse.sshfs joe@host:/ rw,user_id=0
31 27 0:41 / /mnt/nfs rw - nfs4 server:/export rw
32 31 0:42 / /mnt/nfs/local rw - tmpfs tmpfs rw
33 27 0:43 / /auto rw - autofs systemd-1 rw
34 33 0:44 / /auto rw - ext4 /dev/vdb rw
`;

Deno.test("mounts are read with their names and whether they may hang", () => {
  const mounts = parseMounts(TABLE);
  assertEquals(mounts.get("/mnt/with blank")?.remote, true);
  assertEquals(mounts.get("/mnt/nfs")?.remote, true);
  assertEquals(mounts.get("/mnt/nfs/local")?.remote, false);
  assertEquals(mounts.get("/proc")?.type, "proc");
});

Deno.test("of two mounts on one directory the later one counts", () => {
  assertEquals(parseMounts(TABLE).get("/auto")?.type, "ext4");
});

Deno.test("the mount that holds a path is the nearest above it", () => {
  const mounts = createMounts(createLocalClock(), () => TABLE);
  assertEquals(mounts.holding("/mnt/nfs/a/b").point, "/mnt/nfs");
  assertEquals(mounts.holding("/mnt/nfs/local/a").point, "/mnt/nfs/local");
  assertEquals(mounts.holding("/mnt/nfsx").point, "/");
  assertEquals(mounts.on("/mnt/nfs/a"), undefined);
  assertEquals(mounts.below("/mnt/nfs").map(({ point }) => point), ["/mnt/nfs", "/mnt/nfs/local"]);
});

Deno.test("where changes are told, the table is read again after one and not before", () => {
  let readings = 0;
  let nowMs = 0;
  const mounts = createMounts({ ...createLocalClock(), nowMs: () => nowMs }, () => {
    readings++;
    return TABLE;
  });
  const look = () => {
    nowMs += 1000;
    mounts.holding("/a");
    return readings;
  };
  assertEquals([look(), look()], [1, 2]);
  mounts.tell(true);
  assertEquals([look(), look()], [3, 3]);
  mounts.changed();
  assertEquals([look(), look()], [4, 4]);
  mounts.tell(false);
  assertEquals([look(), look()], [5, 6]);
});

Deno.test("without a table everything is local", () => {
  const mounts = createMounts(createLocalClock(), () => {
    throw new Error("no /proc");
  });
  assertEquals(mounts.holding("/a/b").remote, false);
});

Deno.test("file systems that keep the order of data and rename are known by their options", () => {
  const line = (type: string, options: string) => `27 1 254:0 / / rw - ${type} /dev/vda ${options}`;
  const keeps = (type: string, options = "rw") =>
    parseMounts(line(type, options)).get("/")?.keepsOrder;
  assertEquals([keeps("ext4"), keeps("btrfs"), keeps("tmpfs")], [true, true, true]);
  assertEquals([keeps("xfs"), keeps("overlay"), keeps("vfat")], [false, false, false]);
  assertEquals(keeps("ext4", "rw,noauto_da_alloc"), false);
  assertEquals(keeps("ext4", "rw,data=writeback"), false);
  assertEquals(keeps("ext4", "rw,data=ordered"), true);
});
