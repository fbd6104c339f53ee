// both runtimes: it reads and removes real trees

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { walkSync } from "@std/fs";
import type { Sight } from "../../../src/os/files/files.ts";
import { good, inFileWorld, resource } from "../../support/file_world.ts";
import type { FileWorld } from "../../support/file_world.ts";

function makeSource(world: FileWorld): void {
  Deno.mkdirSync(world.path("source/sub/deep"), { recursive: true });
  world.put("source/a", "a");
  world.put("source/sub/b", "b".repeat(100_000));
  Deno.symlinkSync("a", world.path("source/l"));
}

/** All paths below a directory, with what they are. */
function tree(world: FileWorld, name: string): string[] {
  const root = world.path(name);
  return [...walkSync(root)].filter(({ path }) => path !== root)
    .map(({ path, isDirectory, isSymlink }) =>
      `${path.slice(root.length + 1)}${isDirectory ? "/" : isSymlink ? "@" : ""}`
    ).sort();
}

Deno.test("a source tree is copied with all below it, and kept so", () =>
  inFileWorld(async (world) => {
    makeSource(world);
    const made = resource(world, { path: world.path("t/"), source: "source", recurse: true });
    await made.heal();
    assertEquals(tree(world, "t"), ["a", "l@", "sub/", "sub/b", "sub/deep/"]);
    assertEquals(world.text("t/a"), "a");
    world.put("t/a", "changed");
    Deno.removeSync(world.path("t/sub"), { recursive: true });
    const found = await made.check();
    assert(found?.type === "drift");
    assertMatch(found.reason, /t\/a: content differs .*; .*t\/sub: does not exist; .*sub\/b: does/);
    await made.heal();
    assertEquals(tree(world, "t"), ["a", "l@", "sub/", "sub/b", "sub/deep/"]);
    assertEquals(await made.check(), undefined);
  }));

Deno.test("without recurse only what is directly in the source is copied", () =>
  inFileWorld(async (world) => {
    makeSource(world);
    await resource(world, { path: world.path("t/"), source: "source/" }).heal();
    assertEquals(tree(world, "t"), ["a", "l@"]);
  }));

Deno.test("what is beside the source stays without purge, and goes with it", () =>
  inFileWorld(async (world) => {
    makeSource(world);
    const fields = { path: world.path("t/"), source: "source", recurse: true };
    await resource(world, fields).heal();
    world.put("t/extra", "x");
    Deno.mkdirSync(world.path("t/extra-directory"));
    world.put("t/extra-directory/f", "x");
    assertEquals(await resource(world, fields).heal(), undefined);
    const reason = await resource(world, { ...fields, purge: true }).heal();
    assertStringIncludes(reason ?? "", "extra-directory: is not accounted for");
    assertEquals(tree(world, "t"), ["a", "l@", "sub/", "sub/b", "sub/deep/"]);
  }));

Deno.test("purge leaves what other resources manage, with the directories on the way", () =>
  inFileWorld(async (world) => {
    Deno.mkdirSync(world.path("t/a/b"), { recursive: true });
    for (const name of ["mine", "other", "a/other", "a/b/mine", "a/b/other"]) {
      world.put(`t/${name}`, "x");
    }
    const mine = ["mine", "a/b/mine"].map((name) => world.path(`t/${name}`));
    const claims = [...mine, ...["t/", "t/a/", "t/a/b/"].map((name) => world.path(name))];
    const fields = { path: world.path("t/"), purge: true, recurse: true };
    await resource(world, fields, claims).heal();
    assertEquals(tree(world, "t"), ["a/", "a/b/", "a/b/mine", "mine"]);
  }));

Deno.test("purge without recurse leaves directories alone", () =>
  inFileWorld(async (world) => {
    Deno.mkdirSync(world.path("t/d"), { recursive: true });
    world.put("t/f", "x");
    world.put("t/d/f", "x");
    await resource(world, { path: world.path("t/"), purge: true }).heal();
    assertEquals(tree(world, "t"), ["d/", "d/f"]);
  }));

Deno.test("purge leaves fresh temporary files, and takes old ones and nameless ones", () =>
  inFileWorld(async (world) => {
    Deno.mkdirSync(world.path("t"));
    world.put("t/f", "x");
    world.put("t/.mgmt-0123456789abcdef~", "x");
    world.put("t/.mgmt-0123456789abcdee~", "x");
    Deno.utimeSync(world.path("t/.mgmt-0123456789abcdee~"), 1000, 1000);
    await putBytes(world, "t/\\xff");
    await resource(world, { path: world.path("t/"), purge: true }).heal();
    assertEquals(await namesBelow(world, "t"), [".mgmt-0123456789abcdef~"]);
  }));

