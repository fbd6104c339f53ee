import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createLocalFiles } from "../../../src/os/files/local_files.ts";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { createLocalRandom } from "../../../src/os/local_random.ts";
import file from "../../../src/resources/file/kind.ts";
import line from "../../../src/resources/line/kind.ts";
import { inFileWorld, isRoot, resource } from "../../support/file_world.ts";
import { inKindWorld, type KindWorld, resolving, resourceOf } from "../../support/kind_world.ts";

const SHELL = { validate_shell: "/bin/sh" };
const NAMES = ["foo.service", "nginx.conf", "50-mgmt", ".hidden.conf", 'it\'s "a" $b.conf'];

/** Names of what is in the directory of a world. */
function names(world: KindWorld): string[] {
  return [...Deno.readDirSync(world.directory)].map(({ name }) => name).sort();
}

Deno.test("a command is shown a file under its own name, in a directory that is the agent's alone", () =>
  inKindWorld(async (world) => {
    for (const name of NAMES) {
      for (const old of [undefined, "old", "in place"]) {
        if (old !== undefined) world.put(name, old);
        const made = await resourceOf(file, world, {
          path: world.path(name),
          content: "new",
          ...(old === "in place" ? { in_place: true } : {}),
          validate: `basename %s; stat -c %a "$(dirname "%s")"; cat '%s'; exit 1`,
          ...SHELL,
        });
        world.said.length = 0;
        assertEquals((await made.refuse()).code, "validate");
        assertEquals(world.said, [name, "700", "new"]);
        if (old !== undefined) assertEquals(world.text(name), old);
      }
      Deno.removeSync(world.path(name));
    }
    assertEquals(names(world), []);
    world.put("foo.service", "a\n");
    const path = world.path("foo.service");
    const added = { path, line: "b", validate: "basename %s; exit 1", ...SHELL };
    world.said.length = 0;
    await (await resourceOf(line, world, added)).refuse();
    assertEquals(world.said, ["foo.service"]);
  }));

Deno.test("what it includes from beside itself is there while a command looks", () =>
  inKindWorld(async (world) => {
    world.put("mime.types", "types\n");
    Deno.mkdirSync(world.path("conf.d"));
    world.put("conf.d/a.conf", "a\n");
    const validate = 'cd "$(dirname %s)"; cat mime.types conf.d/*.conf site.conf > /dev/null; ' +
      "echo left > site.conf.db";
    const path = world.path("site.conf");
    const site = { path, content: "site\n", validate: `set -e; ${validate}`, ...SHELL };
    await (await resourceOf(file, world, site)).heal();
    assertEquals(names(world), ["conf.d", "mime.types", "site.conf"]);
    assertEquals(world.text("conf.d/a.conf"), "a\n");
  }));

Deno.test("a command that changes what it should only look at is refused, and the old file stays", () =>
  inKindWorld(async (world) => {
    const changes = [
      "echo other > %s",
      "echo more >> %s",
      "chmod 0777 %s",
      "rm %s",
      "cp %s %s.new && mv %s.new %s",
    ];
    for (const validate of changes) {
      for (const old of [undefined, "old\n", "in place\n"]) {
        if (old !== undefined) world.put("f", old);
        const path = world.path("f");
        const inPlace = old === "in place\n" ? { in_place: true } : {};
        const made = { path, content: "new\n", validate, ...SHELL, ...inPlace };
        const refused = await (await resourceOf(file, world, made)).refuse();
        assertEquals(refused.code, "validate", validate);
        assertStringIncludes(refused.message, `${path} changed it`);
        assertEquals(names(world), old === undefined ? [] : ["f"]);
        if (old !== undefined) assertEquals(world.text("f"), old);
      }
      Deno.removeSync(world.path("f"));
    }
    // Looking changes nothing that counts.
    const path = world.path("f");
    const seen = { path, content: "new\n", validate: "cat %s > /dev/null; ln %s %s.2", ...SHELL };
    await (await resourceOf(file, world, seen)).heal();
    assertEquals([names(world), world.text("f")], [["f"], "new\n"]);
  }));

Deno.test("of a thousand entries beside it none are linked", () =>
  inKindWorld(async (world) => {
    for (let index = 0; index < 1001; index++) world.put(`${index}`, "");
    const validate = "ls $(dirname %s) | wc -l; exit 1";
    const made = { path: world.path("f"), content: "new", validate, ...SHELL };
    await (await resourceOf(file, world, made)).refuse();
    assertEquals(world.said, ["1"]);
  }));

Deno.test({
  name: "also where everybody can write",
  ignore: !isRoot,
  fn: () =>
    inKindWorld(async (world) => {
      Deno.chmodSync(world.directory, 0o1777);
      world.put("beside", "x");
      Deno.chownSync(world.put("f.conf", "old"), 65534, 65534);
      const path = world.path("f.conf");
      const validate = "grep -q new %s && cat $(dirname %s)/beside && basename %s | grep -x f.conf";
      await (await resourceOf(file, world, { path, content: "new", validate, ...SHELL })).heal();
      assertEquals([world.text("f.conf"), names(world)], ["new", ["beside", "f.conf"]]);
    }),
});

