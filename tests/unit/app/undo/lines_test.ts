import { assertEquals, assertStringIncludes } from "@std/assert";
import { inUndoWorld, type UndoWorld } from "../../../support/undo_world.ts";

function lineGraph(line: string, more = ""): string {
  return `graph: g
resources:
  line:
  - {name: l, path: DIR/hosts, line: "${line}"${more}}
`;
}

function hosts(world: UndoWorld, text?: string): string {
  if (text !== undefined) Deno.writeTextFileSync(world.path("hosts"), text);
  return Deno.readTextFileSync(world.path("hosts"));
}

Deno.test("of a file with others' lines an undo takes back its own, wherever they stand by then", async () => {
  await inUndoWorld(async (world) => {
    hosts(world, "a\nb\n");
    await world.run(lineGraph("mine"));
    assertEquals(hosts(world), "a\nb\nmine\n");
    hosts(world, "new\na\nb\nmine\nother\n");
    await world.undone({ change: world.lastChange("line[l]") });
    assertEquals(hosts(world), "new\na\nb\nother\n");
    // And back, in the place where it was.
    hosts(world, "more\nnew\na\nb\nother\n");
    await world.undone({ change: world.lastChange("line[l]") });
    assertEquals(hosts(world), "more\nnew\na\nb\nmine\nother\n");
  });
});

Deno.test("a line that was replaced comes back as it was, bytes and all", async () => {
  await inUndoWorld(async (world) => {
    const text = "x=1\r\n# \xe9\nmode=old\nlast";
    Deno.writeFileSync(world.path("hosts"), new TextEncoder().encode(text));
    await world.run(lineGraph("mode=new", ', match: "^mode="'));
    assertStringIncludes(hosts(world), "mode=new\nlast");
    await world.undone({ change: world.lastChange("line[l]") });
    assertEquals(hosts(world), text);
  });
});

Deno.test("a line that was removed comes back between its neighbours only", async () => {
  await inUndoWorld(async (world) => {
    hosts(world, "a\nbad\nb\n");
    await world.run(lineGraph("bad", ", state: absent"));
    assertEquals(hosts(world), "a\nb\n");
    hosts(world, "0\na\nb\n9\n");
    await world.undone({ change: world.lastChange("line[l]") });
    assertEquals(hosts(world), "0\na\nbad\nb\n9\n");
    await world.undone({ change: world.lastChange("line[l]") });
    hosts(world, "b\na\n");
    const said = await world.undone({ change: world.changes("line[l]")[0]!.id });
    assertStringIncludes(said, "it was changed since");
    assertEquals(hosts(world), "b\na\n");
  });
});

Deno.test("several changes of one line, and of several in one file, are taken back together", async () => {
  await inUndoWorld(async (world) => {
    hosts(world, "a\nv=0\n");
    for (const value of [1, 2, 3]) await world.run(lineGraph(`v=${value}`, ', match: "^v="'));
    await world.run(lineGraph("top", ", before: BOF").replace("name: l", "name: t"));
    assertEquals(hosts(world), "top\na\nv=3\n");
    const said = await world.undone({ since: { type: "ago", agoMs: 3_600_000 } });
    assertStringIncludes(said, "2 taken back");
    assertEquals(hosts(world), "a\nv=0\n");
  });
});

Deno.test("a file that a line made goes away with it, unless others have written into it", async () => {
  await inUndoWorld(async (world) => {
    await world.run(lineGraph("mine", ", create: true"));
    const change = world.lastChange("line[l]");
    hosts(world, "mine\nother\n");
    assertStringIncludes(await world.undone({ change }), "left as it is");
    hosts(world, "mine\n");
    await world.undone({ change });
    assertEquals([...Deno.readDirSync(world.directory)].map(({ name }) => name), ["prefix"]);
  });
});