/** Makes files whose names are bytes, as Python writes them; `/` at the end: directories. */
async function putBytes(world: FileWorld, ...names: string[]): Promise<void> {
  const script = `import os
for name in [${names.map((name) => `b"${name}"`).join(", ")}]:
    path = os.fsencode(${JSON.stringify(world.path(""))}) + name
    os.makedirs(path) if name.endswith(b"/") else open(path, "w").write("kept")`;
  await new Deno.Command("python3", { args: ["-c", script] }).output();
}

async function namesBelow(world: FileWorld, name: string): Promise<string[]> {
  const args = [world.path(name), "-mindepth", "1", "-printf", "%P\\0"];
  const { stdout } = await new Deno.Command("find", { args }).output();
  return new TextDecoder("latin1").decode(stdout).split("\0").slice(0, -1).sort();
}

Deno.test("purge takes names that are not UTF-8, with all in them, and keeps copies", () =>
  inFileWorld(async (world) => {
    Deno.mkdirSync(world.path("t/\ufffd"), { recursive: true });
    await putBytes(
      world,
      "t/a\\xff",
      "t/d\\xfe/",
      "t/d\\xfe/\\xfe",
      "t/d\\xfe/f",
      "t/\\xc3\\xa9\\xff",
    );
    await putBytes(world, "t/\\xef\\xbf\\xbd/\\xff");
    const flat = resource(world, { path: world.path("t/"), purge: true });
    assertStringIncludes(await flat.heal() ?? "", "t/a\\xff: is not accounted for");
    assertEquals(await namesBelow(world, "t"), [
      "d\xfe",
      "d\xfe/f",
      "d\xfe/\xfe",
      "\xef\xbf\xbd",
      "\xef\xbf\xbd/\xff",
    ]);
    const others = [world.path("t/\ufffd")];
    await resource(world, { path: world.path("t/"), purge: true, recurse: true }, others).heal();
    assertEquals(await namesBelow(world, "t"), ["\xef\xbf\xbd"]);
    await new Promise((resolve) => setTimeout(resolve, 0));
    const index = Deno.readTextFileSync(`${world.prefix}/backups/index`);
    assertStringIncludes(index, JSON.stringify(world.path("t/a\\xff")));
  }));

Deno.test("names of a source that are not UTF-8 are not copied, which is said, and stay in a purge", () =>
  inFileWorld(async (world) => {
    makeSource(world);
    Deno.mkdirSync(world.path("t/sub"), { recursive: true });
    await putBytes(world, "source/sub/\\xff", "t/sub/\\xff", "t/sub/\\xfe");
    const fields = { path: world.path("t/"), source: "source", recurse: true, purge: true };
    await resource(world, fields).heal();
    assertEquals(
      (await namesBelow(world, "t")).filter((name) => name.startsWith("sub/")),
      ["sub/b", "sub/deep", "sub/\xff"],
    );
    assertEquals(world.warnings.length, 1);
    assertStringIncludes(world.warnings[0] ?? "", "source/sub/\\xff");
  }));

Deno.test("owner and mode of everything below are set with recurse, links are left", () =>
  inFileWorld(async (world) => {
    Deno.mkdirSync(world.path("t/d"), { recursive: true });
    world.put("t/d/f", "x");
    Deno.symlinkSync("/etc/passwd", world.path("t/l"));
    const before = Deno.statSync("/etc/passwd").mode;
    await resource(world, { path: world.path("t/"), mode: "0640", recurse: true }).heal();
    const mode = (name: string) => (Deno.statSync(world.path(name)).mode! & 0o777).toString(8);
    assertEquals([mode("t"), mode("t/d"), mode("t/d/f")], ["750", "750", "640"]);
    assertEquals(Deno.statSync("/etc/passwd").mode, before);
  }));

Deno.test("a source that is no directory is refused for a directory", () =>
  inFileWorld(async (world) => {
    world.put("source", "x");
    const refused = await resource(world, { path: world.path("t/"), source: "source" }).refuse();
    assertStringIncludes(refused.message, "is not a directory");
    const directory = await resource(world, { path: world.path("f"), source: "." }).refuse();
    assertStringIncludes(directory.hint ?? "", "end the path of the resource with /");
  }));

