/** Which links are followed, and what happens in directories that other users can write. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { bad, good, inFileWorld, isRoot, resource, sightOf } from "../../support/file_world.ts";
import type { FileWorld } from "../../support/file_world.ts";

/** Somebody who is not the agent. */
const OTHER = 65534;

/** A directory of somebody else, with a file. */
function foreign(world: FileWorld, name = "foreign"): string {
  Deno.chmodSync(world.root, 0o755);
  Deno.chmodSync(world.path(".."), 0o755);
  Deno.mkdirSync(world.path(name));
  world.put(`${name}/f`, "theirs");
  Deno.chownSync(world.path(`${name}/f`), OTHER, OTHER);
  Deno.chownSync(world.path(name), OTHER, OTHER);
  return world.path(name);
}

Deno.test("a link on the way is followed where nobody else could have made it", () =>
  inFileWorld(async (world) => {
    Deno.mkdirSync(world.path("real/sub"), { recursive: true });
    Deno.symlinkSync("real", world.path("relative"));
    Deno.symlinkSync(world.path("real/sub"), world.path("absolute"));
    Deno.symlinkSync("../relative/sub", world.path("real/up"));
    await resource(world, { path: world.path("relative/f"), content: "1" }).heal();
    await resource(world, { path: world.path("absolute/f"), content: "2" }).heal();
    await resource(world, { path: world.path("relative/up/g"), content: "3" }).heal();
    assertEquals([world.text("real/f"), world.text("real/sub/f")], ["1", "2"]);
    assertEquals(world.text("real/sub/g"), "3");
    assertEquals(world.names("real"), ["f", "sub", "up"]);
  }));

Deno.test("links that lead in a circle are a failure", () =>
  inFileWorld((world) => {
    Deno.symlinkSync("b", world.path("a"));
    Deno.symlinkSync("a", world.path("b"));
    const seen = world.files.look(world.path("a/f"));
    assert(!(seen instanceof Promise));
    assertStringIncludes(bad(seen).message, "too many symbolic links");
  }));

Deno.test("a link to / on the way leads to /", () =>
  inFileWorld((world) => {
    Deno.symlinkSync("/", world.path("top"));
    assertEquals(sightOf(world.files, world.path("top/etc")).type, "directory");
    const absent = sightOf(world.files, world.path("top/no-such-directory/f"));
    assertEquals(absent, { type: "absent", nearestParent: "/" });
  }));

Deno.test("a link in a directory that everybody can write is not followed", () =>
  inFileWorld(async (world) => {
    Deno.mkdirSync(world.path("open/real"), { recursive: true });
    Deno.symlinkSync("real", world.path("open/link"));
    for (const mode of [0o1777, 0o777, 0o775]) {
      Deno.chmodSync(world.path("open"), mode);
      await new Promise((resolve) => setTimeout(resolve, 120));
      const refused = await resource(world, { path: world.path("open/link/f"), content: "x" })
        .refuse();
      assertEquals(refused.code, "untrusted-link", mode.toString(8));
      await resource(world, { path: world.path("open/real/f"), content: "x" }).heal();
      Deno.removeSync(world.path("open/real/f"));
    }
    assertEquals(world.names("open/real"), []);
  }));

Deno.test({
  name: "a link that belongs to somebody else is not followed",
  ignore: !isRoot,
  fn: () =>
    inFileWorld(async (world) => {
      Deno.mkdirSync(world.path("real"));
      Deno.symlinkSync("real", world.path("link"));
      await new Deno.Command("chown", { args: ["-h", `${OTHER}`, world.path("link")] }).output();
      const refused = await resource(world, { path: world.path("link/f"), content: "x" }).refuse();
      assertEquals(refused.code, "untrusted-link");
    }),
});

Deno.test({
  name: "in somebody else's directory everything works the same",
  ignore: !isRoot,
  fn: () =>
    inFileWorld(async (world) => {
      const directory = foreign(world);
      const path = `${directory}/f`;
      await resource(world, { path, content: "ours" }).heal();
      assertEquals(world.text("foreign/f"), "ours");
      assertEquals(Deno.statSync(path).uid, OTHER, "the owner is kept");
      await resource(world, { path, content: "ours", mode: "0600", owner: "0" }).heal();
      assertEquals([Deno.statSync(path).mode! & 0o777, Deno.statSync(path).uid], [0o600, 0]);
      await resource(world, { path: `${directory}/d/`, mode: "0700" }).heal();
      await resource(world, { path: `${directory}/d/e/`, owner: `${OTHER}` }).heal();
      await resource(world, { path: `${directory}/d/e/f`, content: "deep" }).heal();
      await resource(world, { path: `${directory}/l`, target: "f" }).heal();
      assertEquals(world.names("foreign"), ["d", "f", "l"]);
      assertEquals(world.text("foreign/d/e/f"), "deep");
      const nothing = sightOf(world.files, `${directory}/x/y/z`);
      assertEquals(nothing, { type: "absent", nearestParent: directory });
      await resource(world, { path: `${directory}/d/`, state: "absent", force: true }).heal();
      await resource(world, { path, state: "absent" }).heal();
      assertEquals(world.names("foreign"), ["l"]);
      assertEquals(Deno.cwd(), "/");
    }),
});

