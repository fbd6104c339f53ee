/** The journal: what runs write there, and what `mgmt history`, `why` and `diff` say of it. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { control, hasConverged } from "../support/control.ts";
import { eventually } from "../support/processes.ts";
import { contentOf, inDirectory, mgmt, Program } from "../support/program.ts";

/** A directory with a graph, and what is asked of the journal there. */
class Place {
  readonly prefix: string;
  readonly out: string;

  constructor(readonly directory: string) {
    this.prefix = join(directory, "prefix");
    this.out = join(directory, "out");
  }

  graph(resources: string): string {
    const file = join(this.directory, "g.yaml");
    Deno.writeTextFileSync(file, `graph: g\nresources: {${resources}}\n`);
    return file;
  }

  file(content: string, more = ""): string {
    return this.graph(`file: [{name: ${this.out}, content: "${content}"${more}}]`);
  }

  /** In one step, so that it is repaired once. */
  spoil(content: string): void {
    Deno.writeTextFileSync(`${this.directory}/spoilt`, content);
    Deno.renameSync(`${this.directory}/spoilt`, this.out);
  }

  async once(...flags: readonly string[]) {
    const file = join(this.directory, "g.yaml");
    return await mgmt(["run", file, "--prefix", this.prefix, "-t", "0", ...flags]);
  }

  agent(...flags: readonly string[]): Program {
    const file = join(this.directory, "g.yaml");
    return new Program(["run", file, "--prefix", this.prefix, ...flags]);
  }

  async says(command: string, ...words: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await mgmt([command, ...words, "--prefix", this.prefix]);
    assertEquals([code, stderr], [0, ""]);
    return stdout;
  }

  // deno-lint-ignore no-explicit-any
  async entries(...words: readonly string[]): Promise<readonly any[]> {
    return JSON.parse(await this.says("history", "--output", "json", ...words)).entries;
  }
}

const inPlace = (test: (place: Place) => Promise<void>) =>
  inDirectory((directory) => test(new Place(directory)));

const typesOf = (entries: readonly { readonly type: string }[]) => entries.map(({ type }) => type);

Deno.test("journal: one run after the other appends, and one that had nothing to do leaves no trace", async () => {
  await inPlace(async (place) => {
    place.file("one\\n");
    await place.once("--quiet");
    const first = ["start", "graph", "changed", "stop"];
    assertEquals(typesOf(await place.entries()), first);
    await place.once();
    assertEquals(typesOf(await place.entries()), first);
    place.file("two\\n");
    await place.once("--quiet");
    assertEquals(typesOf(await place.entries()), [...first, ...first]);
    assertEquals(typesOf(await place.entries("--changed", "--kind", "File")), [
      "changed",
      "changed",
    ]);
    assertEquals(typesOf(await place.entries("--failed")), []);
    // Also a quiet run keeps what it changed.
    assertStringIncludes(await place.says("diff", place.out), "-one\n+two\n");
    assertMatch(await place.says("why", place.out), /was changed: content differs \(4 bytes\)/);
    for (const word of [`file[${place.out}]`, `File[${place.out}]`]) {
      assertEquals(await place.says("why", word), await place.says("why", place.out));
    }
  });
});

Deno.test("journal: what has just happened is told while the agent runs, by commands and at its socket, and after a kill", async () => {
  await inPlace(async (place) => {
    place.file("right\\n");
    const agent = place.agent();
    assert(await eventually(() => hasConverged(place.prefix)), agent.stderr);
    place.spoil("wrong\n");
    assert(await eventually(() => contentOf(place.out) === "right\n"));
    const repaired = async () => (await place.entries("--changed")).length === 2;
    assert(await eventually(repaired));
    const because = `because ${place.out}: moved here`;
    assertStringIncludes(await place.says("why", place.out), because);
    assertStringIncludes(await place.says("diff", place.out), "-wrong\n+right\n");
    assertStringIncludes(
      await place.says("why", place.out),
      `written at ${place.directory}/g.yaml:2:`,
    );
    const key = encodeURIComponent(`file[${place.out}]`);
    const { said } = await control(place.prefix, "GET", `/v1/why/${key}`);
    const told = JSON.parse(await place.says("why", place.out, "--output", "json"));
    // The command also tells what should be of it, and where that is written.
    const { fields: _fields, kind: _kind, name: _name, place: _place, ...now } = told.now;
    assertEquals(said, { ...told, now });
    const asked = JSON.stringify({ only: "changed", since: "1h", limit: 1 });
    const history = await control(place.prefix, "GET", "/v1/history", asked);
    assertEquals([history.said.isCut, history.said.entries.length], [true, 1]);
    const wrong = await control(place.prefix, "GET", "/v1/history", `{"since": "soon"}`);
    assertEquals([wrong.status, wrong.said.error.code], [400, "bad-request"]);
    const unknown = await control(place.prefix, "GET", "/v1/why/nothing");
    assertEquals([unknown.status, unknown.said.error.code], [404, "unknown-resource"]);
    agent.signal("SIGKILL");
    await agent.ended();
    assertEquals((await place.entries("--changed")).length, 2);
    await place.once();
    assertEquals((await place.entries("--changed")).length, 2);
  });
});