Deno.test("a file in the place of a directory of the tree goes only with force", () =>
  inFileWorld(async (world) => {
    makeSource(world);
    Deno.mkdirSync(world.path("t"));
    world.put("t/sub", "in the way");
    const fields = { path: world.path("t/"), source: "source", recurse: true };
    assertEquals((await resource(world, fields).refuse()).code, "wrong-type");
    await resource(world, { ...fields, force: true }).heal();
    assertEquals(tree(world, "t"), ["a", "l@", "sub/", "sub/b", "sub/deep/"]);
  }));

Deno.test("a directory that is replaced by a file of the source takes its content along at once", () =>
  inFileWorld(async (world) => {
    Deno.mkdirSync(world.path("source"));
    world.put("source/f1", "file");
    Deno.mkdirSync(world.path("t/f1/deep"), { recursive: true });
    world.put("t/f1/inside", "x");
    world.put("t/f1/deep/inside", "x");
    const fields = { path: world.path("t/"), source: "source", purge: true, recurse: true };
    await resource(world, { ...fields, force: true, mode: "0640" }).heal();
    assertEquals(tree(world, "t"), ["f1"]);
    assertEquals(world.text("t/f1"), "file");
  }));

Deno.test("a link that is replaced by a directory of the source hides nothing of what is below", () =>
  inFileWorld(async (world) => {
    makeSource(world);
    Deno.mkdirSync(world.path("elsewhere/deep"), { recursive: true });
    world.put("elsewhere/b", "b".repeat(100_000));
    Deno.mkdirSync(world.path("t"));
    Deno.symlinkSync("../elsewhere", world.path("t/sub"));
    const fields = { path: world.path("t/"), source: "source", recurse: true, force: true };
    await resource(world, { ...fields, purge: true }).heal();
    assertEquals(tree(world, "t"), ["a", "l@", "sub/", "sub/b", "sub/deep/"]);
    assertEquals(tree(world, "elsewhere"), ["b", "deep/"]);
  }));

Deno.test("what goes with its directory while it is to be purged is no failure", () =>
  inFileWorld(async (world) => {
    Deno.mkdirSync(world.path("t/d"), { recursive: true });
    world.put("t/d/stray", "x");
    const others = [world.path("t/d")];
    const fields = { path: world.path("t/"), purge: true, recurse: true };
    const purging = await resource(world, fields, others).check();
    assert(purging?.type === "drift");
    Deno.removeSync(world.path("t/d"), { recursive: true });
    world.put("t/d", "a file by now");
    // What was known of directories is believed for a tenth of a second.
    await new Promise((resolve) => setTimeout(resolve, 150));
    const steps = purging.plan as readonly { path: string; seen: Sight }[];
    for (const { path, seen } of steps) good(await world.files.remove(path, seen, { tree: true }));
    assertEquals(tree(world, "t"), ["d"]);
  }));

Deno.test("a link in the place of a managed tree is not followed", () =>
  inFileWorld(async (world) => {
    Deno.mkdirSync(world.path("elsewhere"));
    world.put("elsewhere/f", "x");
    Deno.symlinkSync("elsewhere", world.path("t"));
    const refused = await resource(world, { path: world.path("t/"), purge: true }).refuse();
    assertEquals(refused.code, "wrong-type");
    assertEquals(world.text("elsewhere/f"), "x");
    assertEquals(await resource(world, { path: world.path("t/") }).heal(), undefined);
  }));

Deno.test("a new directory keeps the set-group-id bit that it gets, unless its mode says otherwise", () =>
  inFileWorld(async (world) => {
    makeSource(world);
    Deno.mkdirSync(world.path("g"));
    Deno.chmodSync(world.path("g"), 0o2775);
    const modeOf = async (name: string, fields: { mode?: string; source?: string }) => {
      const path = world.path(`g/${name}/`);
      const recurse = fields.source !== undefined;
      await resource(world, { path, recurse, ...fields }).heal();
      return (Deno.statSync(path).mode! & 0o7777).toString(8);
    };
    assertEquals(await modeOf("plain", {}), "2755");
    assertEquals(await modeOf("group", { mode: "g+w" }), "2775");
    assertEquals(await modeOf("octal", { mode: "0750" }), "750");
    assertEquals(await modeOf("without", { mode: "g-s" }), "755");
    assertEquals(await modeOf("tree", { source: "source" }), "2755");
    assertEquals(Deno.statSync(world.path("g/tree/sub/deep")).mode! & 0o7777, 0o2755);
  }));
