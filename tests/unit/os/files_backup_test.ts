import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { good, inFileWorld, resource, sightOf } from "../../support/file_world.ts";
import type { FileWorld } from "../../support/file_world.ts";

interface IndexLine {
  readonly path: string;
  readonly type: string;
  readonly sha256?: string;
  readonly target?: string;
  readonly mode: string;
}

function indexOf({ prefix }: FileWorld): IndexLine[] {
  return Deno.readTextFileSync(`${prefix}/backups/index`).trim().split("\n")
    .map((line) => JSON.parse(line));
}

function copyOf(world: FileWorld, line: IndexLine | undefined): string {
  return Deno.readTextFileSync(`${world.prefix}/backups/${line?.sha256}`);
}

function copies({ prefix }: FileWorld): string[] {
  return [...Deno.readDirSync(`${prefix}/backups`)].map(({ name }) => name)
    .filter((name) => /^[0-9a-f]{64}$/.test(name));
}

Deno.test("overwritten content is kept below the prefix, readable by the agent alone", () =>
  inFileWorld(async (world) => {
    world.put("f", "precious");
    Deno.chmodSync(world.path("f"), 0o640);
    await resource(world, { path: world.path("f"), content: "new", sensitive: true }).heal();
    const [line] = indexOf(world);
    assertEquals(line?.path, world.path("f"));
    assertEquals(line?.mode, "640");
    assertEquals(copyOf(world, line), "precious");
    assertEquals(Deno.statSync(`${world.prefix}/backups`).mode! & 0o777, 0o700);
    assertEquals(Deno.statSync(`${world.prefix}/backups/${line?.sha256}`).mode! & 0o777, 0o600);
    assertEquals(world.names(), ["f"]);
  }));

Deno.test("a removed file is kept too, and equal content once", () =>
  inFileWorld(async (world) => {
    for (const name of ["a", "b"]) {
      world.put(name, "same");
      await resource(world, { path: world.path(name), state: "absent" }).heal();
    }
    assertEquals(indexOf(world).map(({ path }) => path), [world.path("a"), world.path("b")]);
    assertEquals(copies(world).length, 1);
  }));

Deno.test("a large file is kept whole", () =>
  inFileWorld(async (world) => {
    const content = "0123456789".repeat(50_000);
    world.put("f", content);
    await resource(world, { path: world.path("f"), content: "new" }).heal();
    assert(copyOf(world, indexOf(world)[0]) === content);
    assertEquals(copies(world).length, 1);
  }));

Deno.test("of a removed directory everything in it is kept", () =>
  inFileWorld(async (world) => {
    Deno.mkdirSync(world.path("d/e"), { recursive: true });
    world.put("d/f", "in d");
    world.put("d/e/g", "in e");
    Deno.symlinkSync("f", world.path("d/l"));
    await resource(world, { path: world.path("d/"), state: "absent", force: true }).heal();
    const lines = indexOf(world).sort((a, b) => a.path < b.path ? -1 : 1);
    assertEquals(lines.map(({ path, type }) => [path.slice(world.root.length), type]), [
      ["/d/e/g", "file"],
      ["/d/f", "file"],
      ["/d/l", "symlink"],
    ]);
    assertEquals(copyOf(world, lines[0]), "in e");
    assertEquals(lines[2]?.target, "f");
  }));

Deno.test("a copy cut short by a crash is made again", () =>
  inFileWorld(async (world) => {
    const spoil = async () => {
      world.put("f", "precious");
      await resource(world, { path: world.path("f"), content: "new" }).heal();
    };
    await spoil();
    const copy = `${world.prefix}/backups/${copies(world)[0]}`;
    Deno.writeTextFileSync(copy, "prec");
    await spoil();
    assertEquals(Deno.readTextFileSync(copy), "precious");
  }));

Deno.test("nothing is kept without a prefix", () =>
  inFileWorld(async (world) => {
    world.put("f", "x");
    good(await world.files.backup(world.path("f"), sightOf(world.files, world.path("f"))));
    assertEquals([...Deno.readDirSync(world.prefix)], []);
  }, { prefix: undefined }));

Deno.test("what cannot be kept is not overwritten", () =>
  inFileWorld(async (world) => {
    Deno.writeTextFileSync(`${world.prefix}/backups`, "in the way");
    world.put("f", "precious");
    const refused = await resource(world, { path: world.path("f"), content: "new" }).refuse();
    assertStringIncludes(refused.message, "keep a copy");
    assertEquals(world.text("f"), "precious");
  }));

Deno.test("the oldest copies make room", () =>
  inFileWorld(async (world) => {
    for (let count = 0; count < 1150; count++) {
      world.put("f", `content ${count}`);
      good(await world.files.backup(world.path("f"), sightOf(world.files, world.path("f"))));
    }
    assert(copies(world).length <= 1100);
    assert(world.warnings.some((text) => text.includes("oldest copies")));
    assertEquals(copyOf(world, indexOf(world).at(-1)), "content 1149");
    // What the index names is there.
    const there = copies(world);
    const named = indexOf(world).slice(0, 100).map(({ sha256 }) => sha256 ?? "");
    assertEquals(named.filter((copy) => !there.includes(copy)), []);
  }));

Deno.test("the index does not grow with what is kept again and again", () =>
  inFileWorld(async (world) => {
    const again = async (name: string) =>
      good(await world.files.backup(world.path(name), sightOf(world.files, world.path(name))));
    world.put("once", "kept once");
    await again("once");
    world.put("f", "contested");
    const bytes = () => Deno.statSync(`${world.prefix}/backups/index`).size;
    let most = 0;
    for (let count = 0; count < 8000; count++) {
      await again("f");
      most = Math.max(most, bytes());
    }
    assert(most < 1_100_000, `${most} bytes`);
    // The only line of the other copy stays, as does the last one of this.
    assertEquals(indexOf(world)[0]?.path, world.path("once"));
    assertEquals(copyOf(world, indexOf(world).at(-1)), "contested");
  }));

Deno.test("runs that are too short to keep many copies make room, too", () =>
  inFileWorld(async (world) => {
    Deno.mkdirSync(`${world.prefix}/backups`, { mode: 0o700 });
    for (let count = 0; count < 1200; count++) {
      const name = count.toString(16).padStart(64, "0");
      Deno.writeTextFileSync(`${world.prefix}/backups/${name}`, "old");
      Deno.utimeSync(`${world.prefix}/backups/${name}`, 1, count);
    }
    world.put("f", "new");
    good(await world.files.backup(world.path("f"), sightOf(world.files, world.path("f"))));
    assertEquals(copies(world).length, 1000);
    assertEquals(copyOf(world, indexOf(world).at(-1)), "new");
  }));
