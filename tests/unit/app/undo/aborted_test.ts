/** A change that a stop has aborted in the middle, and that is taken back. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { journalPath } from "../../../../src/app/journal/journal_path.ts";
import { LIMITS } from "../../../../src/base/limits.ts";
import type { RecordedEntry } from "../../../../src/journal/entry.ts";
import { readJournal } from "../../../support/journal_world.ts";
import { inUndoWorld, type UndoWorld } from "../../../support/undo_world.ts";

const HOUR_AGO = { since: { type: "ago", agoMs: 3_600_000 } } as const;
const TREE = `graph: g
resources:
  file:
  - {name: tree, path: DIR/d/, source: DIR/from/, recurse: true}
`;

/** The files of a tree: more than are written between two looks at the signal. */
const NAMES = Array.from("abcdefghijklmnopqrst");

/** What is read in pieces, between which a signal ends that. */
const LARGE = "a".repeat(LIMITS.syncReadBytes + 1);

/** The tree's source; the first file is there already, and is another. */
function prepare(world: UndoWorld): void {
  for (const name of ["from", "d"]) Deno.mkdirSync(world.path(name));
  for (const name of NAMES) Deno.writeTextFileSync(world.path(`from/${name}`), name);
  Deno.writeTextFileSync(world.path("from/a"), LARGE);
  Deno.writeTextFileSync(world.path("d/a"), "mine");
}

function names(world: UndoWorld): string[] {
  return [...Deno.readDirSync(world.path("d"))].map(({ name }) => name).sort();
}

function aborted(world: UndoWorld): readonly RecordedEntry[] {
  return readJournal(
    journalPath(world.prefix),
    (reader) => reader.history({ key: "file[tree]", types: ["aborted"], limit: 10 }).entries,
  );
}

for (const by of ["change", "since", "restore"] as const) {
  Deno.test(`what a stop aborted half-way is taken back (${by})`, () =>
    inUndoWorld(async (world) => {
      prepare(world);
      await world.run(TREE, { after: "d/a" });
      assert(names(world).length < NAMES.length);
      assertEquals(Deno.readTextFileSync(world.path("d/a")), LARGE);
      const [entry] = aborted(world);
      const choice = by === "since"
        ? HOUR_AGO
        : by === "change"
        ? { change: entry!.id }
        : { resource: "file[tree]", at: undefined };
      assertStringIncludes(await world.undone(choice), "1 taken back");
      assertEquals(Deno.readTextFileSync(world.path("d/a")), "mine");
      assertEquals(names(world), ["a"]);
    }));
}

Deno.test("what a stop aborted, and the next start did, is taken back as a whole", () =>
  inUndoWorld(async (world) => {
    prepare(world);
    await world.run(TREE, { after: "d/a" });
    await world.run(TREE);
    assertEquals(names(world), NAMES);
    assertStringIncludes(await world.undone(HOUR_AGO), "1 taken back");
    assertEquals(Deno.readTextFileSync(world.path("d/a")), "mine");
    assertEquals(names(world), ["a"]);
  }));