Deno.test({
  name: "somebody else's link on the way in his directory is refused",
  ignore: !isRoot,
  fn: () =>
    inFileWorld(async (world) => {
      const directory = foreign(world);
      Deno.mkdirSync(world.path("victim"));
      Deno.symlinkSync(world.path("victim"), `${directory}/d`);
      const refused = await resource(world, { path: `${directory}/d/f`, content: "x" }).refuse();
      assertEquals(refused.code, "untrusted-link");
      assertEquals(world.names("victim"), []);
    }),
});

Deno.test({
  name: "a hard link where others can make entries is neither given away nor written into",
  ignore: !isRoot,
  fn: () =>
    inFileWorld(async (world) => {
      const directory = foreign(world);
      world.put("secret", "secret");
      Deno.chmodSync(world.path("secret"), 0o600);
      Deno.linkSync(world.path("secret"), `${directory}/link`);
      const path = `${directory}/link`;
      for (
        const fields of [
          { owner: `${OTHER}` },
          { mode: "0644" },
          { content: "x", in_place: true },
          { content: "x" },
        ]
      ) {
        assertEquals((await resource(world, { path, ...fields }).refuse()).code, "hard-link");
      }
      const { mode, uid } = Deno.statSync(world.path("secret"));
      assertEquals([mode! & 0o777, uid, world.text("secret")], [0o600, 0, "secret"]);
    }),
});

Deno.test({
  name: "a file directly in a sticky directory is read and replaced, whoever owns it",
  ignore: !isRoot,
  fn: () =>
    inFileWorld(async (world) => {
      Deno.mkdirSync(world.path("tmp"));
      Deno.chmodSync(world.path("tmp"), 0o1777);
      world.put("tmp/f", "theirs");
      Deno.chownSync(world.path("tmp/f"), OTHER, OTHER);
      const made = resource(world, { path: world.path("tmp/f"), content: "ours" });
      assertEquals(await made.heal(), "content differs (6 → 4 bytes)");
      assertEquals(sightOf(world.files, world.path("tmp/f")).type, "file");
      assertEquals(world.text("tmp/f"), "ours");
    }),
});

Deno.test({
  name: "an agent without rights says what it may not do",
  ignore: !isRoot,
  fn: () =>
    inFileWorld(async (world) => {
      const directory = foreign(world);
      assertStringIncludes(
        await writeWithoutRights({ path: `${directory}/f` }),
        `make a new file beside ${directory}/f: permission denied`,
      );
      Deno.mkdirSync(`${directory}/locked`);
      Deno.chmodSync(`${directory}/locked`, 0o700);
      Deno.chownSync(`${directory}/locked`, OTHER, OTHER);
      assertStringIncludes(
        await writeWithoutRights({ path: `${directory}/locked/f` }),
        "permission denied",
      );
      assertStringIncludes(
        await writeWithoutRights({ path: world.path("g"), uid: OTHER }),
        `set the owner of ${world.path("g")}: operation not permitted`,
      );
      assertEquals(await writeWithoutRights({ path: world.path("g") }), "done\n");
      assertEquals(world.names("foreign"), ["f", "locked"]);
      assertEquals(world.names(), ["foreign", "g"]);
    }),
});

/** Writes a file as root without any of root's privileges; what came of it. */
async function writeWithoutRights(request: { path: string; uid?: number }): Promise<string> {
  const url = (name: string) => new URL(`../../../src/os/${name}`, import.meta.url).href;
  const program = `
    import { createLocalFiles } from "${url("files/local_files.ts")}";
    import { createLocalClock } from "${url("local_clock.ts")}";
    import { createLocalRandom } from "${url("local_random.ts")}";
    const [clock, random] = [createLocalClock(), createLocalRandom()];
    const request = JSON.parse(Deno.args[0]);
    const files = createLocalFiles({ prefix: undefined, clock, random });
    const seen = await files.look(request.path);
    const content = new Uint8Array(3);
    const done = seen.ok ? await files.write({ ...request, content, seen: seen.value }) : seen;
    console.log(done.ok ? "done" : done.failure.message);`;
  const script = Deno.makeTempFileSync({ suffix: ".ts" });
  Deno.writeTextFileSync(script, program);
  const config = new URL("../../../deno.json", import.meta.url).pathname;
  const run = [Deno.execPath(), "run", "-A", "--no-check", "--config", config, script];
  try {
    const { stdout, stderr } = await new Deno.Command("setpriv", {
      args: ["--bounding-set=-all", "--inh-caps=-all", "--", ...run, JSON.stringify(request)],
      env: { NO_COLOR: "1" },
    }).output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  } finally {
    Deno.removeSync(script);
  }
}

Deno.test("what was looked at is what is changed, or nothing is", () =>
  inFileWorld(async (world) => {
    world.put("f", "x");
    const seen = sightOf(world.files, world.path("f"));
    Deno.removeSync(world.path("f"));
    Deno.mkdirSync(world.path("f"));
    const path = world.path("f");
    const content = new Uint8Array(1);
    assertEquals(bad(await world.files.write({ path, content, seen })).code, "changed");
    assertEquals(bad(await world.files.remove(path, seen, { tree: true })).code, "changed");
    assertEquals(bad(await world.files.setAttributes(path, seen, { mode: 0 })).code, "changed");
    assertEquals(world.names(), ["f"]);
    good(await world.files.remove(path, sightOf(world.files, path), { tree: false }));
  }));