Deno.test("with a shell quotes and signs are the shell's, without one they are warned of", async () => {
  await inKindWorld(async (world) => {
    const path = world.path("f");
    const made = { path, content: "a b\n", validate: "grep 'a b' < %s | grep -q b", ...SHELL };
    await (await resourceOf(file, world, made)).heal();
    assertEquals(world.text("f"), "a b\n");
  });
  for (const kind of [file, line]) {
    const fields = kind === file ? { content: "x" } : { line: "x" };
    const { issues } = await resolving<never, unknown, never, never>(
      kind as never,
      { path: "/f", ...fields, validate_shell: "/bin/sh" } as never,
    );
    assertEquals(issues.map(({ message }) => message), ["validate_shell is set, but not validate"]);
  }
});

Deno.test("what a command prints is a detail when it is content, and shown when it refuses", () =>
  inKindWorld(async (world) => {
    const lines: [string, boolean | undefined][] = [];
    const context = () => ({
      host: world.host,
      signal: new AbortController().signal,
      claimed: () => false,
      comes: () => false,
      claims: () => [],
      memory: file.memory(),
      line: (text: string, _stream: string, how?: { detail: boolean }) =>
        lines.push([text, how?.detail]),
    } as unknown as Parameters<typeof file.check>[1]);
    for (const [content, detail] of [["good", true], ["bad", false]] as const) {
      const fields = { path: world.path("f"), content, validate: "cat %s; grep -q good %s" };
      const { params } = await resolving(file, { ...fields, ...SHELL });
      const found = await file.check(params, context());
      assert(found?.type === "drift");
      await file.apply(found.plan, params, context());
      assertEquals(lines.splice(0), [[content, detail]]);
    }
  }));

Deno.test("a run that was killed while a command looked leaves nothing when the next one starts", () =>
  inFileWorld(async (world) => {
    world.put("beside", "stays");
    const [clock, random] = [createLocalClock(), createLocalRandom()];
    const killed = createLocalFiles({ prefix: world.prefix, clock, random });
    const looking = Promise.withResolvers<string>();
    const end = Promise.withResolvers<undefined>();
    const writing = killed.write({
      path: world.path("f.conf"),
      content: new Uint8Array(1),
      seen: { type: "absent" },
      validate: (path) => {
        looking.resolve(path);
        return end.promise;
      },
    });
    assertMatch(await looking.promise, /~\/f.conf$/);
    assertEquals(world.names().length, 2);
    const removed = await world.files.recover();
    assertEquals(removed, { ok: true, value: 1 });
    assertEquals([world.names(), world.text("beside")], [["beside"], "stays"]);
    end.resolve(undefined);
    await writing;
  }));

Deno.test("a tree leaves the directory alone in which a command looks at a file", () =>
  inFileWorld(async (world) => {
    Deno.mkdirSync(world.path("d"));
    Deno.chmodSync(world.put("d/beside", "stays"), 0o644);
    const looking = Promise.withResolvers<string>();
    const end = Promise.withResolvers<undefined>();
    const writing = world.files.write({
      path: world.path("d/f.conf"),
      content: new Uint8Array(1),
      seen: { type: "absent" },
      validate: (path) => {
        looking.resolve(path);
        return end.promise;
      },
    });
    assertMatch(await looking.promise, /~\/f.conf$/);
    for (const purge of [true, false]) {
      const tree = { path: `${world.path("d")}/`, recurse: true, mode: "0644", purge };
      Deno.chmodSync(world.path("d"), 0o755);
      const found = await resource(world, tree).check();
      const removed = `${world.path("d/beside")}: is not accounted for`;
      assertEquals(found?.type === "drift" ? found.reason : found, purge ? removed : undefined);
    }
    end.resolve(undefined);
    assertEquals(await writing, { ok: true, value: undefined });
  }));

Deno.test("the command may be the new file itself", () =>
  inKindWorld(async (world) => {
    const path = world.path("tool");
    const tool = (code: number) => `#!/bin/sh\nexit ${code}\n`;
    const fields = { path, mode: "0755", validate: "%s --check" };
    const made = await resourceOf(file, world, { ...fields, content: tool(0) });
    const found = await made.check();
    assert(found?.type === "drift");
    const context = { host: world.host, noop: true, comes: () => false } as never;
    assertEquals(await file.refuses?.(found.plan, made.params, context), undefined);
    await made.heal();
    await (await resourceOf(file, world, { ...fields, content: tool(1) })).refuse();
    assertEquals(world.text("tool"), tool(0));
  }));

const analyzer = "/usr/bin/systemd-analyze";

Deno.test({
  name: "systemd takes a unit that is right and refuses one that is not",
  ignore: (await Deno.stat(analyzer).catch(() => undefined)) === undefined,
  fn: () =>
    inKindWorld(async (world) => {
      const unit = (program: string) => `[Service]\nExecStart=${program}\n`;
      const fields = { path: world.path("good.service"), validate: `${analyzer} verify %s` };
      await (await resourceOf(file, world, { ...fields, content: unit("/bin/true") })).heal();
      const wrong = await resourceOf(file, world, { ...fields, content: unit("/bin/no-such") });
      assertEquals((await wrong.refuse()).code, "validate");
      assertStringIncludes(world.said.join("\n"), "/bin/no-such");
      assertEquals(world.text("good.service"), unit("/bin/true"));
    }),
});
