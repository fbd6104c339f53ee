/** Things that stand where a file should be, or keep it from being written. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { inFileWorld, isRoot, resource } from "../support/file_world.ts";
import type { FileWorld } from "../support/file_world.ts";
import { inDirectory, Program } from "../support/program.ts";

async function run(...argv: string[]): Promise<void> {
  const [program, ...args] = argv;
  const { success, stderr } = await new Deno.Command(program ?? "", { args }).output();
  assert(success, `${argv.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

async function withMount(
  target: string,
  mount: readonly string[],
  test: () => Promise<void>,
): Promise<void> {
  await run("mount", ...mount, target);
  try {
    // The table of mounts is read again only after a while.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await test();
  } finally {
    await run("umount", "-l", target);
  }
}

async function refusedAndReplaced(world: FileWorld, name: string, what: string): Promise<void> {
  const fields = { path: world.path(name), content: "content" };
  // Whoever opened it would wait for the other end, for ever.
  const refused = await resource(world, fields).refuse();
  assertEquals(refused.code, "wrong-type");
  assertStringIncludes(refused.message, `is ${what}, not a file`);
  await resource(world, { ...fields, force: true }).heal();
  assertEquals(world.text(name), "content");
}

Deno.test("a FIFO in the place of a file is never opened, and replaced with force", () =>
  inFileWorld(async (world) => {
    await run("mkfifo", world.path("f"));
    await refusedAndReplaced(world, "f", "a FIFO");
  }));

Deno.test("a socket in the place of a file is replaced with force", () =>
  inFileWorld(async (world) => {
    Deno.listen({ transport: "unix", path: world.path("f") }).close();
    if (!world.names().includes("f")) {
      await run("python3", "-c", bindSocket(world.path("f")));
    }
    await refusedAndReplaced(world, "f", "a socket");
  }));

function bindSocket(path: string): string {
  return `import socket; socket.socket(socket.AF_UNIX).bind(${JSON.stringify(path)})`;
}

Deno.test({
  name: "a device in the place of a file is never opened, and replaced with force",
  ignore: !isRoot,
  fn: () =>
    inFileWorld(async (world) => {
      await run("mknod", world.path("f"), "c", "1", "3");
      await refusedAndReplaced(world, "f", "a character device");
    }),
});

Deno.test("a FIFO as source is a failure at once", () =>
  inFileWorld(async (world) => {
    await run("mkfifo", world.path("s"));
    const refused = await resource(world, { path: world.path("f"), source: "s" }).refuse();
    assertStringIncludes(refused.message, "neither file nor directory");
  }));

for (
  const [source, why] of [
    ["/proc/kmsg", "a stream of the kernel"],
    ["/dev/zero", "a character device"],
  ] as const
) {
  Deno.test(`${source} as source is a failure at once, of which nothing is read`, async () => {
    await inDirectory(async (directory) => {
      const graph = `${directory}/g.yaml`;
      const resource = `{name: a, path: ${directory}/a, source: ${source}}`;
      await Deno.writeTextFile(graph, `graph: g\nresources:\n  file:\n  - ${resource}\n`);
      const plan = new Program(["plan", graph, "--prefix", `${directory}/prefix`]);
      // Who reads it hears no signal.
      const timer = setTimeout(() => plan.signal("SIGKILL"), 60_000);
      const { code, stdout } = await plan.ended();
      clearTimeout(timer);
      assertEquals(code, 4);
      assertStringIncludes(stdout, why);
    });
  });
}

/** What this process has read so far, from wherever. */
function bytesRead(): number {
  return Number(/^rchar: (\d+)$/m.exec(Deno.readTextFileSync("/proc/self/io"))?.[1]);
}

Deno.test("a file of 1 GiB where 10 bytes should be costs nothing to check", () =>
  inFileWorld(async (world) => {
    world.put("f", "");
    Deno.truncateSync(world.path("f"), 2 ** 30);
    const made = resource(world, { path: world.path("f"), content: "0123456789" });
    const before = bytesRead();
    const found = await made.check();
    assert(bytesRead() - before < 2 ** 20, "it was read");
    assert(found?.type === "drift");
    assertEquals(found.reason, "content differs (1073741824 → 10 bytes)");
    assertEquals(await found.difference?.(), ["(too large to show; 1073741824 → 10 bytes)"]);
  }));

Deno.test({
  name: "a full disk is a clear failure that leaves the old file and nothing else",
  ignore: !isRoot,
  fn: () =>
    inFileWorld((world) =>
      withMount(world.root, ["-t", "tmpfs", "-o", "size=64k", "tmpfs"], async () => {
        world.put("f", "old");
        for (const size of [50_000, 200_000]) {
          world.put("filler", "x".repeat(40_000));
          const content = "y".repeat(size);
          const refused = await resource(world, { path: world.path("f"), content }).refuse();
          assertEquals(refused.code, "ENOSPC");
          assertStringIncludes(refused.message, "no space left on the device");
          assertEquals(world.text("f"), "old");
          assertEquals(world.names(), ["f", "filler"]);
        }
        await resource(world, { path: world.path("f"), content: "fits" }).heal();
      })
    ),
});

