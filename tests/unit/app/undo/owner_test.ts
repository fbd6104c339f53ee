import { assertEquals } from "@std/assert";
import { takeOneBack } from "../../../../src/app/undo/take_back.ts";
import { undoContext } from "../../../../src/app/undo/undo_context.ts";
import { createLocalHost } from "../../../../src/host/local.ts";
import { together } from "../../../../src/kind/undo_together.ts";
import type { ThingState, ThingToRestore } from "../../../../src/kind/undo.ts";
import { PATH, restorePath } from "../../../../src/resources/shared/undo/paths.ts";
import { inUndoWorld, type UndoWorld } from "../../../support/undo_world.ts";

const USER = 1234;
const ignore = Deno.uid() !== 0;

function look(path: string): string {
  const { uid, gid, mode } = Deno.lstatSync(path);
  return `${uid}:${gid} ${(mode! & 0o7777).toString(8)}`;
}

/** A directory of a user with a file of his in it, of which a run changes the content. */
async function changed(world: UndoWorld, content: string, mode: number): Promise<string> {
  Deno.mkdirSync(world.path("home"));
  Deno.chownSync(world.path("home"), USER, USER);
  Deno.chmodSync(world.directory, 0o755);
  const path = world.path("home/app.conf");
  Deno.writeTextFileSync(path, content);
  Deno.chownSync(path, USER, USER);
  Deno.chmodSync(path, mode);
  await world.run(
    'graph: g\nresources:\n  file:\n  - {name: a, path: DIR/home/app.conf, content: "NEW\\n"}\n',
  );
  return path;
}

Deno.test({
  name: "restore makes a file again with the owner it had, and never a set-user-id program of root",
  ignore,
  fn: async () => {
    for (const how of ["gone", "link", "theirs"] as const) {
      await inUndoWorld(async (world) => {
        const path = await changed(world, "program\n", 0o4755);
        Deno.removeSync(path);
        if (how === "link") Deno.symlinkSync("/usr/bin/id", path);
        if (how === "theirs") Deno.writeTextFileSync(path, "theirs\n");
        await world.undone({ resource: "file[a]", at: undefined });
        assertEquals(Deno.readTextFileSync(path), "program\n", how);
        assertEquals(look(path), `${USER}:${USER} 4755`, how);
        assertEquals([...Deno.readDirSync(world.path("home"))].length, 1);
      });
    }
  },
});

Deno.test({
  name: "an undo by force does the same, and a secret of its owner stays one",
  ignore,
  fn: async () => {
    await inUndoWorld(async (world) => {
      const path = await changed(world, "password=A\n", 0o600);
      Deno.removeSync(path);
      await world.undone({ change: world.lastChange("file[a]") }, { force: true });
      assertEquals(look(path), `${USER}:${USER} 600`);
      assertEquals(Deno.readTextFileSync(path), "password=A\n");
    });
  },
});

/** Brings the path back as a known content was, and says what failed. */
async function restored(
  world: UndoWorld,
  { content, ...thing }: Omit<ThingToRestore, "is" | "name"> & { readonly content?: string },
  wanted: ThingState,
): Promise<string | undefined> {
  const host = createLocalHost({ prefix: world.prefix, warn: () => {} });
  try {
    const kept = content === undefined
      ? undefined
      : host.files.keep("it", new TextEncoder().encode(content));
    const sha256 = kept?.ok ? { sha256: kept.value } : {};
    const failure = await restorePath(
      { is: PATH, name: world.path("a"), ...thing },
      { ...wanted, ...sha256 },
      undoContext(host, new AbortController().signal, () => {}),
    );
    return failure?.code;
  } finally {
    await host.close();
  }
}

Deno.test("what was put there after it was judged is left as it is", async () => {
  await inUndoWorld(async (world) => {
    Deno.writeTextFileSync(world.path("a"), "theirs\n");
    const judged = { type: "file", sha256: "0".repeat(64) };
    assertEquals(await restored(world, { content: "old\n", judged }, {}), "changed");
    Deno.removeSync(world.path("a"));
    Deno.symlinkSync("/nowhere", world.path("a"));
    assertEquals(await restored(world, { judged: { mode: "644" } }, { mode: "4755" }), "changed");
    const unchanged = { type: "file" };
    assertEquals(await restored(world, { unchanged }, { uid: 0 }), "changed");
    assertEquals(Deno.readLinkSync(world.path("a")), "/nowhere");
  });
});

