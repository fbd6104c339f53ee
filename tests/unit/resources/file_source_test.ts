import { assertEquals } from "@std/assert";
import { inFileWorld, resource } from "../../support/file_world.ts";

Deno.test("a source behind links is what the kernel would open by that name", () =>
  inFileWorld(async (world) => {
    for (const name of ["real", "real/deep", "shared"]) Deno.mkdirSync(world.path(name));
    Deno.mkdirSync(world.path("real/shared"));
    world.put("shared/cfg", "wrong: `..` after a link is the parent of what it leads to");
    world.put("real/shared/cfg", "right");
    Deno.symlinkSync("real/deep", world.path("link"));
    Deno.symlinkSync("../shared/cfg", world.path("real/deep/cfg"));
    await resource(world, { path: world.path("copy"), source: world.path("link/cfg") }).heal();
    assertEquals(world.text("copy"), "right");
  }));

Deno.test("a source may be reached through as many links as the kernel follows", () =>
  inFileWorld(async (world) => {
    world.put("l0", "end");
    for (let link = 1; link <= 40; link++) Deno.symlinkSync(`l${link - 1}`, world.path(`l${link}`));
    await resource(world, { path: world.path("copy"), source: world.path("l40") }).heal();
    assertEquals(world.text("copy"), "end");
    Deno.symlinkSync("l40", world.path("l41"));
    const made = resource(world, { path: world.path("other"), source: world.path("l41") });
    const found = await made.check();
    assertEquals(found !== undefined && "message" in found, true);
  }));
