/** Extended attributes and access lists survive the replacement of a file. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { inFileWorld, isRoot, resource } from "../../support/file_world.ts";
import type { FileWorld } from "../../support/file_world.ts";

const OTHER = 65534;

async function output(...argv: string[]): Promise<string | undefined> {
  const [program, ...args] = argv;
  try {
    const { success, stdout } = await new Deno.Command(program ?? "", { args }).output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    return undefined;
  }
}

/** Attaches an attribute and an access list; false where the machine cannot. */
async function attach(path: string): Promise<boolean> {
  const attribute = await output("setfattr", "-n", "user.mgmt", "-v", "kept", path);
  const list = await output("setfacl", "-m", `u:${OTHER}:r`, path);
  return attribute !== undefined && list !== undefined;
}

async function assertAttached(path: string): Promise<void> {
  const attributes = await output("getfattr", "-d", "--absolute-names", path);
  assertStringIncludes(attributes ?? "", 'user.mgmt="kept"');
  const list = await output("getfacl", "-n", "--absolute-names", path);
  assertStringIncludes(list ?? "", `user:${OTHER}:r`);
}

async function replaceAttached(world: FileWorld, path: string): Promise<void> {
  Deno.writeTextFileSync(path, "old");
  if (!await attach(path)) return;
  await resource(world, { path, content: "new" }).heal();
  assertEquals(Deno.readTextFileSync(path), "new");
  await assertAttached(path);
  assertEquals(world.warnings, []);
}

Deno.test("attributes and access list of a replaced file are kept", () =>
  inFileWorld((world) => replaceAttached(world, world.path("f"))));

Deno.test({
  name: "they are kept in somebody else's directory too",
  ignore: !isRoot,
  fn: () =>
    inFileWorld(async (world) => {
      Deno.mkdirSync(world.path("foreign"));
      Deno.chownSync(world.path("foreign"), OTHER, OTHER);
      await replaceAttached(world, world.path("foreign/f"));
      assertEquals(world.names("foreign"), ["f"]);
    }),
});

Deno.test("they are kept when they were given to a file that the agent wrote", () =>
  inFileWorld(async (world) => {
    const path = world.path("f");
    const made = resource(world, { path, content: "content" });
    await made.heal();
    // The time of a change of metadata is known in whole seconds only.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    if (!await attach(path)) return;
    assertEquals(await made.check(), undefined);
    world.put("f", "changed");
    await made.heal();
    await assertAttached(path);
  }));

Deno.test("a file that the agent wrote and nobody gave anything is replaced at once", () =>
  inFileWorld(async (world) => {
    const { default: file } = await import("../../../src/resources/file/kind.ts");
    const path = world.path("f");
    const made = resource(world, { path, content: "content" });
    await made.heal();
    const context = {
      host: world.host,
      signal: new AbortController().signal,
      memory: {},
    } as never;
    for (let round = 0; round < 3; round++) {
      world.put("f", "changed");
      const found = file.check(made.params, context);
      assert(!(found instanceof Promise) && found?.type === "drift");
      const landing = file.apply(found.plan, made.params, context);
      assertEquals(world.text("f"), "content", "everybody sees it before anything is waited for");
      assertEquals(await landing, undefined);
    }
  }));

Deno.test("a file of somebody else's is replaced at once from the second time on", () =>
  inFileWorld(async (world) => {
    const { default: file } = await import("../../../src/resources/file/kind.ts");
    world.put("f", "before the agent");
    const made = resource(world, { path: world.path("f"), content: "content" });
    await made.heal();
    world.put("f", "changed");
    const context = {
      host: world.host,
      signal: new AbortController().signal,
      memory: {},
    } as never;
    const found = file.check(made.params, context);
    assert(!(found instanceof Promise) && found?.type === "drift");
    const landing = file.apply(found.plan, made.params, context);
    assertEquals(world.text("f"), "content", "everybody sees it before anything is waited for");
    assertEquals(await landing, undefined);
  }));

Deno.test("what is attached is kept from one replacement to the next", () =>
  inFileWorld(async (world) => {
    const path = world.put("f", "old");
    if (!await attach(path)) return;
    const made = resource(world, { path, content: "new" });
    for (let round = 0; round < 3; round++) {
      await made.heal();
      await assertAttached(path);
      world.put("f", `changed ${round}`);
    }
  }));