Deno.test("journal: what an agent has done that has just begun is told before it has opened its socket", async () => {
  await inPlace(async (place) => {
    const { out } = place;
    place.graph(`
      file: [{name: ${out}, content: "right\\n"}],
      exec: [{name: long, cmd: "sleep 30"}]`);
    const agent = place.agent();
    assert(await eventually(() => contentOf(out) === "right\n"), agent.stderr);
    // It opens it when its first graph has settled, or after a second.
    assertEquals((await place.entries("--changed")).map(({ key }) => key), [`file[${out}]`]);
    await agent.killed();
  });
});

Deno.test("journal: killed again and again while it heals, it answers each time", async () => {
  await inPlace(async (place) => {
    place.file("right\\n");
    let known = 0;
    const look = async () => {
      const asked = ["why", place.out, "--prefix", place.prefix, "--output", "json"];
      const { code, stdout, stderr } = await mgmt(asked);
      assert(code === 0 || (known === 0 && /nothing (is known|was done)/.test(stderr)), stderr);
      if (code !== 0) return;
      const [last] = JSON.parse(stdout).chain;
      assert(last !== undefined || known === 0, stdout);
      if (last === undefined) return;
      const { id } = last;
      assert(id >= known, "what was known is known");
      known = id;
    };
    for (let round = 0; round < 6; round++) {
      Deno.writeTextFileSync(place.out, `wrong ${round}\n`);
      const agent = place.agent();
      await agent.says("Apply");
      const before = known;
      // Before, while and after it writes; at last so late that it has.
      if (round < 5) await new Promise((resolve) => setTimeout(resolve, round * 80));
      else assert(await eventually(async () => (await look(), known > before)));
      agent.signal("SIGKILL");
      await agent.ended();
      await look();
    }
  });
});

Deno.test("journal: of what not everybody may read, of outputs and environments nothing is kept", async () => {
  const canary = "cAnArY-4711";
  await inPlace(async (place) => {
    const { directory } = place;
    Deno.writeTextFileSync(join(directory, "found"), `${canary}\n`, { mode: 0o640 });
    Deno.chmodSync(join(directory, "found"), 0o640);
    Deno.writeTextFileSync(join(directory, "lines"), "a\n", { mode: 0o640 });
    place.graph(`
      file: [
        {name: ${directory}/wanted, content: "${canary}\\n", mode: "0640"},
        {name: ${directory}/found, content: "public\\n", mode: "0644"},
        {name: ${directory}/refused, content: "${canary}\\n", mode: "0640", validate: "/bin/grep nothing %s"}],
      line: [{name: l, path: ${directory}/lines, line: "password=${canary}"}],
      exec: [
        {name: fails, cmd: "echo ${canary} $SECRET; exit 3", shell: /bin/sh, env: {SECRET: "${canary}"}},
        {name: works, cmd: "echo ${canary}", shell: /bin/sh, env: {SECRET: "${canary}"}}],
      probe: [{name: p, command: "/bin/sh -c 'echo ${canary}; exit 1'", shell: /bin/sh}]`);
    await place.once();
    Deno.writeTextFileSync(join(directory, "wanted"), `${canary} spoilt\n`);
    await place.once("--quiet");
    const types = typesOf(await place.entries());
    assert(types.includes("failed") && types.includes("changed"), types.join());
    for (const args of [["history"], ["history", "--output", "json"]]) {
      assert(!(await place.says(...args as [string])).includes(canary), args.join(" "));
    }
    for (const key of ["exec[fails]", "exec[works]", "line[l]", `file[${directory}/refused]`]) {
      for (const format of ["human", "json"]) {
        assert(!(await place.says("why", key, "--output", format)).includes(canary), key);
      }
    }
    const files = [...walk(place.prefix)].filter((path) => !path.includes("/backups/"));
    const holding = files.filter((path) => Deno.readTextFileSync(path).includes(canary));
    // The last good reading of the graph file is that file.
    assertEquals(holding.filter((path) => !path.includes("/graphs/")), []);
    for (const path of files) assertEquals((Deno.lstatSync(path).mode ?? 0) & 0o077, 0, path);
  });
});

