import { assertEquals, assertMatch } from "@std/assert";
import { type FileWorld, inFileWorld, isRoot, resource } from "../../support/file_world.ts";

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

const OTHER = 65534;

/** A directory of another user, who has put links there. */
function plant(world: FileWorld, links: Readonly<Record<string, string>>): void {
  Deno.mkdirSync(world.path("theirs"));
  world.put("theirs/own", "theirs");
  for (const name of ["theirs", "theirs/own"]) Deno.chownSync(world.path(name), OTHER, OTHER);
  for (const [name, target] of Object.entries(links)) {
    const made = new Deno.Command("ln", { args: ["-s", target, world.path(`theirs/${name}`)] });
    assertEquals(made.outputSync().success, true);
    const given = new Deno.Command("chown", {
      args: ["-h", `${OTHER}`, world.path(`theirs/${name}`)],
    });
    assertEquals(given.outputSync().success, true);
  }
}

async function refusalOf(world: FileWorld, fields: { path: string; source: string }) {
  const found = await resource(world, fields).check();
  return found !== undefined && "message" in found ? found.message : undefined;
}

Deno.test("another user's link as a source leads to nothing that is not that user's", {
  ignore: !isRoot,
}, () =>
  inFileWorld(async (world) => {
    world.put("secret", "root's");
    Deno.mkdirSync(world.path("private"));
    plant(world, {
      plain: world.path("secret"),
      twice: world.path("theirs/plain"),
      tree: world.path("private"),
    });
    for (const name of ["plain", "twice"]) {
      const source = world.path(`theirs/${name}`);
      assertMatch(
        await refusalOf(world, { path: world.path("copy"), source }) ?? "",
        /plain is a link of user 65534 to .*secret, which belongs to user 0/,
      );
    }
    const source = world.path("theirs/tree");
    assertMatch(
      await refusalOf(world, { path: world.path("copies/"), source }) ?? "",
      /tree is a link of user 65534/,
    );
    assertEquals(world.names().includes("copy"), false);
  }));

Deno.test(
  "another user's link to that user's own file is a source; one to nothing is a source that is missing",
  {
    ignore: !isRoot,
  },
  () =>
    inFileWorld(async (world) => {
      plant(world, { current: "own", twice: "current", gone: "nothing" });
      for (const name of ["current", "twice"]) {
        const source = world.path(`theirs/${name}`);
        await resource(world, { path: world.path(name), source }).heal();
        assertEquals(world.text(name), "theirs");
      }
      const source = world.path("theirs/gone");
      assertMatch(
        await refusalOf(world, { path: world.path("copy"), source }) ?? "",
        /gone does not exist/,
      );
    }),
);
