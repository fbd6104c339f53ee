/** A write that is only for the version that was seen. */

import { assertEquals } from "@std/assert";
import type { Sight } from "../../../src/os/files/files.ts";
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

for (const owner of [{}, { uid: Deno.uid() ?? 0 }]) {
  const name = "uid" in owner ? "with an owner" : "at once";

  Deno.test(`a link replaces only what was seen, and nothing that came meanwhile (${name})`, () =>
    inFileWorld(async (world) => {
      const link = async (path: string, seen: Sight) =>
        await world.files.makeLink(path, "target", { seen, ...owner });
      const path = world.path("f");
      const absent = sightOf(world.files, path);
      world.put("f", "came meanwhile");
      assertEquals(bad(await link(path, absent)).code, "changed");
      const file = sightOf(world.files, path);
      world.put("f", "written meanwhile, too");
      assertEquals(bad(await link(path, file)).code, "changed");
      assertEquals(world.text("f"), "written meanwhile, too");
      assertEquals(world.names(), ["f"]);
      good(await link(path, sightOf(world.files, path)));
      const first = sightOf(world.files, path);
      Deno.removeSync(path);
      Deno.symlinkSync("elsewhere", path);
      assertEquals(bad(await link(path, first)).code, "changed");
      assertEquals(Deno.readLinkSync(path), "elsewhere");
      good(await link(path, sightOf(world.files, path)));
      assertEquals(Deno.readLinkSync(path), "target");
    }));
}
