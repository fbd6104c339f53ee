import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { HoldFile } from "../../../../src/app/holds/hold_file.ts";
import { inUndoWorld, type UndoWorld } from "../../../support/undo_world.ts";

function files(world: UndoWorld): string[] {
  return [...Deno.readDirSync(world.path("d"))].map(({ name }) => name).sort();
}

Deno.test("what a purge removed comes back, with what is held being the tree", async () => {
  await inUndoWorld(async (world) => {
    Deno.mkdirSync(world.path("d/sub"), { recursive: true });
    Deno.writeTextFileSync(world.path("d/stray"), "stray\n");
    Deno.writeTextFileSync(world.path("d/sub/x"), "x\n");
    Deno.chmodSync(world.path("d/sub"), 0o711);
    await world.run(`graph: g
resources:
  file:
  - {name: tree, path: DIR/d/, purge: true, recurse: true}
  - {name: kept, path: DIR/d/kept, content: "k\\n"}
`);
    assertEquals(files(world), ["kept"]);
    const said = await world.undone({ change: world.lastChange("file[tree]") });
    assertMatch(said, /Held until .*: File\[tree\]\n/);
    assertEquals(files(world), ["kept", "stray", "sub"]);
    assertEquals(Deno.readTextFileSync(world.path("d/sub/x")), "x\n");
    assertEquals(Deno.statSync(world.path("d/sub")).mode! & 0o7777, 0o711);
  });
});