Deno.test("journal: what it has no content of, diff shows from the copies, to who may read them", async () => {
  await inPlace(async (place) => {
    const lines = join(place.directory, "lines");
    Deno.writeTextFileSync(lines, "password=old\n");
    Deno.chmodSync(lines, 0o600);
    place.graph(`
      file: [{name: ${place.out}, content: "right\\n", mode: "0640"}],
      line: [{name: l, path: ${lines}, match: "^password=", line: "password=new"}]`);
    await place.once();
    place.spoil("first\n");
    await place.once();
    assertStringIncludes(await place.says("diff", place.out), "-first\n+right\n");
    place.spoil("second\n");
    await place.once();
    assertStringIncludes(await place.says("diff", place.out), "-second\n+right\n");
    assertStringIncludes(await place.says("diff", "line[l]"), "-password=old\n+password=new\n");
    for (const word of [place.out, "line[l]"]) {
      const { lines } = JSON.parse(await place.says("diff", word, "--output", "json"));
      assertEquals(lines.length, 1);
      assertMatch(lines[0], /not shown.* bytes; sha256 /);
    }
  });
});

Deno.test("journal: what is no journal, or a newer one, costs a line and no repair, and is left alone", async () => {
  for (
    const [content, code] of [
      ["this is no database, but a text that somebody put there\n".repeat(100), "no database"],
      [newerJournal, "of a newer mgmt"],
      [otherDatabase, "another program's database"],
    ] as const
  ) {
    await inPlace(async (place) => {
      place.file("right\\n");
      Deno.mkdirSync(place.prefix, { mode: 0o700 });
      const path = join(place.prefix, "journal.db");
      if (typeof content === "string") Deno.writeTextFileSync(path, content);
      else await content(path);
      const before = Deno.readFileSync(path);
      const { stderr, code: exit } = await place.once();
      assertEquals([exit, contentOf(place.out)], [0, "right\n"]);
      assertStringIncludes(stderr, code);
      assertEquals(stderr.split(code).length, 2, "it is said once");
      assertEquals(Deno.readFileSync(path), before);
      const asked = await mgmt(["history", "--prefix", place.prefix]);
      assertEquals(asked.code, 1);
      assertStringIncludes(asked.stderr, code);
    });
  }
});

Deno.test("journal: there is none of a run that changes nothing, or leaves nothing, or is told so", async () => {
  await inPlace(async (place) => {
    place.file("right\\n");
    await place.once("--noop");
    await mgmt(["run", join(place.directory, "g.yaml"), "--tmp-prefix", "-t", "0"]);
    Deno.removeSync(place.out);
    await place.once("--journal-size", "0");
    assertEquals(contentOf(join(place.prefix, "journal.db")), undefined);
    for (const command of ["history", "why", "diff"]) {
      const words = command === "history" ? [] : ["x"];
      const asked = await mgmt([command, ...words, "--prefix", place.prefix]);
      assertEquals(asked.code, 1);
      assertStringIncludes(asked.stderr, "nothing is known: no run with");
    }
  });
});

Deno.test("journal: each prefix has its own, and an edit says what it changed", async () => {
  await inPlace(async (one) => {
    one.file("one\\n");
    await one.once();
    await inPlace(async (other) => {
      other.file("other\\n");
      const agent = other.agent();
      await agent.says("State: graphStarted");
      other.file("edited\\n");
      // Before anything was written down there is no journal, which is told by the exit code.
      const changed = async () =>
        (await mgmt(["history", "--prefix", other.prefix])).stdout.includes("1 changed (File[");
      assert(await eventually(changed));
      await agent.interrupt();
      assertStringIncludes(
        await other.says("why", other.out),
        "because it was changed in the graph",
      );
      assertEquals((await one.entries("--changed")).length, 1);
      const { stderr } = await mgmt(["why", one.out, "--prefix", other.prefix]);
      assertStringIncludes(stderr, "nothing is known of");
    });
  });
});

Deno.test("journal: a slip in a name is answered with the name that was meant", async () => {
  await inPlace(async (place) => {
    place.file("right\\n");
    await place.once();
    for (
      const [word, meant] of [[`file[${place.out}t]`, `File[${place.out}]`], [
        `${place.out}t`,
        place.out,
      ]]
    ) {
      const { code, stderr } = await mgmt(["why", word!, "--prefix", place.prefix]);
      assertEquals(code, 1);
      assertStringIncludes(stderr, `did you mean ${meant}?`);
    }
  });
});

function* walk(directory: string): Iterable<string> {
  for (const { name, isDirectory, isFile } of Deno.readDirSync(directory)) {
    const path = join(directory, name);
    if (isDirectory) yield* walk(path);
    else if (isFile) yield path;
  }
}

async function newerJournal(path: string): Promise<void> {
  await made(
    path,
    `CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    INSERT INTO meta VALUES ('readable_from', 999);
    PRAGMA application_id = 1835494772; PRAGMA user_version = 1000`,
  );
}

async function otherDatabase(path: string): Promise<void> {
  await made(path, "CREATE TABLE something (else_)");
}

async function made(path: string, sql: string): Promise<void> {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}
