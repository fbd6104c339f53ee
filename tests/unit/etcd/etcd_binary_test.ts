import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { findEtcd } from "../../../src/etcd/server/binary.ts";
import type { EmbeddedEtcd } from "../../../src/etcd/server/embedded.ts";
import { unpackEtcd } from "../../../src/etcd/server/unpack.ts";
import { createLocalHost } from "../../../src/host/local.ts";
import { inDirectory } from "../../support/program.ts";

const PROGRAM = new TextEncoder().encode(
  `#!/bin/sh\necho etcd Version: 3.6.16\n${"#".repeat(9e5)}`,
);
const BEFORE = 1234;

/** An executable with something compressed in the middle, and what tells of it. */
function executable(directory: string): { embedded: EmbeddedEtcd; path: string } {
  const packed = gzipSync(PROGRAM);
  const path = `${directory}/executable`;
  Deno.writeFileSync(path, new Uint8Array(BEFORE));
  Deno.writeFileSync(path, packed, { append: true });
  Deno.writeTextFileSync(path, "the program itself", { append: true });
  const sum = createHash("sha256").update(PROGRAM).digest("hex");
  const [offset, packedBytes, bytes] = [BEFORE, packed.length, PROGRAM.length];
  return { embedded: { version: "3.6.16", offset, packedBytes, bytes, sum }, path };
}

Deno.test("the etcd inside an executable is unpacked once, for its owner alone", async () => {
  await inDirectory(async (directory) => {
    const { embedded, path } = executable(directory);
    const bin = `${directory}/prefix/bin`;
    await Deno.mkdir(bin, { recursive: true });
    await Deno.writeTextFile(`${bin}/etcd-3.6.0-0123456789abcdef`, "an older one");
    const first = await unpackEtcd(embedded, bin, () => Deno.open(path));
    assert(first.ok, JSON.stringify(first));
    assertEquals(await Deno.readFile(first.value), PROGRAM);
    assertEquals((await Deno.stat(first.value)).mode! & 0o777, 0o700);
    assertEquals([...Deno.readDirSync(bin)].map(({ name }) => `${bin}/${name}`), [first.value]);
    const again = await unpackEtcd(embedded, bin, () => Promise.reject(new Error("not again")));
    assertEquals(again, first);
  });
});

for (
  const [name, harm] of [
    ["whose bytes are others", (bytes: Uint8Array) => bytes.fill(7, BEFORE + 50, BEFORE + 60)],
    ["that is another one", (bytes: Uint8Array) => bytes.fill(0)],
    ["that is cut short", (bytes: Uint8Array) => bytes.subarray(0, BEFORE + 100)],
  ] as const
) {
  Deno.test(`from an executable ${name} nothing is left that could be run`, async () => {
    await inDirectory(async (directory) => {
      const { embedded, path } = executable(directory);
      await Deno.writeFile(path, harm(await Deno.readFile(path)));
      const refused = await unpackEtcd(embedded, `${directory}/bin`, () => Deno.open(path));
      assert(!refused.ok);
      assertStringIncludes(refused.failure.message, "is not the one it was built with");
      assertEquals([...Deno.readDirSync(`${directory}/bin`)], []);
    });
  });
}

Deno.test("a directory that cannot be made is a failure that names it", async () => {
  await inDirectory(async (directory) => {
    const { embedded, path } = executable(directory);
    const refused = await unpackEtcd(embedded, `${path}/bin`, () => Deno.open(path));
    assert(!refused.ok);
    assertStringIncludes(refused.failure.message, `cannot unpack etcd into ${path}/bin: `);
  });
});

/** What is found on a PATH where etcd says that of itself; undefined: where there is none. */
async function found(directory: string, says: string | undefined, hasRights = false) {
  if (says !== undefined) {
    await Deno.writeTextFile(`${directory}/etcd`, `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
  }
  const host = createLocalHost({ prefix: undefined, warn: () => {} });
  const searchPath = `relative:${directory}/missing:${directory}`;
  const { processes } = host;
  const options = { directory, processes, hasRights, searchPath, embedded: undefined };
  const result = await findEtcd(options);
  await host.close();
  return result.ok ? result.value : result.failure.message;
}

Deno.test("an etcd on the PATH is taken by what it says of itself", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/etcd`;
    assertEquals(
      await found(directory, undefined),
      "there is no etcd inside this executable, and none on the PATH",
    );
    assertEquals(await found(directory, "etcd Version: 3.6.14"), { path, version: "3.6.14" });
    assertEquals(await found(directory, "etcd Version: 3.6.14", true), { path, version: "3.6.14" });
    assertEquals(
      await found(directory, "etcd Version: 3.6.13", true),
      `${path} is etcd 3.6.13, whose access rules can be got round`,
    );
    assertEquals(await found(directory, "etcd Version: 3.10.0"), { path, version: "3.10.0" });
    assertEquals(await found(directory, "etcd Version: 3.6.13"), {
      path,
      version: "3.6.13",
      warning: `${path} is etcd 3.6.13, whose access rules can be got round: ` +
        "install 3.6.14 or newer",
    });
    assertEquals(
      await found(directory, "etcd Version: 3.5.21"),
      `${path} is etcd 3.5.21, which is too old`,
    );
    assertEquals(await found(directory, "hello"), `${path} does not say its version as etcd does`);
  });
});
