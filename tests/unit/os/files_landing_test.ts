/** When files reach the disk, and what is open until then. */

import { assert, assertEquals } from "@std/assert";
import type { WriteStep } from "../../../src/os/files/files_context.ts";
import { good, inFileWorld, isRoot, sightOf } from "../../support/file_world.ts";
import type { FileWorld } from "../../support/file_world.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const encoder = new TextEncoder();

/** What this process has open for writing below a directory. */
function writers(directory: string): string[] {
  const found: string[] = [];
  for (const { name } of Deno.readDirSync("/proc/self/fd")) {
    try {
      const path = Deno.readLinkSync(`/proc/self/fd/${name}`);
      const info = Deno.readTextFileSync(`/proc/self/fdinfo/${name}`);
      const flags = Number.parseInt(/^flags:\s+(\d+)/m.exec(info)?.[1] ?? "0", 8);
      if (path.startsWith(`${directory}/`) && (flags & 3) !== 0) found.push(path);
    } catch {
      // Closed meanwhile: it was that of the list itself.
    }
  }
  return found;
}

interface Case {
  readonly name: string;
  readonly size: number;
  readonly old?: string;
  readonly inPlace?: boolean;
  readonly foreign?: boolean;
}

const CASES: readonly Case[] = [
  { name: "a small new file", size: 10 },
  { name: "a small file that replaces another", size: 10, old: "old" },
  { name: "a large new file", size: 1_000_000 },
  { name: "a small file in place", size: 10, old: "old", inPlace: true },
  { name: "a large file in place", size: 1_000_000, old: "old", inPlace: true },
  { name: "a small file in somebody else's directory", size: 10, foreign: true },
  { name: "a large file in somebody else's directory", size: 1_000_000, foreign: true },
];

async function writeCase(
  world: FileWorld,
  { size, old, inPlace = false, foreign = false }: Case,
  validate?: () => Promise<undefined>,
): Promise<void> {
  if (foreign && isRoot) Deno.chownSync(world.root, 65534, 65534);
  if (old !== undefined) world.put("f", old);
  good(
    await world.files.write({
      path: world.path("f"),
      content: new Uint8Array(size),
      inPlace,
      seen: sightOf(world.files, world.path("f")),
      ...(validate === undefined ? {} : { validate }),
    }),
  );
}

for (const each of CASES) {
  Deno.test(`nothing is open for writing once ${each.name} is written`, () =>
    inFileWorld(async (world) => {
      await writeCase(world, each);
      assertEquals(writers(world.root), []);
    }));

  Deno.test(`nothing is open for writing while ${each.name} is validated`, () =>
    inFileWorld(async (world) => {
      let open: string[] | undefined;
      await writeCase(world, each, () => {
        open = writers(world.root);
        return Promise.resolve(undefined);
      });
      assertEquals(open, []);
    }));
}

/** Files that were synced. */
interface Synced {
  readonly count: number;
  /** Resolves when it is so many. */
  reaches(count: number): Promise<void>;
}

/** A world with a clock that stands still. */
function withClock(
  test: (world: FileWorld, clock: ManualClock, synced: Synced) => Promise<unknown>,
): Promise<void> {
  const clock = new ManualClock();
  let count = 0;
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const synced: Synced = {
    get count() {
      return count;
    },
    reaches: (wanted) =>
      new Promise((resolve) => {
        if (count >= wanted) resolve();
        else waiting.push({ count: wanted, resolve });
      }),
  };
  function step(name: WriteStep): void {
    if (name !== "synced") return;
    count++;
    for (const each of waiting) if (count >= each.count) each.resolve();
  }
  return inFileWorld((world) => test(world, clock, synced), { clock, step });
}

function writeText(world: FileWorld, name: string, text: string): void {
  const path = world.path(name);
  const content = encoder.encode(text);
  const written = world.files.write({ path, content, seen: sightOf(world.files, path) });
  assert(!(written instanceof Promise), "a small file is there at once");
  good(written);
}

Deno.test("a file that is healed again and again goes to the disk once, when that has ended", () =>
  withClock(async (world, clock, synced) => {
    for (let round = 0; round < 4; round++) {
      writeText(world, "f", `content ${round}`);
      Deno.removeSync(world.path("f"));
      writeText(world, "f", "content");
      await clock.pass(500);
      Deno.removeSync(world.path("f"));
    }
    writeText(world, "f", "content");
    assertEquals(synced.count, 0, "no repair makes the next one wait for the disk");
    await clock.pass(1000);
    await synced.reaches(1);
    await world.files.landed();
    assertEquals(synced.count, 1);
    assertEquals(clock.armed, 0);
  }));

Deno.test("a stream of repairs does not keep files from the disk for ever", () =>
  withClock(async (world, clock, synced) => {
    writeText(world, "first", "content");
    for (let round = 0; round < 11; round++) {
      await clock.pass(500);
      Deno.removeSync(world.path("first"));
      writeText(world, "first", "content");
    }
    await synced.reaches(1);
  }));

Deno.test("the end of a run waits for what is not on the disk yet", () =>
  withClock(async (world, clock, synced) => {
    for (let index = 0; index < 20; index++) writeText(world, `f${index}`, "content");
    Deno.removeSync(world.path("f0"));
    await world.files.landed();
    assertEquals(synced.count, 19, "all that is still there");
    assertEquals(clock.armed, 0);
    assertEquals(world.warnings, []);
  }));

Deno.test("many files do not wait for a pause to go to the disk", () =>
  withClock(async (world, _clock, synced) => {
    for (let index = 0; index < 100; index++) writeText(world, `f${index}`, "content");
    await synced.reaches(100);
  }));
