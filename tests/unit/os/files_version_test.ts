/** A write that is only for the version that was seen. */

import { assertEquals } from "@std/assert";
import { bad, good, inFileWorld, sightOf } from "../../support/file_world.ts";

const content = new TextEncoder().encode("ours");

for (const way of [{}, { inPlace: true }, { validate: () => Promise.resolve(undefined) }]) {
  const name = Object.keys(way)[0] ?? "at once";

  Deno.test(`what was written since the look is not overwritten (${name})`, () =>
    inFileWorld(async (world) => {
      const path = world.put("f", "seen");
      const request = { path, content, seen: sightOf(world.files, path), ifUnchanged: true };
      world.put("f", "written by somebody else");
      assertEquals(bad(await world.files.write({ ...request, ...way })).code, "changed");
      assertEquals(world.text("f"), "written by somebody else");
      assertEquals(world.names(), ["f"]);
      const seen = sightOf(world.files, path);
      good(await world.files.write({ ...request, ...way, seen }));
      assertEquals(world.text("f"), "ours");
    }));
}

Deno.test("what was made since the look is not overwritten", () =>
  inFileWorld(async (world) => {
    const path = world.path("f");
    const request = { path, content, seen: sightOf(world.files, path), ifUnchanged: true };
    world.put("f", "new");
    assertEquals(bad(await world.files.write(request)).code, "changed");
    assertEquals(world.text("f"), "new");
  }));
