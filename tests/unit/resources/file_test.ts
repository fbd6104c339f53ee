// both runtimes: it makes real files

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { inFileWorld, resource } from "../../support/file_world.ts";

const PATTERN = /\.mgmt-/;

Deno.test("a missing file is made with its content, and then nothing is left to do", () =>
  inFileWorld(async (world) => {
    const made = resource(world, { path: world.path("f"), content: "i am f\n" });
    assertEquals(await made.heal(), "does not exist");
    assertEquals(world.text("f"), "i am f\n");
    assertEquals(Deno.statSync(world.path("f")).mode! & 0o7777, 0o644);
    assertEquals(await made.heal(), undefined);
    assert(!world.names().some((name) => PATTERN.test(name)));
  }));

Deno.test("the check of a small local file is synchronous", () =>
  inFileWorld(async (world) => {
    const { default: file } = await import("../../../src/resources/file/kind.ts");
    world.put("f", "x");
    const { params } = resource(world, { path: world.path("f"), content: "y" });
    const found = file.check(params, {
      host: world.host,
      signal: new AbortController().signal,
      memory: {},
    } as never);
    assert(!(found instanceof Promise));
    assertEquals(found?.type, "drift");
  }));

Deno.test("content that differs is put back, and the difference can be shown afterwards", () =>
  inFileWorld(async (world) => {
    world.put("f", "one\ntwo\nthree\n");
    const made = resource(world, { path: world.path("f"), content: "one\n2\nthree\n" });
    const found = await made.check();
    assert(found?.type === "drift");
    assertEquals(found.reason, "content differs (14 → 12 bytes)");
    await made.heal();
    assertEquals(await found.difference?.(), [
      "@@ -1,3 +1,3 @@",
      " one",
      "-two",
      "+2",
      " three",
    ]);
  }));

Deno.test("the difference of a file that did not exist begins at line 0, as diff says it", () =>
  inFileWorld(async (world) => {
    async function differenceOf(old: string | undefined, content: string): Promise<unknown> {
      if (old !== undefined) world.put("f", old);
      const found = await resource(world, { path: world.path("f"), content }).check();
      assert(found?.type === "drift");
      return await found.difference?.();
    }
    assertEquals(await differenceOf(undefined, "new\n"), ["@@ -0,0 +1 @@", "+new"]);
    assertEquals(await differenceOf("old\n", ""), ["@@ -1 +0,0 @@", "-old"]);
    assertEquals(await differenceOf("a\n", "a\nb\n"), ["@@ -1 +1,2 @@", " a", "+b"]);
  }));

Deno.test("content of equal size is compared byte by byte", () =>
  inFileWorld(async (world) => {
    world.put("f", "abc");
    const made = resource(world, { path: world.path("f"), content: "abd" });
    assertEquals(await made.heal(), "content differs (3 bytes)");
    assertEquals(world.text("f"), "abd");
  }));

Deno.test("bytes are kept as they are, and their difference is told by number", () =>
  inFileWorld(async (world) => {
    const content = new Uint8Array([0, 255, 10, 13, 0]);
    Deno.writeFileSync(world.path("f"), new Uint8Array([0, 255, 11]));
    const made = resource(world, { path: world.path("f"), content });
    const found = await made.check();
    assert(found?.type === "drift");
    assertEquals(await found.difference?.(), [
      "(no text; 3 → 5 bytes; the first difference is at byte 2)",
    ]);
    await made.heal();
    assertEquals(Deno.readFileSync(world.path("f")), content);
  }));

Deno.test("without content and source only the presence counts", () =>
  inFileWorld(async (world) => {
    const made = resource(world, { path: world.path("f") });
    assertEquals(await made.heal(), "does not exist");
    assertEquals(world.text("f"), "");
    world.put("f", "anything");
    assertEquals(await made.heal(), undefined);
    Deno.symlinkSync("nowhere", world.path("l"));
    assertEquals(await resource(world, { path: world.path("l") }).heal(), undefined);
  }));

Deno.test("an empty content empties the file", () =>
  inFileWorld(async (world) => {
    world.put("f", "anything");
    await resource(world, { path: world.path("f"), content: "" }).heal();
    assertEquals(world.text("f"), "");
  }));