Deno.test({
  name:
    "of an older record, in which no owner is, no set-id bit comes back, and nobody else reads it",
  ignore,
  fn: async () => {
    await inUndoWorld(async (world) => {
      const path = world.path("a");
      const size = { content: "old\n" };
      assertEquals(await restored(world, size, { mode: "6755" }), undefined);
      assertEquals(look(path), "0:0 600");
      // What the change left, if it is still that one, keeps its owner.
      Deno.chownSync(path, USER, USER);
      assertEquals(await restored(world, size, { mode: "6755" }), undefined);
      assertEquals(look(path), `${USER}:${USER} 755`);
      // What somebody else has put there does not.
      const theirs = { ...size, changedSince: ["sha256"] };
      assertEquals(await restored(world, theirs, { mode: "6755" }), undefined);
      assertEquals(look(path), "0:0 600");
    });
  },
});

Deno.test({
  name:
    "a set-user-id bit comes back with its owner only where nobody else could change the content",
  ignore,
  fn: async () => {
    await inUndoWorld(async (world) => {
      const path = world.path("a");
      Deno.writeTextFileSync(path, "program\n");
      Deno.chmodSync(path, 0o755);
      const unchanged = { type: "file", uid: 0, gid: 0 };
      assertEquals(await restored(world, { unchanged }, { mode: "4755" }), undefined);
      assertEquals(look(path), "0:0 4755");
      // It was a user's in between.
      Deno.chownSync(path, USER, 0);
      assertEquals(await restored(world, {}, { uid: 0, gid: 0, mode: "4755" }), "set-id");
      assertEquals(look(path), "0:0 755");
      // The owner is not in the record, and another one stands there.
      Deno.chownSync(path, USER, 0);
      assertEquals(await restored(world, { unchanged }, { mode: "4755" }), "set-id");
      assertEquals(look(path), `${USER}:0 755`);
    });
  },
});

Deno.test("of two changes of a file the owner of the first content is the first owner", () => {
  const path = { is: PATH, name: "/a" };
  const [first, second] = [
    { ...path, before: { sha256: "A" }, after: { sha256: "B" } },
    { ...path, before: { uid: 0, mode: "4755" }, after: { uid: 1, mode: "755" } },
  ];
  const unchanged = { type: "file", uid: USER, mode: "700" };
  const both = together({ ...first, unchanged }, second);
  assertEquals(both.before, { sha256: "A", uid: USER, mode: "700" });
  assertEquals(both.unchanged, unchanged);
});

Deno.test("who renames between the judgement and the undo gets no file with another's mode", async () => {
  await inUndoWorld(async (world) => {
    const path = world.path("a");
    Deno.writeTextFileSync(path, "new\n");
    Deno.chmodSync(path, 0o644);
    const host = createLocalHost({ prefix: world.prefix, warn: () => {} });
    const sums = ["old\n", "new\n"].map((text) => {
      const kept = host.files.keep(path, new TextEncoder().encode(text));
      return kept.ok ? kept.value : "";
    });
    const [before, after] = sums.map((sha256) => ({ sha256 }));
    const unchanged = { type: "file", uid: 0, gid: 0, mode: "4755" };
    const things = [{ is: PATH, name: path, before: before!, after: after!, unchanged }];
    let swaps = 0;
    const done = await takeOneBack(
      { key: "file[a]", changes: [1], atMs: 0, reason: "", things },
      { force: true, begun: { reason: "", undoes: [1] } },
      {
        context: undoContext(host, new AbortController().signal, () => {}),
        nowMs: () => 0,
        begin: () => Promise.resolve(undefined),
        note: () => {
          if (swaps++ === 0) {
            Deno.writeTextFileSync(world.path("mine"), "mine\n");
            Deno.renameSync(world.path("mine"), path);
          }
          return Promise.resolve(undefined);
        },
      },
    );
    await host.close();
    assertEquals(done.ok && done.value.status, "failed");
    assertEquals(Deno.readTextFileSync(path), "mine\n");
    assertEquals(Deno.lstatSync(path).mode! & 0o7777, 0o644);
  });
});
