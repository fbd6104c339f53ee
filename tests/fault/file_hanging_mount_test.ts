/** A mount behind which nobody answers must be a failure, and must not stop anything else. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { existsSync } from "@std/fs";
import { bad, good, inFileWorld, isRoot, resource } from "../support/file_world.ts";
import type { FileWorld } from "../support/file_world.ts";

const SCRIPT = new URL("../support/silent_mount.py", import.meta.url).pathname;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;
/** A busy machine does in that time what does not hang. */
const DEADLINE_MS = 1500;
const canMount = isRoot && existsSync("/dev/fuse");

/** Runs a test while nobody answers for `hung` in the world's root. */
async function whileSilent(world: FileWorld, test: () => Promise<void>): Promise<void> {
  Deno.mkdirSync(world.path("hung"));
  const args = [SCRIPT, world.path("hung")];
  const server = new Deno.Command("python3", { args, stdout: "piped" }).spawn();
  const reader = server.stdout.getReader();
  const said = new TextDecoder().decode((await reader.read()).value);
  try {
    assertStringIncludes(said, "mounted");
    // The table of mounts is read again only after a while.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await test();
  } finally {
    server.kill("SIGKILL");
    await server.status;
    await reader.cancel();
    await new Deno.Command("umount", { args: ["-l", world.path("hung")] }).output();
    // The calls that hung come back now.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

Deno.test({
  name: "files below a mount that does not answer fail after the deadline, others go on",
  ignore: !canMount,
  fn: () =>
    inFileWorld((world) =>
      whileSilent(world, async () => {
        const stuck = resource(world, { path: world.path("hung/f"), content: "x" }).check();
        const itself = resource(world, { path: world.path("hung/"), mode: "0755" }).check();
        const fine = resource(world, { path: world.path("fine"), content: "x" });
        assertEquals(await fine.heal(), "does not exist");
        for (const found of [await stuck, await itself]) {
          assert(found?.type === "failure");
          assertEquals(found.code, "timeout");
          assertMatch(found.message, /hung did not answer within 1.5 s/);
        }
        assertEquals(await fine.heal(), undefined);
      }), { stepDeadlineMs: DEADLINE_MS }),
});

Deno.test({
  name: "a mount that does not answer does not use up the threads for other files",
  ignore: !canMount,
  fn: () =>
    inFileWorld((world) =>
      whileSilent(world, async () => {
        const startMs = performance.now();
        const looks = Array.from(
          { length: 200 },
          (_, index) => world.files.look(world.path(`hung/f${index}`)),
        );
        for (const seen of await Promise.all(looks)) assertEquals(bad(seen).code, "timeout");
        assert(performance.now() - startMs < 60_000, "all fail together");
        const content = "x".repeat(500_000);
        await resource(world, { path: world.path("large"), content }).heal();
        assert(
          good(await world.files.equals(world.path("large"), { copyOf: world.path("large") })),
        );
      }), { stepDeadlineMs: DEADLINE_MS }),
});

Deno.test({
  name: "a look that hangs can be stopped, and does not keep the program from ending",
  ignore: !canMount,
  fn: () =>
    inFileWorld((world) =>
      whileSilent(world, async () => {
        const program = `
          import { createLocalFiles } from ${JSON.stringify(here("src/os/files/local_files.ts"))};
          import { createLocalClock } from ${JSON.stringify(here("src/os/local_clock.ts"))};
          import { createLocalRandom } from ${JSON.stringify(here("src/os/local_random.ts"))};
          const [clock, random] = [createLocalClock(), createLocalRandom()];
          const files = createLocalFiles({ prefix: undefined, clock, random });
          const stop = new AbortController();
          setTimeout(() => stop.abort(), 100);
          const seen = await files.look(${JSON.stringify(world.path("hung/f"))}, stop);
          console.log(seen.failure.code);
          Deno.exit(7);`;
        const script = `${world.prefix}/ends.ts`;
        Deno.writeTextFileSync(script, program);
        const args = ["run", "-A", "--no-check", "--config", CONFIG, script];
        const startMs = performance.now();
        const { code, stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
        assertEquals(new TextDecoder().decode(stdout), "stopped\n");
        assertEquals(code, 7);
        assert(performance.now() - startMs < 60_000);
      })
    ),
});

function here(path: string): string {
  return new URL(`../../${path}`, import.meta.url).href;
}

Deno.test({
  name: "a tree that holds such a mount is not removed, and does not hang",
  ignore: !canMount,
  fn: () =>
    inFileWorld((world) =>
      whileSilent(world, async () => {
        world.put("f", "x");
        const made = resource(world, { path: `${world.root}/`, state: "absent", force: true });
        assert(["busy", "timeout"].includes((await made.refuse()).code ?? ""));
      }), { stepDeadlineMs: DEADLINE_MS }),
});