Deno.test("what should be absent is removed, a full directory only with force", () =>
  inFileWorld(async (world) => {
    world.put("f", "x");
    await resource(world, { path: world.path("f"), state: "absent" }).heal();
    Deno.mkdirSync(world.path("empty"));
    await resource(world, { path: world.path("empty/"), state: "absent" }).heal();
    Deno.mkdirSync(world.path("full"));
    world.put("full/f", "x");
    const refused = await resource(world, { path: world.path("full"), state: "absent" }).refuse();
    assertStringIncludes(refused.message, "a directory with 1 entries");
    assertStringIncludes(refused.hint ?? "", "force");
    await resource(world, { path: world.path("full"), state: "absent", force: true }).heal();
    assertEquals(world.names(), []);
  }));

Deno.test("a missing parent is not made, and the failure names the nearest that exists", () =>
  inFileWorld(async (world) => {
    const refused = await resource(world, { path: world.path("a/b/f"), content: "x" }).refuse();
    assertEquals(refused.code, "parent-missing");
    assertMatch(refused.message, /a\/b is missing; the nearest that exists is .*\/root$/);
    assertEquals(world.names(), []);
  }));

Deno.test("a missing parent that another resource makes is no failure beforehand", () =>
  inFileWorld(async (world) => {
    const made = resource(world, { path: world.path("a/f"), content: "x" }, [world.path("a")]);
    const found = await made.check();
    assertEquals(found?.type === "drift" && found.reason, "does not exist");
    assertEquals((await made.refuse()).code, "parent-missing");
  }));

Deno.test("a file in the place of a directory on the way is named", () =>
  inFileWorld(async (world) => {
    world.put("a", "x");
    const refused = await resource(world, { path: world.path("a/f"), content: "x" }).refuse();
    assertMatch(refused.message, /\/a is in the way/);
  }));

Deno.test("a directory in the place of a file goes only with force", () =>
  inFileWorld(async (world) => {
    Deno.mkdirSync(world.path("f"));
    world.put("f/inside", "x");
    const fields = { path: world.path("f"), content: "x" };
    const refused = await resource(world, fields).refuse();
    assertEquals(refused.code, "wrong-type");
    assertEquals(world.text("f/inside"), "x");
    assertEquals(
      await resource(world, { ...fields, force: true }).heal(),
      "is a directory, not a file",
    );
    assertEquals(world.text("f"), "x");
  }));

Deno.test("a file in the place of a directory goes only with force", () =>
  inFileWorld(async (world) => {
    world.put("d", "x");
    assertEquals((await resource(world, { path: world.path("d/") }).refuse()).code, "wrong-type");
    assertEquals(world.text("d"), "x");
    await resource(world, { path: world.path("d/"), force: true }).heal();
    assert(Deno.statSync(world.path("d")).isDirectory);
  }));

Deno.test("a symbolic link in the place of content is replaced, its target is not touched", () =>
  inFileWorld(async (world) => {
    world.put("target", "mine");
    Deno.symlinkSync("target", world.path("f"));
    const reason = await resource(world, { path: world.path("f"), content: "x" }).heal();
    assertEquals(reason, "is a symbolic link to target, not a file");
    assertEquals(world.text("target"), "mine");
    assert(Deno.lstatSync(world.path("f")).isFile);
  }));

Deno.test("a symbolic link is made, turned, and put in the place of a file", () =>
  inFileWorld(async (world) => {
    await resource(world, { path: world.path("l"), target: "a" }).heal();
    assertEquals(Deno.readLinkSync(world.path("l")), "a");
    assertEquals(
      await resource(world, { path: world.path("l"), target: "b" }).heal(),
      "points to a, not to b",
    );
    Deno.removeSync(world.path("l"));
    world.put("l", "content");
    await resource(world, { path: world.path("l"), target: "b" }).heal();
    assertEquals(Deno.readLinkSync(world.path("l")), "b");
  }));

