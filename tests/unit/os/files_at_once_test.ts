/** Small files are made with owner and mode at once, which must come out as told. */

import { assertEquals, fail } from "@std/assert";
import type { Attributes } from "../../../src/os/files/files.ts";
import { good, inFileWorld, isRoot, sightOf } from "../../support/file_world.ts";
import type { FileWorld } from "../../support/file_world.ts";

const OTHER = 65534;

function write(world: FileWorld, name: string, attributes: Attributes = {}): void {
  const path = world.path(name);
  const seen = sightOf(world.files, path);
  const written = world.files.write({ path, content: new Uint8Array(9), seen, ...attributes });
  if (written instanceof Promise) fail("a small file is there at once");
  good(written);
}

function facts(path: string): string {
  const { mode, uid, gid, size } = Deno.statSync(path);
  return `${((mode ?? 0) & 0o7777).toString(8)} ${uid}:${gid} ${size}`;
}

const [uid, gid] = [Deno.uid(), Deno.gid()];

Deno.test("a mode is what was asked for, whatever the umask", () =>
  inFileWorld((world) => {
    for (const umask of [0o077, 0o022, 0]) {
      const before = Deno.umask(umask);
      try {
        for (const mode of [0o644, 0o600, 0o666, 0o777, 0o640, 0o444, 0o4755, 0o2711, 0o1644]) {
          const name = `${umask}-${mode}`;
          write(world, name, { mode });
          assertEquals(facts(world.path(name)), `${mode.toString(8)} ${uid}:${gid} 9`);
          write(world, name);
          assertEquals(facts(world.path(name)), `${mode.toString(8)} ${uid}:${gid} 9`, "again");
        }
        write(world, `${umask}-new`);
        assertEquals(facts(world.path(`${umask}-new`)), `644 ${uid}:${gid} 9`);
      } finally {
        Deno.umask(before);
      }
    }
  }));

Deno.test({
  name:
    "a file that is replaced keeps owner and group, also where a directory hands down its group",
  ignore: !isRoot,
  fn: () =>
    inFileWorld(async (world) => {
      Deno.mkdirSync(world.path("d"));
      Deno.chownSync(world.path("d"), 0, OTHER);
      Deno.chmodSync(world.path("d"), 0o2755);
      const cases = [[0, 0, 0o644], [0, 0, 0o640], [OTHER, OTHER, 0o644], [0, OTHER, 0o640]];
      for (const [uid = 0, gid = 0, mode = 0] of cases) {
        const name = `d/f${uid}-${gid}-${mode}`;
        // Known to the agent from now on, so that the next time it is replaced at once.
        write(world, name, { uid, gid, mode });
        write(world, name);
        assertEquals(facts(world.path(name)), `${mode.toString(8)} ${uid}:${gid} 9`);
      }
      write(world, "d/new");
      assertEquals(facts(world.path("d/new")), `644 0:${OTHER} 9`);
      await world.files.landed();
    }),
});

Deno.test("a small file that cannot be written leaves nothing behind", () =>
  inFileWorld((world) => {
    Deno.mkdirSync(world.path("f"));
    const seen = { type: "absent" } as const;
    const path = world.path("f");
    const written = world.files.write({ path, content: new Uint8Array(9), seen });
    if (written instanceof Promise) throw new Error("that is known at once");
    assertEquals(written.ok ? "" : written.failure.code, "changed");
    assertEquals(world.names(), ["f"]);
  }));