Deno.test("hostile names reach no terminal, and are taken back like others", async () => {
  await inUndoWorld(async (world) => {
    const name = "x\u001b]0;evil\u0007 '$(id)' \n[";
    await world.run(`graph: g
resources:
  file:
  - {name: ${JSON.stringify(name)}, path: ${
      JSON.stringify(`${world.directory}/d/a\u001b[2Jb`)
    }, content: x}
  - {name: d, path: DIR/d/}
`);
    assertEquals(files(world).length, 1);
    const said = await world.undone({ since: { type: "ago", agoMs: 3_600_000 } });
    // deno-lint-ignore no-control-regex -- that is what must not be there
    assertEquals(/[\x00-\x09\x0b-\x1f\x7f]/.test(said), false, said);
    assertStringIncludes(said, "2 taken back");
    assertEquals([...Deno.readDirSync(world.directory)].map((each) => each.name), ["prefix"]);
  });
});

Deno.test("a directory in which somebody has put something stays, and says so", async () => {
  await inUndoWorld(async (world) => {
    await world.run("graph: g\nresources:\n  file:\n  - {name: d, path: DIR/d/}\n");
    Deno.writeTextFileSync(world.path("d/mine"), "mine\n");
    const said = await world.undone({ change: world.lastChange("file[d]") });
    assertMatch(said, /could not be taken back as a whole: .*not empty/);
    assertEquals(files(world), ["mine"]);
    // What was begun and failed is in the journal, and can be said again.
    Deno.removeSync(world.path("d/mine"));
    await world.undone({ change: world.changes("file[d]")[0]!.id });
    assertEquals([...Deno.readDirSync(world.directory)].length, 1);
  });
});

Deno.test("what was overwritten is spoiled or gone: nothing is touched", async () => {
  await inUndoWorld(async (world) => {
    Deno.writeTextFileSync(world.path("a"), "old\n");
    await world.run(
      'graph: g\nresources:\n  file:\n  - {name: a, path: DIR/a, content: "new\\n"}\n',
    );
    const [copy] = [...Deno.readDirSync(`${world.prefix}/backups`)]
      .filter(({ name }) => name !== "index");
    Deno.writeTextFileSync(`${world.prefix}/backups/${copy!.name}`, "0ld\n");
    const said = await world.undone({ change: world.lastChange("file[a]") });
    assertStringIncludes(said, "cannot be taken back: no copy of that content");
    assertEquals(Deno.readTextFileSync(world.path("a")), "new\n");
  });
});

for (
  const [what, spoil, why] of [
    ["is a link", (copy: string) => {
      Deno.renameSync(copy, `${copy}.real`);
      Deno.symlinkSync(`${copy}.real`, copy);
    }, "is a link"],
    [
      "may be written by its group",
      (copy: string) => Deno.chmodSync(copy, 0o660),
      "may be written by others",
    ],
    [
      "may be written by everybody",
      (copy: string) => Deno.chmodSync(copy, 0o602),
      "may be written by others",
    ],
    ["is a directory", (copy: string) => {
      Deno.removeSync(copy);
      Deno.mkdirSync(copy);
    }, "is no file"],
    ...Deno.uid() === 0
      ? [[
        "belongs to somebody else",
        (copy: string) => Deno.chownSync(copy, 65534, 65534),
        "belongs to the user 65534",
      ]] as const
      : [],
  ] as const
) {
  Deno.test(`a copy of what was overwritten that ${what} is refused, and why`, async () => {
    await inUndoWorld(async (world) => {
      Deno.writeTextFileSync(world.path("a"), "old\n");
      await world.run(
        'graph: g\nresources:\n  file:\n  - {name: a, path: DIR/a, content: "new\\n"}\n',
      );
      const [copy] = [...Deno.readDirSync(`${world.prefix}/backups`)]
        .filter(({ name }) => name !== "index");
      spoil(`${world.prefix}/backups/${copy!.name}`);
      const said = await world.undone({ change: world.lastChange("file[a]") });
      assertStringIncludes(said, `${copy!.name} ${why}, so it is not put back`);
      assertEquals(Deno.readTextFileSync(world.path("a")), "new\n");
    });
  });
}

Deno.test("a private file's content is in no journal and no answer, and comes back all the same", async () => {
  await inUndoWorld(async (world) => {
    const canary = "canary-8f3b";
    Deno.writeTextFileSync(world.path("a"), `x\nold ${canary}\n`);
    Deno.chmodSync(world.path("a"), 0o640);
    await world.run(
      `graph: g\nresources:\n  line:\n  - {name: l, path: DIR/a, match: "^old", line: "new ${canary}"}\n`,
    );
    const done = await world.undo({ change: world.lastChange("line[l]") }, { asJson: true });
    assert(done.ok);
    assertEquals(done.value.text.includes(canary), false);
    assertEquals(done.value.text.includes("previous"), false);
    const bytes = Deno.readFileSync(`${world.prefix}/journal.db`);
    assertEquals(new TextDecoder("latin1").decode(bytes).includes(`old ${canary}`), false);
    assertEquals(Deno.readTextFileSync(world.path("a")), `x\nold ${canary}\n`);
    assertEquals(Deno.statSync(world.path("a")).mode! & 0o7777, 0o640);
  });
});

Deno.test("a journal that cannot be written takes nothing back, and neither does a hold that cannot be", async () => {
  await inUndoWorld(async (world) => {
    Deno.writeTextFileSync(world.path("a"), "old\n");
    await world.run(
      'graph: g\nresources:\n  file:\n  - {name: a, path: DIR/a, content: "new\\n"}\n',
    );
    const change = world.lastChange("file[a]");
    Deno.mkdirSync(`${world.prefix}/holds.json`);
    assertEquals((await world.undo({ change })).ok, false);
    assertEquals(Deno.readTextFileSync(world.path("a")), "new\n");
    Deno.removeSync(`${world.prefix}/holds.json`);
    assertEquals((await world.undo({ change })).ok, true);
    assertEquals(Deno.readTextFileSync(world.path("a")), "old\n");
  });
});

Deno.test("who holds it for longer keeps his word, and what an undo holds lets others go on", async () => {
  await inUndoWorld(async (world) => {
    Deno.writeTextFileSync(world.path("a"), "old\n");
    await world.run(
      'graph: g\nresources:\n  file:\n  - {name: a, path: DIR/a, content: "new\\n"}\n',
    );
    const nowMs = Date.now();
    const theirs = { reason: "mine", author: "bob", sinceMs: nowMs, untilMs: nowMs + 7_200_000 };
    new HoldFile(world.prefix).write(new Map([["file[a]", theirs]]));
    await world.undone({ change: world.lastChange("file[a]") });
    const held = () => new HoldFile(world.prefix).read().holds.get("file[a]");
    assertEquals(held(), { ...theirs, undo: true });
    await world.undone({ change: world.lastChange("file[a]") }, { forMs: 86_400_000 });
    assertEquals([held()?.author === "bob", held()?.undo], [false, true]);
  });
});

Deno.test("a large file comes back whole, by the sum that its copy was made with", async () => {
  await inUndoWorld(async (world) => {
    const size = 3 * 1024 * 1024 + 7;
    const bytes = new Uint8Array(size).map((_, index) => index % 251);
    Deno.writeFileSync(world.path("a"), bytes);
    await world.run(
      'graph: g\nresources:\n  file:\n  - {name: a, path: DIR/a, content: "new\\n"}\n',
    );
    const change = world.lastChange("file[a]");
    assertStringIncludes(await world.undone({ change }), `content 4 → ${size} bytes`);
    assertEquals(Deno.readFileSync(world.path("a")), bytes);
    // Removed, too.
    await world.run("graph: g\nresources:\n  file:\n  - {name: a, path: DIR/a, state: absent}\n");
    await world.undone({ change: world.lastChange("file[a]") });
    assertEquals(Deno.readFileSync(world.path("a")), bytes);
  });
});