Deno.test("mode is set, octal or symbolic, and kept when it is not said", () =>
  inFileWorld(async (world) => {
    const path = world.path("f");
    const mode = () => Deno.statSync(path).mode! & 0o7777;
    await resource(world, { path, content: "x", mode: "0600" }).heal();
    assertEquals(mode(), 0o600);
    assertEquals(await resource(world, { path, mode: "u+x,go=r" }).heal(), "mode 0600 → 0744");
    assertEquals(mode(), 0o744);
    await resource(world, { path, content: "y" }).heal();
    assertEquals(mode(), 0o744);
    assertEquals(world.text("f"), "y");
  }));

Deno.test("a directory is made with its mode", () =>
  inFileWorld(async (world) => {
    await resource(world, { path: world.path("d/"), mode: "0750" }).heal();
    assertEquals(Deno.statSync(world.path("d")).mode! & 0o7777, 0o750);
    await resource(world, { path: world.path("e/") }).heal();
    assertEquals(Deno.statSync(world.path("e")).mode! & 0o7777, 0o755);
  }));

Deno.test("a file is copied from its source, also when it is large", () =>
  inFileWorld(async (world) => {
    const large = "0123456789abcdef".repeat(50_000);
    world.put("small-source", "small");
    world.put("large-source", large);
    await resource(world, { path: world.path("small"), source: "small-source" }).heal();
    await resource(world, { path: world.path("large"), source: "large-source" }).heal();
    assertEquals(world.text("small"), "small");
    assert(world.text("large") === large);
    world.put("large", large.replace("f", "g"));
    const reason = await resource(world, { path: world.path("large"), source: "large-source" })
      .heal();
    assertEquals(reason, "content differs (800000 bytes)");
    assert(world.text("large") === large);
  }));

Deno.test("a source that is not there is a failure that names it", () =>
  inFileWorld(async (world) => {
    const refused = await resource(world, { path: world.path("f"), source: "s" }).refuse();
    assertMatch(refused.message, /the source .*\/root\/s does not exist/);
  }));

Deno.test("large content is written and compared in pieces", () =>
  inFileWorld(async (world) => {
    const content = "x".repeat(1_000_000);
    const made = resource(world, { path: world.path("f"), content });
    await made.heal();
    world.put("f", `${content.slice(1)}y`);
    assertEquals(await made.heal(), "content differs (1000000 bytes)");
    assert(world.text("f") === content);
  }));

Deno.test("a command can refuse the new content, and the old file stays", () =>
  inFileWorld(async (world) => {
    world.put("f", "old");
    const fields = { path: world.path("f"), validate: "grep good %s" };
    const refused = await resource(world, { ...fields, content: "bad" }).refuse();
    assertEquals(refused.code, "validate");
    assertStringIncludes(refused.hint ?? "", "the old file is still in place");
    assertStringIncludes(refused.message, "grep good %s exited with 1");
    assertEquals(world.text("f"), "old");
    assertEquals(world.names(), ["f"]);
    await resource(world, { ...fields, content: "good\n" }).heal();
    assertEquals(world.lines, ["good"]);
    assertEquals(world.text("f"), "good\n");
  }));

Deno.test("a refused new file does not claim that an old one is still in place", () =>
  inFileWorld(async (world) => {
    const fields = { path: world.path("f"), content: "bad", validate: "grep good %s" };
    const { hint } = await resource(world, fields).refuse();
    assertEquals(hint, "nothing was made; the command printed nothing");
    assertEquals(world.names(), []);
  }));

Deno.test("hard links are refused, and written into with in_place", () =>
  inFileWorld(async (world) => {
    world.put("f", "old content");
    Deno.linkSync(world.path("f"), world.path("g"));
    const refused = await resource(world, { path: world.path("f"), content: "new" }).refuse();
    assertEquals(refused.code, "hard-link");
    assertStringIncludes(refused.hint ?? "", "in_place");
    await resource(world, { path: world.path("f"), content: "new", in_place: true }).heal();
    assertEquals(world.text("g"), "new");
  }));

Deno.test("names with line ends, blanks and letters of all kinds are names", () =>
  inFileWorld(async (world) => {
    for (const name of ["two\nlines", " ", "-rf", "ä€𝄞", "%s", "file:x", "back\\slash"]) {
      await resource(world, { path: world.path(name), content: name }).heal();
      assertEquals(world.text(name), name);
      await resource(world, { path: world.path(name), state: "absent" }).heal();
    }
    assertEquals(world.names(), []);
  }));
