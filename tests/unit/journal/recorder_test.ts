/** What of events becomes entries, when they are written, and what becomes of the file. */

import { assert, assertEquals } from "@std/assert";
import { failure } from "../../../src/base/result.ts";
import { openToRead, openToWrite } from "../../../src/journal/database.ts";
import { type History, JournalReader } from "../../../src/journal/reader.ts";
import { JournalWriter } from "../../../src/journal/writer.ts";
import { DatabaseSync } from "node:sqlite";
import { inJournal, type JournalWorld, readJournal } from "../../support/journal_world.ts";

const START = { type: "start", version: "1", startedNs: "0", file: "g.yaml" } as const;

function graph(
  world: JournalWorld,
  keys: readonly string[],
  changed: readonly string[] = [],
): void {
  world.event({
    type: "graph",
    name: "g",
    vertices: keys.length,
    edges: 0,
    automatic: 0,
    added: 0,
    changed: changed.length,
    removed: 0,
    kept: 0,
    seed: 1,
    keys: () => keys,
    changedKeys: () => changed,
  });
}

Deno.test("journal: an action is one entry, with how much a command printed and never what", async () => {
  await inJournal(async (world) => {
    world.event(
      START,
      { type: "apply", key: "exec[e]", reason: "runs", refresh: false },
      { type: "output", key: "exec[e]", text: "secret", stream: "stdout" },
      { type: "output", key: "exec[e]", text: "more", stream: "stderr" },
      {
        type: "failed",
        key: "exec[e]",
        failure: failure("it exited with code 1: secret", { code: "exit", printed: ": secret" }),
        retryMs: 1000,
      },
    );
    const [start, failed] = await world.entries();
    assertEquals([start?.type, start?.run, failed?.run], ["start", 1, 1]);
    assertEquals(failed?.failure, { message: "it exited with code 1", code: "exit" });
    assertEquals([failed?.output, failed?.reason], [{ lines: 2, bytes: 12 }, "runs"]);
    assert(!Deno.readTextFileSync(world.path).includes("secret"));
  });
});

Deno.test("journal: what happens again is counted in its entry, also when that is long written", async () => {
  await inJournal(async (world) => {
    world.changed("file[/a]", "content differs");
    world.changed("file[/b]", "content differs");
    await world.entries();
    for (let i = 0; i < 4; i++) {
      await world.clock.pass(50_000);
      world.changed("file[/a]", "content differs");
      await world.entries();
    }
    const entries = await world.entries();
    assertEquals(entries.map(({ key, times }) => [key, times]), [["file[/a]", 5], [
      "file[/b]",
      undefined,
    ]]);
    assertEquals(entries[0]!.lastMs! - entries[0]!.atMs, 200_000);
    await world.clock.pass(61_000);
    world.changed("file[/a]", "content differs");
    world.changed("file[/a]", "mode 0600 → 0644");
    assertEquals((await world.entries()).length, 4);
  });
});

Deno.test("journal: one resource that is always changed otherwise does not push out the others", async () => {
  await inJournal(async (world) => {
    for (let i = 0; i < 500; i++) world.changed("file[/a]", `content differs (${i} bytes)`);
    const entries = await world.entries();
    assert(entries.length <= 31, `${entries.length}`);
    assertEquals(entries.reduce((sum, { times = 1 }) => sum + times, 0), 500);
  });
});

Deno.test("journal: entries are ordered by their numbers, whatever the clock says, and none is too old for it", async () => {
  await inJournal(async (world) => {
    const { clock } = world;
    world.changed("file[/a]", "one");
    clock.jumpMs -= 3 * 365 * 86_400_000;
    world.changed("file[/a]", "two");
    clock.jumpMs += 9 * 365 * 86_400_000;
    world.changed("file[/a]", "three");
    await world.entries();
    await clock.pass(2 * 3_600_000);
    world.changed("file[/b]", "four");
    assertEquals((await world.entries()).map(({ reason }) => reason), [
      "one",
      "two",
      "three",
      "four",
    ]);
  });
});

Deno.test("journal: what is older than its days goes, but not by a clock that may be wrong", async () => {
  const DAY_MS = 86_400_000;
  await inJournal(async (world) => {
    const reasons = async () => (await world.entries()).map(({ reason }) => reason);
    for (const reason of ["oldest", "old"]) {
      world.changed(`file[/${reason}]`, reason);
      await world.recorder.written();
      world.clock.jumpMs += 20 * DAY_MS;
      await world.restart();
    }
    world.changed("file[/a]", "new");
    assertEquals(await reasons(), ["oldest", "old", "new"]);
    await world.clock.pass(3_700_000);
    world.changed("file[/b]", "newest");
    assertEquals(await reasons(), ["old", "new", "newest"]);
    // A machine that begins in another year does not know what is old.
    world.clock.jumpMs += 900 * DAY_MS;
    await world.restart();
    await world.clock.pass(3_700_000);
    world.changed("file[/c]", "later");
    assertEquals(await reasons(), ["old", "new", "newest", "later"]);
  }, { limitAgeMs: 30 * DAY_MS });
});

