import { assert, assertEquals, assertMatch } from "@std/assert";
import file from "../../../src/resources/file/kind.ts";
import type { FileFields } from "../../../src/resources/file/fields.ts";
import { inKindWorld, type KindWorld, resourceOf } from "../../support/kind_world.ts";

const MIB = 1024 * 1024;

/** Makes a file that is all hole but for a few bytes at some places. */
function sparse(world: KindWorld, name: string, size: number, marks: readonly number[] = []) {
  const open = Deno.openSync(world.path(name), { write: true, create: true });
  for (const at of marks) {
    open.seekSync(at, Deno.SeekMode.Start);
    open.writeSync(new TextEncoder().encode("mark"));
  }
  open.truncateSync(size);
  open.close();
  return world.path(name);
}

/** Bytes that a file takes on the disk. */
function takes(path: string): number {
  return (Deno.statSync(path).blocks ?? 0) * 512;
}

function sameBytes(a: string, b: string): boolean {
  const [x, y] = [Deno.readFileSync(a), Deno.readFileSync(b)];
  return x.length === y.length && x.every((byte, index) => byte === y[index]);
}

Deno.test("a source that is larger than max_size is not copied, 1 GiB where nothing is said", () =>
  inKindWorld(async (world) => {
    const cases: readonly [number, FileFields["max_size"], string][] = [
      [6 * 1024 * MIB, undefined, "1G"],
      [MIB + 1, "1M", "1M"],
      [100_001, 100_000, "100000 bytes"],
    ];
    for (const [size, max_size, text] of cases) {
      const source = sparse(world, "source", size);
      const more = max_size === undefined ? {} : { max_size };
      const it = await resourceOf(file, world, { path: world.path("f"), source, ...more });
      // It is not tried: without the limit it would fill the disk.
      const refused = await it.check();
      assert(refused?.type === "failure", "it would be copied");
      assertEquals(refused.code, "too-large");
      assertMatch(refused.message, new RegExp(`source has ${size} bytes; more than ${text} `));
    }
    const source = sparse(world, "source", 100_000);
    const fits = { path: world.path("f"), source, max_size: 100_000 };
    await (await resourceOf(file, world, fits)).heal();
    assertEquals([...Deno.readDirSync(world.directory)].length, 2);
  }));

Deno.test("a tree may have as much in all, and otherwise nothing of it is copied", () =>
  inKindWorld(async (world) => {
    Deno.mkdirSync(world.path("source"));
    for (const name of ["a", "b", "c"]) sparse(world, `source/${name}`, 100_000);
    const fields = { path: `${world.path("d")}/`, source: world.path("source"), recurse: true };
    const refused = await resourceOf(file, world, { ...fields, max_size: 299_999 });
    assertMatch((await refused.refuse()).message, /is too much together; more than 299999 bytes/);
    const single = await resourceOf(file, world, { ...fields, max_size: 99_999 });
    assertMatch((await single.refuse()).message, /source\/a has 100000 bytes/);
    assertEquals([...Deno.readDirSync(world.directory)].length, 1);
    await (await resourceOf(file, world, { ...fields, max_size: 300_000 })).heal();
  }));

Deno.test("a source that grows while it is copied is not followed without end", () =>
  inKindWorld(async (world) => {
    for (const in_place of [false, true]) {
      const source = sparse(world, "source", 100_000);
      if (in_place) world.put("f", "old");
      const fields = { path: world.path("f"), source, in_place, max_size: 200_000 };
      const it = await resourceOf(file, world, fields);
      const found = await it.check();
      assert(found?.type === "drift");
      sparse(world, "source", 10 * MIB);
      const failed = await it.apply(found);
      assertEquals(failed?.code, "too-large");
      Deno.removeSync(source);
    }
  }));

Deno.test("holes stay holes: in a copy, in one that replaces, and in what is kept of the old", () =>
  inKindWorld(async (world) => {
    const size = 8 * MIB + 5;
    const marks = [0, MIB - 2, 2 * MIB + 16_384, size - 4];
    const source = sparse(world, "source", size, marks);
    const path = world.path("f");
    const it = await resourceOf(file, world, { path, source });
    await it.heal();
    assert(sameBytes(source, path), "the copy differs");
    assert(takes(path) < MIB / 4, `it takes ${takes(path)} bytes`);
    sparse(world, "source", size, [3 * MIB]);
    await it.heal();
    assert(sameBytes(source, path) && takes(path) < MIB / 4, `it takes ${takes(path)} bytes`);
    const kept = `${world.directory}/../prefix/backups`;
    const [copy = ""] = [...Deno.readDirSync(kept)].map(({ name }) => `${kept}/${name}`)
      .filter((name) => Deno.statSync(name).size === size);
    assert(takes(copy) < MIB / 4, `what is kept takes ${takes(copy)} bytes`);
    const end = sparse(world, "end", size);
    await (await resourceOf(file, world, { path: world.path("g"), source: end })).heal();
    assertEquals([Deno.statSync(world.path("g")).size, takes(world.path("g"))], [size, 0]);
  }));
