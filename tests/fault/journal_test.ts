/** A journal on a disk that is full, or may not be written. */

import { openToWrite } from "../../src/journal/database.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { inJournal, type JournalWorld } from "../support/journal_world.ts";

const isRoot = Deno.uid() === 0;

async function command(...argv: [string, ...string[]]): Promise<void> {
  const { success, stderr } = await new Deno.Command(argv[0], { args: argv.slice(1) }).output();
  assert(success, new TextDecoder().decode(stderr));
}

/** Runs a test with the journal in a file system of its own, of that many KiB. */
async function onSmallDisk(
  kib: number,
  test: (world: JournalWorld) => Promise<void>,
): Promise<void> {
  await inJournal(async (world) => {
    await command("mount", "-t", "tmpfs", "-o", `size=${kib}k`, "tmpfs", world.directory);
    try {
      await test(world);
    } finally {
      await world.recorder.close();
      await command("umount", world.directory);
    }
  });
}

const texts = ({ told }: JournalWorld) =>
  told.map((event) => "text" in event && typeof event.text === "string" ? event.text : event.type);

Deno.test({
  name:
    "journal: a full disk is said once, what was written can be read, and it goes on when there is room",
  ignore: !isRoot,
  fn: () =>
    onSmallDisk(512, async (world) => {
      world.changed("file[/a]", "before");
      assertEquals((await world.entries()).length, 1);
      fill(world);
      for (let i = 0; i < 3000; i++) world.changed(`file[/f${i}]`, "x".repeat(300));
      for (let i = 0; i < 3; i++) assertEquals((await world.recorder.written()).ok, false);
      assertEquals(world.told.length, 1);
      assertStringIncludes(texts(world)[0]!, "the disk is full; goes on without");
      const [first] = await world.entries();
      assertEquals(first?.reason, "before");
      Deno.removeSync(`${world.directory}/filler`);
      await command("mount", "-o", "remount,size=8m", world.directory);
      // Nobody has to ask.
      await world.clock.pass(16_000);
      assertEquals((await world.recorder.written()).ok, true);
      assertStringIncludes(texts(world)[1]!, "is written again; ");
      const entries = await world.entries();
      assertEquals(entries.at(-1)?.type, "lost");
      // What waited is written, and what could not wait is counted.
      const kept = entries.filter(({ key }) => key?.startsWith("file[/f") === true).length;
      assertEquals(kept + entries.at(-1)!.count!, 3000);
      assert(kept >= 1000, `${kept}`);
      assertEquals(world.told.length, 2);
    }),
});

Deno.test({
  name: "journal: where the disk is full from the start there is none until there is room",
  ignore: !isRoot,
  fn: () =>
    onSmallDisk(64, async (world) => {
      fill(world);
      world.changed("file[/a]", "one");
      assertEquals((await world.recorder.written()).ok, false);
      Deno.removeSync(`${world.directory}/filler`);
      await command("mount", "-o", "remount,size=8m", world.directory);
      assertEquals((await world.entries()).map(({ reason }) => reason), ["one"]);
      assertEquals(texts(world).at(-1), "is written again; nothing was lost");
    }),
});

Deno.test({
  name: "journal: a disk that may not be written is said once, and harms nothing",
  ignore: !isRoot,
  fn: () =>
    onSmallDisk(512, async (world) => {
      await command("mount", "-o", "remount,ro", world.directory);
      world.changed("file[/a]", "one");
      for (let i = 0; i < 3; i++) assertEquals((await world.recorder.written()).ok, false);
      assertEquals(world.told.length, 1);
    }),
});

Deno.test({
  name: "journal: however little room is left, it is the full disk that is named, and no I/O error",
  ignore: !isRoot,
  fn: () =>
    onSmallDisk(400, (world) => {
      const refused: string[] = [];
      for (let pages = 0; pages <= 16; pages++) {
        for (const { name } of Deno.readDirSync(world.directory)) {
          Deno.removeSync(`${world.directory}/${name}`, { recursive: true });
        }
        fill(world);
        const { size } = Deno.statSync(`${world.directory}/filler`);
        Deno.truncateSync(`${world.directory}/filler`, size - pages * 4096);
        const opened = openToWrite(`${world.directory}/journal.db`);
        if (opened.ok) opened.value.close();
        else refused.push(`${opened.failure.message} (${opened.failure.hint})`);
      }
      assert(refused.length > 10, `${refused.length}`);
      for (const text of refused) {
        assertStringIncludes(text, "cannot be used: the disk is full (free space or inodes there");
      }
      return Promise.resolve();
    }),
});

/** Takes all room that there is. */
function fill({ directory }: JournalWorld): void {
  const file = Deno.openSync(`${directory}/filler`, { create: true, write: true });
  try {
    for (;;) file.writeSync(new Uint8Array(4096));
  } catch {
    file.close();
  }
}
