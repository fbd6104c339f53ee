/** An undo that was killed in the middle, and is said again. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { journalPath } from "../../../../src/app/journal/journal_path.ts";
import { NewEntry } from "../../../../src/journal/entry.ts";
import { JournalWriter } from "../../../../src/journal/writer.ts";
import { createLocalHost } from "../../../../src/host/local.ts";
import { DIRECTORY, ONE, put, run, stateAt } from "../../../support/path_states.ts";
import { within } from "../../../support/program.ts";
import { inUndoWorld, type UndoWorld } from "../../../support/undo_world.ts";

const HOUR_AGO = { since: { type: "ago", agoMs: 3_600_000 } } as const;

/** Writes down what an undo does before it begins. */
async function begin(world: UndoWorld): Promise<void> {
  const opened = JournalWriter.open(journalPath(world.prefix), undefined);
  if (!opened.ok) throw new Error(opened.failure.message);
  const undoes = [world.lastChange("file[x]")];
  const detail = { reason: "change", undoes, author: "ann", unfinished: true } as const;
  opened.value.write([new NewEntry("undone", Date.now(), "file[x]", detail)], []);
  await opened.value.close();
}

for (
  const [what, start, wanted, halfway] of [
    ["a file in the place of a directory: the file is gone", DIRECTORY, ONE, () => {}],
    [
      "a file in the place of a directory: the directory has no mode yet",
      DIRECTORY,
      ONE,
      (path: string) => Deno.mkdirSync(path, { mode: 0o700 }),
    ],
    ["a directory in the place of a file: the directory is gone", ONE, {
      type: "directory",
      mode: "0711",
    }, () => {}],
  ] as const
) {
  Deno.test(`an undo was killed between its steps (${what}): the same again ends it, without --force`, () =>
    inUndoWorld(async (world) => {
      const path = world.path("x");
      put(path, start);
      const before = stateAt(path);
      await run(world, { x: wanted });
      await begin(world);
      Deno.removeSync(path, { recursive: true });
      halfway(path);
      assertStringIncludes(await world.undone(HOUR_AGO), "1 taken back");
      assertEquals(stateAt(path), before);
      assertStringIncludes(await world.undone(HOUR_AGO), "is as it was before already");
    }));
}

Deno.test("who removed, with no undo under way, what came in the place of a directory is asked for --force", () =>
  inUndoWorld(async (world) => {
    const path = world.path("x");
    put(path, DIRECTORY);
    await run(world, { x: ONE });
    Deno.removeSync(path);
    assertStringIncludes(await world.undone(HOUR_AGO), "it was changed since");
  }));

Deno.test("what a killed undo has half written is removed by the next undo", () =>
  inUndoWorld(async (world) => {
    const path = world.path("x");
    put(path, ONE);
    await run(world, { x: { ...ONE, content: "other\\n" } });
    const host = createLocalHost({ prefix: world.prefix, warn: () => {} });
    const seen = await host.files.look(path);
    if (!seen.ok) throw new Error(seen.failure.message);
    // A process that is killed does nothing more: what was written so far stands there.
    let stuck = () => {};
    const written = new Promise<void>((resolve) => stuck = resolve);
    const names = () => [...Deno.readDirSync(world.directory)].map(({ name }) => name).sort();
    let left: string[] = [];
    const killed = host.files.write({
      path,
      content: new TextEncoder().encode("half"),
      seen: seen.value,
      validate: async () => {
        left = names().filter((name) => name.startsWith(".mgmt-"));
        await written;
        return undefined;
      },
    });
    await within(30_000, () => left.length > 0, () => names().join());
    assertStringIncludes(await world.undone(HOUR_AGO), "1 taken back");
    assertEquals(names(), ["prefix", "x"]);
    stuck();
    await killed;
    await host.close();
  }));