Deno.test("journal: the file stays within its limit while somebody reads, and the oldest entries go", async () => {
  const limitBytes = 512 * 1024;
  await inJournal(async (world) => {
    const { clock } = world;
    world.event(START);
    await world.entries();
    const reading = new DatabaseSync(world.path, { readOnly: true });
    const whole: History = new JournalReader(reading).history({ limit: 10 });
    assertEquals(whole.entries.length, 1);
    reading.prepare("BEGIN").run();
    reading.prepare("SELECT count(*) FROM entry").get();
    for (let i = 0; i < 8000; i++) {
      world.changed(`file[/f${i}]`, `content differs (${i} bytes) ${"x".repeat(80)}`);
      if (i % 400 === 0) await settled(world);
    }
    await settled(world);
    // Whoever began to read before sees what was there then.
    assertEquals(reading.prepare("SELECT count(*) AS n FROM entry").get()!["n"], 1);
    reading.close();
    for (let i = 0; i < 60; i++) {
      await clock.pass(100);
      await settled(world);
    }
    const entries = await world.entries();
    assert(entries.length > 500 && entries.length < 8000, `${entries.length}`);
    assertEquals(entries.at(-1)?.key, "file[/f7999]");
    const figures = world.recorder.figures();
    assertEquals(figures.entries, entries.length);
    assert(figures.bytes! > limitBytes / 2 && figures.bytes! <= limitBytes * 1.1);
    await world.recorder.close();
    const size = Deno.statSync(world.path).size;
    assert(size <= limitBytes * 1.1, `${size}`);
    // Of resources that are gone nothing stays.
    readJournal(world.path, (reader) => assertEquals(reader.named().has("file[/f1]"), false));
  }, { limitBytes });
});

Deno.test("journal: its figures count what there is and what was lost, and are nothing before it is open", async () => {
  await inJournal(async (world) => {
    assertEquals(world.recorder.figures(), { limitBytes: 64 * 1024 * 1024, lost: 0 });
    world.event(START);
    for (let i = 0; i < 5; i++) world.changed(`file[/f${i}]`, "r");
    assertEquals((await world.entries()).length, world.recorder.figures().entries);
    await world.recorder.close();
    Deno.removeSync(world.path);
    Deno.mkdirSync(world.path);
    await world.restart();
    for (let i = 0; i < 3000; i++) world.changed(`file[/f${i}]`, `r ${i}`);
    await world.recorder.written();
    for (let i = 0; i < 10; i++) world.changed(`file[/g${i}]`, "r");
    assertEquals(world.recorder.figures().lost, 1010);
    assertEquals(world.recorder.figures().entries, undefined);
  });
});

async function settled(world: JournalWorld): Promise<void> {
  await world.recorder.written();
}

Deno.test("journal: a run that ends by itself writes only when there is something to tell", async () => {
  await inJournal(async (world) => {
    world.event(START);
    graph(world, ["file[/a]"]);
    world.event({ type: "ok", key: "file[/a]" });
    await world.recorder.close();
    assertEquals([...Deno.readDirSync(world.directory)], []);
  }, { endsByItself: true });
});

Deno.test("journal: a graph that comes into force says who came and went", async () => {
  await inJournal(async (world) => {
    graph(world, ["file[/a]", "file[/b]"]);
    graph(world, ["file[/b]", "file[/c]"], ["file[/b]"]);
    const [first, second] = await world.entries();
    assertEquals([first?.graph?.addedKeys, first?.graph?.vertices], [undefined, 2]);
    const { addedKeys, changedKeys, removedKeys, changed } = second!.graph!;
    assertEquals([addedKeys, removedKeys], [["file[/c]"], ["file[/a]"]]);
    assertEquals([changedKeys, changed], [["file[/b]"], 1]);
  });
});

Deno.test("journal: somebody takes the file away, and there is a new one with what comes then", async () => {
  await inJournal(async (world) => {
    world.changed("file[/a]", "one");
    await world.entries();
    for (const end of ["", "-wal", "-shm"]) Deno.removeSync(world.path + end);
    world.changed("file[/a]", "two");
    assertEquals((await world.entries()).map(({ reason }) => reason), ["two"]);
    assertEquals(world.told, []);
  });
});

