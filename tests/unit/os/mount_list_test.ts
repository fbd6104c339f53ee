import { assert, assertEquals } from "@std/assert";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { createMountList, parseMountList } from "../../../src/os/mounts/mount_list.ts";
import { inDirectory, within } from "../../support/program.ts";

const TABLE = `22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro
36 22 0:32 /sub\\040dir /my\\040data ro,nosuid master:1 - btrfs /dev/sdb\\0401 rw,subvol=/sub\\040dir
37 22 0:33 / /plain rw - tmpfs none rw
broken
`;

const watcher = { watchMounts: () => ({ close: () => {} }) };

Deno.test("what the kernel says of mounts is read, optional fields or not", () => {
  const [root, data, plain, ...more] = parseMountList(TABLE);
  assertEquals(more, []);
  assertEquals(root?.superOptions, ["rw", "errors=remount-ro"]);
  assertEquals(data, {
    point: "/my data",
    root: "/sub dir",
    device: "0:32",
    source: "/dev/sdb 1",
    type: "btrfs",
    options: ["ro", "nosuid"],
    superOptions: ["rw", "subvol=/sub dir"],
  });
  assertEquals([plain?.point, plain?.source], ["/plain", "none"]);
});

Deno.test("the table is this process's own, and a changed one is read again", () => {
  const real = createMountList(createLocalClock(), watcher).read();
  assert(real.ok && real.value.some(({ point }) => point === "/"));
  let text = TABLE;
  const list = createMountList(createLocalClock(), watcher, () => text);
  const count = () => {
    const read = list.read();
    return read.ok ? read.value.length : -1;
  };
  assertEquals(count(), 3);
  text = "";
  assertEquals(count(), 0);
});

Deno.test("a table that cannot be read is a failure, not an empty one", () => {
  const list = createMountList(createLocalClock(), watcher, () => {
    throw new Error("no such file");
  });
  const read = list.read();
  assertEquals(read.ok ? "" : read.failure.hint, "is /proc mounted?");
});

Deno.test("who uses a directory is found: by its directory, by an open file, and nobody else", async () => {
  await inDirectory(async (directory) => {
    await Deno.mkdir(`${directory}/used/below`, { recursive: true });
    await Deno.writeTextFile(`${directory}/used/file`, "");
    await Deno.mkdir(`${directory}/used other`);
    const start = (cwd: string, script: string) =>
      new Deno.Command("sh", {
        args: ["-c", `${script} echo ready; exec sleep 100`],
        cwd,
        stdout: "piped",
      }).spawn();
    const inside = start(`${directory}/used/below`, "");
    const reader = start("/", `exec 5<'${directory}/used/file';`);
    const stranger = start(`${directory}/used other`, "");
    const all = [inside, reader, stranger];
    try {
      for (const { stdout } of all) {
        const reader = stdout.getReader();
        await reader.read();
        await reader.cancel();
      }
      const list = createMountList(createLocalClock(), watcher);
      const isAsleep = ({ pid }: Deno.ChildProcess) =>
        Deno.readTextFileSync(`/proc/${pid}/comm`) === "sleep\n";
      await within(30_000, () => all.every(isAsleep), "they did not start");
      const holders = await list.holders(`${directory}/used`);
      assertEquals(
        holders.map(({ pid, name }) => `${name} ${pid}`).sort(),
        [inside, reader].map(({ pid }) => `sleep ${pid}`).sort(),
      );
    } finally {
      for (const each of all) {
        each.kill("SIGKILL");
        await each.status;
      }
    }
  });
});
