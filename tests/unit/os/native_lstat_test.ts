import { assertEquals } from "@std/assert";
import { type EntryInfo, nativeLstat, openNativeLstat } from "../../../src/os/native/lstat.ts";

openNativeLstat();

const SAME = [
  ..."isFile isDirectory isSymlink isFifo isSocket isCharDevice isBlockDevice".split(" "),
  ..."mode uid gid nlink ino dev size mtime".split(" "),
] as (keyof EntryInfo)[];

function assertSame(path: string): void {
  const native = nativeLstat(path);
  const runtime = Deno.lstatSync(path);
  for (const fact of SAME) assertEquals([path, fact, native?.[fact]], [path, fact, runtime[fact]]);
  // The runtime leaves the fraction of a second out.
  const second = (time?: Date | null) => Math.floor((time?.getTime() ?? 0) / 1000);
  assertEquals(second(native?.ctime), second(runtime.ctime));
}

Deno.test("the C library says of every type of entry what the runtime says", () => {
  const directory = Deno.makeTempDirSync({ prefix: "mgmt-test-" });
  try {
    const file = `${directory}/ä 🙂 \n`;
    Deno.writeTextFileSync(file, "content", { mode: 0o640 });
    Deno.utimeSync(file, 1234567.891, 1234567.891);
    Deno.linkSync(file, `${directory}/second`);
    Deno.symlinkSync("nowhere", `${directory}/link`);
    new Deno.Command("mkfifo", { args: [`${directory}/fifo`] }).outputSync();
    const listener = Deno.listen({ transport: "unix", path: `${directory}/socket` });
    for (const name of ["ä 🙂 \n", "second", "link", "fifo", "socket", "."]) {
      assertSame(`${directory}/${name}`);
    }
    listener.close();
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
  for (const path of ["/", "/dev/null", "/proc/self/status", "/proc/self/exe", "/sys"]) {
    if (path.startsWith("/proc/self/")) assertEquals(nativeLstat(path)?.ino !== undefined, true);
    else assertSame(path);
  }
});

Deno.test("the C library says that nothing is there without an exception", () => {
  assertEquals(nativeLstat("/dev/null/x"), null);
  assertEquals(nativeLstat("/there/is/nothing"), null);
  assertEquals(nativeLstat(""), null);
});

Deno.test("what is wrong with a path is left to the runtime to say", () => {
  assertEquals(nativeLstat("/dev/null\0"), undefined);
  assertEquals(nativeLstat(`/${"a".repeat(256)}`), undefined);
  assertEquals(nativeLstat("/a".repeat(3000)), undefined);
  const directory = Deno.makeTempDirSync({ prefix: "mgmt-test-" });
  Deno.symlinkSync("circle", `${directory}/circle`);
  assertEquals(nativeLstat(`${directory}/circle/x`), undefined);
  Deno.removeSync(directory, { recursive: true });
});