Deno.test("journal: one of the version before is gone on with, and that version can read what comes of it", async () => {
  await inJournal(async (world) => {
    const before = new DatabaseSync(world.path);
    before.exec(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;
      CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE resource (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, name TEXT NOT NULL);
      CREATE INDEX resource_name ON resource (name);
      CREATE TABLE entry (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, type TEXT NOT NULL, run INTEGER,
        resource INTEGER, times INTEGER, last_ms INTEGER, detail TEXT NOT NULL);
      CREATE INDEX entry_resource ON entry (resource, id) WHERE resource IS NOT NULL;
      INSERT INTO meta VALUES ('readable_from', 1);
      INSERT INTO resource VALUES (1, 'file[/a]', 'file', '/a');
      INSERT INTO entry VALUES (7, 1000, 'changed', NULL, 1, NULL, NULL, '{"reason":"of before"}');
      PRAGMA application_id = 1835494772; PRAGMA user_version = 1`);
    before.close();
    // It is read as it is.
    readJournal(world.path, (reader) => assertEquals(reader.last("file[/a]")?.reason, "of before"));
    world.changed("file[/a]", "of now");
    assertEquals((await world.entries()).map(({ id, reason }) => [id, reason]), [
      [7, "of before"],
      [8, "of now"],
    ]);
    const now = new DatabaseSync(world.path, { readOnly: true });
    assertEquals(
      now.prepare("SELECT value FROM meta WHERE name = 'readable_from'").get()!["value"],
      1,
    );
    assert(Number(now.prepare("PRAGMA user_version").get()!["user_version"]) > 1);
    now.close();
  });
});

Deno.test("journal: a link or a directory in its place is not followed", async () => {
  await inJournal(async (world) => {
    Deno.writeTextFileSync(`${world.directory}/other`, "");
    Deno.symlinkSync(`${world.directory}/other`, world.path);
    const opened = openToWrite(world.path);
    assertEquals(opened.ok ? "" : opened.failure.code, "not-a-journal");
    world.changed("file[/a]", "one");
    assertEquals((await world.recorder.written()).ok, false);
    assertEquals(Deno.readTextFileSync(`${world.directory}/other`), "");
    assertEquals(world.told.length, 1);
    Deno.removeSync(world.path);
    assertEquals((await world.entries()).map(({ reason }) => reason), ["one"]);
  });
});

Deno.test({
  name: "journal: another user's file is not written, and a clear line says whose it is",
  ignore: Deno.uid() !== 0,
  fn: () =>
    inJournal(async (world) => {
      Deno.writeTextFileSync(world.path, "");
      Deno.chownSync(world.path, 65534, 65534);
      world.changed("file[/a]", "one");
      const written = await world.recorder.written();
      assertEquals(written.ok ? "" : written.failure.code, "forbidden");
      assertEquals(Deno.statSync(world.path).size, 0);
      const [said] = world.told;
      assert(said?.type === "warning" && said.text.includes("another user (65534)"));
    }),
});

Deno.test("journal: no step of making room reads all entries", async () => {
  await inJournal(async (world) => {
    for (let i = 0; i < 100; i++) world.changed(`file[/${i}]`, "content differs");
    await world.entries();
    const opened = JournalWriter.open(world.path, undefined);
    assert(opened.ok);
    const { database } = opened.value;
    const asked: string[] = [];
    const prepare = database.prepare.bind(database);
    database.prepare = (sql: string) => {
      asked.push(sql);
      return prepare(sql);
    };
    opened.value.prune({ bytes: 1, beforeMs: undefined }, () => 0);
    const queries = asked.filter((sql) => /^(SELECT|DELETE)/.test(sql) && !/LIMIT/.test(sql));
    assert(queries.some((sql) => /max\(id\)/.test(sql)), asked.join("\n"));
    for (const sql of queries) {
      const plan = prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map(({ detail }) => String(detail));
      assert(!plan.some((step) => step.startsWith("SCAN entry")), `${sql}: ${plan.join("; ")}`);
    }
    opened.value.discard();
  });
});

/** Makes a database, and is killed in the middle of its first large change. */
const KILLED_WRITER = `
import { DatabaseSync } from "node:sqlite";
const database = new DatabaseSync(Deno.args[0]);
database.exec("PRAGMA cache_size = 1; BEGIN; CREATE TABLE made (text); COMMIT; BEGIN");
const insert = database.prepare("INSERT INTO made VALUES (?)");
for (let i = 0; i < 5000; i++) insert.run("x".repeat(500));
Deno.kill(Deno.pid, "SIGKILL");
`;

Deno.test("a journal that a killed run left half made is read as it was before", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/journal.db`;
    const script = `${directory}/writer.ts`;
    Deno.writeTextFileSync(script, KILLED_WRITER);
    const ended = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-check", script, path],
    }).output();
    assertEquals(ended.signal, "SIGKILL");
    assert(Deno.statSync(`${path}-journal`).size > 0, "something is to be taken back");
    const opened = openToRead(path);
    // It is no journal of ours, but it can be read.
    assertEquals(opened.ok ? "read" : opened.failure.code, "not-a-journal");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
