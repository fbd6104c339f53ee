import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { inFileWorld, resource } from "../../support/file_world.ts";
import type { FileWorld } from "../../support/file_world.ts";

function modeOf(world: FileWorld, name: string): string {
  return (Deno.statSync(world.path(name)).mode! & 0o7777).toString(8);
}

Deno.test("what is sensitive has no difference to show", () =>
  inFileWorld(async (world) => {
    world.put("f", "secret");
    const found = await resource(world, {
      path: world.path("f"),
      content: "other secret",
      sensitive: true,
    }).check();
    assert(found?.type === "drift");
    assertEquals(found.difference, undefined);
    assert(!found.reason.includes("secret"));
  }));

Deno.test("what validate prints of sensitive content is not shown, but that there was something to refuse", () =>
  inFileWorld(async (world) => {
    const fields = { path: world.path("f"), sensitive: true };
    await resource(world, { ...fields, content: "secret\n", validate: "cat %s" }).heal();
    assertEquals(world.lines, []);
    assertEquals(world.notes, []);
    const refused = await resource(world, {
      ...fields,
      content: "secrets\n",
      validate: "grep --count secrets. %s",
    }).refuse();
    assertEquals(world.lines, []);
    assertStringIncludes(refused.message, "exited with 1");
    assertStringIncludes(refused.hint ?? "", "output is not shown, as it is sensitive");
    assertEquals(world.text("f"), "secret\n");
  }));

Deno.test("a new sensitive file can only be read by its owner, unless mode says otherwise", () =>
  inFileWorld(async (world) => {
    const make = (name: string, mode?: string) =>
      resource(world, {
        path: world.path(name),
        content: "secret",
        sensitive: true,
        ...(mode === undefined ? {} : { mode }),
      }).heal();
    await make("new");
    await make("octal", "0640");
    await make("symbolic", "g+r");
    world.put("old", "x");
    Deno.chmodSync(world.path("old"), 0o604);
    await make("old");
    Deno.symlinkSync("elsewhere", world.path("link"));
    await make("link");
    const names = ["new", "octal", "symbolic", "old", "link"];
    assertEquals(names.map((name) => modeOf(world, name)), ["600", "640", "640", "604", "600"]);
  }));

Deno.test("the files of a new sensitive tree can only be read by their owner", () =>
  inFileWorld(async (world) => {
    Deno.mkdirSync(world.path("source/sub"), { recursive: true });
    world.put("source/sub/small", "secret");
    world.put("source/large", "secret".repeat(20_000));
    await resource(world, {
      path: world.path("t/"),
      source: "source",
      recurse: true,
      sensitive: true,
    }).heal();
    const names = ["t", "t/sub", "t/sub/small", "t/large"];
    assertEquals(names.map((name) => modeOf(world, name)), ["755", "755", "600", "600"]);
  }));
