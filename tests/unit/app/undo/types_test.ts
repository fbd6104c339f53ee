/** Paths that become something else, and something else again, and what taking that back makes of them. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  ABSENT,
  DIRECTORY,
  LINK,
  ONE,
  put,
  run,
  stateAt,
  TWO,
} from "../../../support/path_states.ts";
import { inUndoWorld } from "../../../support/undo_world.ts";

const HOUR_AGO = { since: { type: "ago", agoMs: 3_600_000 } } as const;

for (
  const [what, start, steps] of [
    ["a link that became a file that was edited", LINK, [ONE, TWO]],
    ["a link that became a file that went", LINK, [ONE, ABSENT]],
    ["a directory that became a file that was edited", DIRECTORY, [ONE, TWO]],
    ["a file that became a link that became a directory", ONE, [LINK, DIRECTORY]],
    ["a link that became a directory and a link again", LINK, [DIRECTORY, LINK]],
  ] as const
) {
  Deno.test(`${what} is itself again after one undo, and the same undo again has nothing to do`, async () => {
    await inUndoWorld(async (world) => {
      const path = world.path("x");
      put(path, start);
      const before = stateAt(path);
      for (const step of steps) await run(world, { x: step });
      await world.undone(HOUR_AGO, { noop: true });
      for (let times = 0; times < 3; times++) {
        const said = await world.undone(HOUR_AGO);
        assertEquals(stateAt(path), before, said);
        if (times > 0) assertStringIncludes(said, "is as it was before already");
      }
    });
  });

  Deno.test(`${what} is itself again after restore --at`, async () => {
    await inUndoWorld(async (world) => {
      const path = world.path("x");
      put(path, start);
      const before = stateAt(path);
      // Of what was before the journal nothing is known.
      await run(world, { other: ONE });
      const at = { type: "date", atMs: Date.now() } as const;
      for (const step of steps) await run(world, { x: step });
      for (let times = 0; times < 2; times++) {
        // The journal began only with the first change.
        const said = await world.undone({ resource: "x", at }, { force: true });
        assertEquals(stateAt(path), before, said);
      }
    });
  });
}

Deno.test("a link that became a file: the undo is undone by its number, and says what it is about", async () => {
  await inUndoWorld(async (world) => {
    const path = world.path("x");
    put(path, LINK);
    await run(world, { x: ONE });
    const said = await world.undone(HOUR_AGO, { noop: true });
    assertStringIncludes(
      said,
      "the link to /etc/hostname comes back in place of the file (2 bytes, mode 644)",
    );
    const done = await world.undo(HOUR_AGO, { asJson: true });
    assert(done.ok);
    const [{ entry }] = JSON.parse(done.value.text).resources;
    await world.undone({ change: entry });
    assertEquals(Deno.readTextFileSync(path), "1\n");
  });
});

Deno.test("a file that came in place of a link and was edited by hand since is left", async () => {
  await inUndoWorld(async (world) => {
    const path = world.path("x");
    put(path, LINK);
    await run(world, { x: ONE });
    Deno.writeTextFileSync(path, "9\n");
    const said = await world.undone(HOUR_AGO);
    assertStringIncludes(said, "left as it is: it was changed since");
    assertEquals(Deno.readTextFileSync(path), "9\n");
  });
});

Deno.test("what was purged from a directory that then became a file comes back with it, the directory first", async () => {
  await inUndoWorld(async (world) => {
    const path = world.path("x");
    put(path, DIRECTORY);
    const before = stateAt(path);
    await run(world, { x: { ...DIRECTORY, purge: true } });
    await run(world, { x: ONE });
    await run(world, { x: TWO });
    assertStringIncludes(await world.undone(HOUR_AGO), "1 taken back");
    assertEquals(stateAt(path), before);
  });
});

Deno.test("somebody put a link in the place of a file between two changes: undo brings the link back", async () => {
  await inUndoWorld(async (world) => {
    const path = world.path("x");
    put(path, { ...ONE, mode: "0600" });
    await run(world, { x: { ...TWO, mode: "0600" } });
    Deno.removeSync(path);
    put(path, LINK);
    await run(world, { x: TWO });
    assertStringIncludes(await world.undone(HOUR_AGO), "the link to /etc/hostname comes back");
    assertEquals(Deno.readLinkSync(path), "/etc/hostname");
    assertStringIncludes(await world.undone(HOUR_AGO), "is as it was before already");
  });
});
