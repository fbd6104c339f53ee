// both runtimes: the journal and the copies are read as they were written
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { inUndoWorld } from "../../../support/undo_world.ts";

const GRAPH = `graph: g
resources:
  file:
  - {name: a, path: DIR/a, content: "new content\\n", mode: "0600"}
`;

Deno.test("a change of a file is taken back, and the same undo again has nothing to do", async () => {
  await inUndoWorld(async (world) => {
    Deno.writeTextFileSync(world.path("a"), "old\n");
    Deno.chmodSync(world.path("a"), 0o644);
    await world.run(GRAPH);
    const change = world.lastChange("file[a]");
    const foretold = await world.undone({ change }, { noop: true });
    assertStringIncludes(foretold, "would be taken back");
    assertEquals(Deno.readTextFileSync(world.path("a")), "new content\n");
    const said = await world.undone({ change });
    assertMatch(said, /mode 600 → 644, content 12 → 4 bytes/);
    assertMatch(said, /Held until .*mgmt release 'file\[a\]'/s);
    assertEquals(Deno.readTextFileSync(world.path("a")), "old\n");
    assertEquals(Deno.statSync(world.path("a")).mode! & 0o7777, 0o644);
    assertStringIncludes(await world.undone({ change }), "is as it was before already");
    // An undo is a change that can be taken back.
    await world.undone({ change: world.lastChange("file[a]") });
    assertEquals(Deno.readTextFileSync(world.path("a")), "new content\n");
    assertEquals(Deno.statSync(world.path("a")).mode! & 0o7777, 0o600);
  });
});

Deno.test("what somebody else has changed since is left, unless it is forced, and then kept", async () => {
  await inUndoWorld(async (world) => {
    Deno.writeTextFileSync(world.path("a"), "old\n");
    await world.run(GRAPH);
    const change = world.lastChange("file[a]");
    Deno.writeTextFileSync(world.path("a"), "somebody else's\n");
    const said = await world.undone({ change });
    assertStringIncludes(said, "left as it is: it was changed since by somebody else");
    assertEquals(Deno.readTextFileSync(world.path("a")), "somebody else's\n");
    await world.undone({ change }, { force: true });
    assertEquals(Deno.readTextFileSync(world.path("a")), "old\n");
    await world.undone({ change: world.lastChange("file[a]") });
    assertEquals(Deno.readTextFileSync(world.path("a")), "somebody else's\n");
  });
});

Deno.test("what is no change is told so", async () => {
  await inUndoWorld(async (world) => {
    const failed = async (change: number) => {
      const done = await world.undo({ change });
      return done.ok ? undefined : done.failure.message;
    };
    assertMatch(String(await failed(1)), /nothing is known: no run with .* has written a journal/);
    await world.run(GRAPH);
    assertEquals(await failed(1), "entry 1 of the journal is no change of a resource");
    assertEquals(await failed(99), "the journal has no change 99");
  });
});