Deno.test({
  name: "a full disk leaves also a file that is written in place as it was",
  ignore: !isRoot,
  fn: () =>
    inFileWorld((world) =>
      withMount(world.root, ["-t", "tmpfs", "-o", "size=640k", "tmpfs"], async () => {
        Deno.writeTextFileSync(`${world.prefix}/source`, "z".repeat(900_000));
        const old = "old".repeat(2000);
        world.put("f", old);
        world.put("filler", "x".repeat(600_000));
        const path = world.path("f");
        const source = `${world.prefix}/source`;
        const large = [{ content: "y".repeat(60_000) }, { content: "y".repeat(300_000) }, {
          source,
        }];
        for (const what of large) {
          const refused = await resource(world, { path, in_place: true, ...what }).refuse();
          assertEquals(refused.code, "ENOSPC");
          assertEquals(world.text("f"), old);
        }
        Deno.removeSync(world.path("filler"));
        for (const what of large.slice(0, 2)) {
          await resource(world, { path, in_place: true, ...what }).heal();
          assertEquals(world.text("f"), what.content);
        }
        await resource(world, { path, in_place: true, content: old }).heal();
        assertEquals(world.text("f"), old);
      })
    ),
});

Deno.test({
  name: "a purge removes directories whose names are not UTF-8 also from an overlay",
  ignore: !isRoot,
  fn: () =>
    inFileWorld(async (world) => {
      Deno.mkdirSync(world.path("t"));
      Deno.mkdirSync(world.path("layers"));
      await withMount(world.path("layers"), ["-t", "tmpfs", "tmpfs"], async () => {
        for (const name of ["upper", "work"]) Deno.mkdirSync(world.path(`layers/${name}`));
        const [upper, work] = [world.path("layers/upper"), world.path("layers/work")];
        const layers = `lowerdir=/usr/lib,upperdir=${upper},workdir=${work}`;
        await withMount(world.path("t"), ["-t", "overlay", "-o", layers, "overlay"], async () => {
          const make =
            "mkdir -p p/$(printf '\\377')/sub p/$(printf '\\376') && touch p/$(printf '\\377')/f";
          await run("sh", "-c", `cd ${world.path("t")} && ${make}`);
          const fields = { path: world.path("t/p/"), purge: true, recurse: true };
          await resource(world, fields).heal();
          assertEquals(await entriesOf(world.path("t/p")), "");
        });
      });
    }),
});

/** Also those that are not UTF-8. */
async function entriesOf(path: string): Promise<string> {
  const { stdout } = await new Deno.Command("ls", { args: ["-Ab", path] }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test({
  name: "a read-only file system is a clear failure",
  ignore: !isRoot,
  fn: () =>
    inFileWorld((world) =>
      withMount(world.root, ["-t", "tmpfs", "-o", "ro", "tmpfs"], async () => {
        const refused = await resource(world, { path: world.path("f"), content: "x" }).refuse();
        assertEquals(refused.code, "EROFS");
        assertStringIncludes(refused.message, "read-only");
      })
    ),
});

Deno.test({
  name: "a file that is a bind mount is refused, and written into with in_place",
  ignore: !isRoot,
  fn: () =>
    inFileWorld(async (world) => {
      world.put("other", "old");
      world.put("f", "covered");
      await withMount(world.path("f"), ["--bind", world.path("other")], async () => {
        const fields = { path: world.path("f"), content: "new" };
        const refused = await resource(world, fields).refuse();
        assertEquals(refused.code, "busy");
        assertStringIncludes(refused.hint ?? "", "in_place: true");
        await resource(world, { ...fields, in_place: true }).heal();
        assertEquals(world.text("other"), "new");
      });
      assertEquals(world.text("f"), "covered");
      assertEquals(world.names(), ["f", "other"]);
    }),
});

Deno.test({
  name: "a directory with something mounted below it is not removed",
  ignore: !isRoot,
  fn: () =>
    inFileWorld(async (world) => {
      Deno.mkdirSync(world.path("d/mounted"), { recursive: true });
      await withMount(world.path("d/mounted"), ["-t", "tmpfs", "tmpfs"], async () => {
        world.put("d/mounted/f", "x");
        const fields = { path: world.path("d"), state: "absent", force: true } as const;
        const refused = await resource(world, fields).refuse();
        assertEquals(refused.code, "busy");
        assertEquals(world.text("d/mounted/f"), "x");
      });
    }),
});

Deno.test({
  name: "an immutable file is a failure with a hint",
  ignore: !isRoot,
  fn: () =>
    inFileWorld(async (world) => {
      world.put("f", "old");
      const set = await new Deno.Command("chattr", { args: ["+i", world.path("f")] }).output();
      if (!set.success) return;
      try {
        const refused = await resource(world, { path: world.path("f"), content: "x" }).refuse();
        assertEquals(refused.code, "EPERM");
        assertStringIncludes(refused.hint ?? "", "lsattr");
        assertEquals(world.names(), ["f"]);
      } finally {
        await run("chattr", "-i", world.path("f"));
      }
    }),
});

Deno.test("a name that is too long for the file system is a failure", () =>
  inFileWorld(async (world) => {
    const seen = await world.files.look(world.path("ä".repeat(200)));
    assert(!seen.ok);
    assertEquals(seen.failure.code, "ENAMETOOLONG");
  }));

Deno.test("a file of /proc is compared by its content and written with in_place", () =>
  inFileWorld(async (world) => {
    const path = `/proc/${Deno.pid}/timerslack_ns`;
    const before = Deno.readTextFileSync(path);
    try {
      const made = resource(world, { path, content: "60001\n", in_place: true });
      assertEquals(await made.heal(), "content differs (6 bytes)");
      assertEquals(Deno.readTextFileSync(path), "60001\n");
    } finally {
      Deno.writeTextFileSync(path, before);
    }
  }));
