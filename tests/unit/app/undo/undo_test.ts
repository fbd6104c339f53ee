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
    assertStringIncludes(said, "left as it is: it was changed since");
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

Deno.test("restore brings back what was before the last change, or at a time, and says what it cannot", async () => {
  await inUndoWorld(async (world) => {
    const [path, graph] = [
      world.path("a"),
      (content: string) => GRAPH.replace("new content", content),
    ];
    Deno.writeTextFileSync(path, "first\n");
    await world.run(graph("second"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const atMs = Date.now();
    await world.run(graph("third"));
    await world.run(graph("fourth"));
    Deno.writeTextFileSync(path, "by hand\n");
    assertMatch(await world.undone({ resource: "file[a]", at: undefined }), /taken back/);
    assertEquals(Deno.readTextFileSync(path), "third\n");
    // The same again is done already.
    assertMatch(await world.undone({ resource: "file[a]", at: undefined }), /already/);
    await world.undone({ resource: "File[a]", at: { type: "date", atMs } });
    assertEquals(Deno.readTextFileSync(path), "second\n");
    // Of a time before the journal nothing is known.
    const long = { resource: "a", at: { type: "ago", agoMs: 3_600_000 } } as const;
    const early = await world.undo(long);
    assertMatch(
      early.ok ? "" : early.failure.message,
      /nothing is known of that time: the journal/,
    );
    assertEquals(Deno.readTextFileSync(path), "second\n");
    await world.undone(long, { force: true });
    assertEquals(Deno.readTextFileSync(path), "first\n");
    Deno.writeTextFileSync(path, "by hand again\n");
    Deno.removeSync(`${world.prefix}/backups`, { recursive: true });
    const said = await world.undone({ resource: "a", at: undefined });
    assertStringIncludes(said, "cannot be taken back: no copy of that content");
    assertEquals(Deno.readTextFileSync(path), "by hand again\n");
    const unknown = await world.undo({ resource: "file[b]", at: undefined });
    assertEquals(unknown.ok, false);
  });
});

Deno.test("all since a time is as it was then: what was only put right stays, what was overwritten by the start comes back", async () => {
  await inUndoWorld(async (world) => {
    const path = world.path("a");
    await world.run(GRAPH);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const since = { type: "date", atMs: Date.now() } as const;
    Deno.writeTextFileSync(path, "by hand, while nobody looked\n");
    await world.run(GRAPH);
    await world.undone({ since });
    assertEquals(Deno.readTextFileSync(path), "by hand, while nobody looked\n");
  });
});
