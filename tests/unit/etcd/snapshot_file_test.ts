import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createHash, randomBytes } from "node:crypto";
import { SnapshotFile } from "../../../src/etcd/server/snapshot_file.ts";
import { inDirectory } from "../../support/program.ts";

const DATA = new Uint8Array(randomBytes(5000));
const WHOLE = new Uint8Array([...DATA, ...createHash("sha256").update(DATA).digest()]);

/** Writes `bytes` in pieces of that size; the result is what is said of it. */
async function written(
  path: string,
  bytes: Uint8Array,
  { size = 777, force = false, meanwhile = () => {} } = {},
): Promise<string> {
  const opened = SnapshotFile.open(path, force, "0123");
  if (!opened.ok) return opened.failure.message;
  for (let from = 0; from < bytes.length; from += size) {
    assertEquals(await opened.value.write(bytes.slice(from, from + size)), undefined);
  }
  meanwhile();
  const finished = opened.value.finish();
  return finished.ok ? `${finished.value.bytes} bytes` : finished.failure.message;
}

function names(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name);
}

Deno.test("a snapshot is there as a whole, in pieces of any size, also the last bytes one by one", async () => {
  await inDirectory(async (directory) => {
    for (const size of [1, 31, 32, 33, 5031, 10_000]) {
      const path = `${directory}/${size}`;
      assertEquals(await written(path, WHOLE, { size }), "5032 bytes");
      assertEquals(Deno.readFileSync(path), WHOLE);
      Deno.removeSync(path);
    }
  });
});

Deno.test("a snapshot with a wrong byte, a missing end or nothing at all leaves no file", async () => {
  await inDirectory(async (directory) => {
    const spoiled = WHOLE.slice();
    spoiled[2000]! ^= 1;
    for (const bytes of [spoiled, WHOLE.slice(0, -1), WHOLE.slice(0, 20), new Uint8Array(0)]) {
      assertStringIncludes(await written(`${directory}/x`, bytes), "the sum at its end is another");
      assertEquals(names(directory), []);
    }
  });
});

Deno.test("a snapshot replaces nothing unless told, also not what came meanwhile", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/x`;
    const meanwhile = () => Deno.writeTextFileSync(path, "older");
    assertStringIncludes(await written(path, WHOLE, { meanwhile }), "is there already");
    assertStringIncludes(await written(path, WHOLE), "is there already");
    assertEquals(Deno.readTextFileSync(path), "older");
    assertEquals(names(directory), ["x"]);
    assertEquals(await written(path, WHOLE, { force: true }), "5032 bytes");
    assertStringIncludes(await written(directory, WHOLE, { force: true }), "is a directory");
    assert(names(directory).length === 1);
  });
});

Deno.test("a snapshot replaces no directory, link, FIFO, socket or device, told or not", async () => {
  await inDirectory(async (directory) => {
    const at = (name: string) => `${directory}/${name}`;
    Deno.writeTextFileSync(at("target"), "target");
    Deno.symlinkSync("target", at("link"));
    Deno.symlinkSync("nowhere", at("dangling"));
    Deno.mkdirSync(at("directory"));
    await new Deno.Command("mkfifo", { args: [at("fifo")] }).output();
    using _socket = Deno.listen({ transport: "unix", path: at("socket") });
    const before = names(directory).sort();
    for (
      const [path, what] of [
        [at("link"), "is a symbolic link"],
        [at("dangling"), "is a symbolic link"],
        [at("directory"), "is a directory"],
        [at("fifo"), "is a FIFO"],
        [at("socket"), "is a socket"],
        ["/dev/null", "is a device"],
      ] as const
    ) {
      for (const force of [true, false]) {
        const opened = SnapshotFile.open(path, force, "0123");
        assert(!opened.ok);
        assertStringIncludes(opened.failure.message, what);
        assert(!opened.failure.hint!.includes("--force"), opened.failure.hint);
      }
    }
    assertEquals(names(directory).sort(), before);
    assertEquals(Deno.readTextFileSync(at("target")), "target");
  });
});

Deno.test("a snapshot that cannot be written says what to do, and leaves nothing", async () => {
  await inDirectory((directory) => {
    const absent = SnapshotFile.open(`${directory}/none/x`, false, "0123");
    assert(!absent.ok);
    assertEquals(absent.failure.hint, "name a file in a directory that is there");
    return Promise.resolve();
  });
  // Nothing can be written there, also by root.
  const forbidden = SnapshotFile.open("/proc/self/x", false, "0123");
  assert(!forbidden.ok);
  assertStringIncludes(forbidden.failure.hint ?? "", "name a file");
});

Deno.test("a snapshot replaces no link that came meanwhile, also with --force", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/x`;
    const meanwhile = () => Deno.symlinkSync("elsewhere", path);
    for (const force of [true, false]) {
      assertStringIncludes(await written(path, WHOLE, { meanwhile, force }), "is a symbolic link");
      assertEquals(names(directory), ["x"]);
      Deno.removeSync(path);
    }
  });
});

Deno.test({
  name: "a snapshot goes through no directory that others have put in its way",
  ignore: Deno.uid() !== 0,
  fn: () =>
    inDirectory(async (directory) => {
      // The program works in /; other tests in this process may not.
      const workingDirectory = Deno.cwd();
      Deno.mkdirSync(`${directory}/theirs`);
      Deno.mkdirSync(`${directory}/root`);
      Deno.symlinkSync("../root", `${directory}/theirs/link`);
      await new Deno.Command("chown", { args: ["-hR", "54321", `${directory}/theirs`] }).output();
      assertStringIncludes(await written(`${directory}/theirs/link/x`, WHOLE), "symbolic link");
      assertEquals(names(`${directory}/root`), []);
      // Swapped while it is written.
      Deno.mkdirSync(`${directory}/theirs/sub`);
      const meanwhile = () => {
        Deno.renameSync(`${directory}/theirs/sub`, `${directory}/theirs/other`);
        Deno.symlinkSync("../root", `${directory}/theirs/sub`);
      };
      await written(`${directory}/theirs/sub/x`, WHOLE, { meanwhile });
      Deno.chdir(workingDirectory);
      assertEquals(names(`${directory}/root`), []);
    }),
});
