/** What was managed once and is managed no more: beside edits, restarts, other graphs, and a full disk. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { freeUrl } from "../support/etcd.ts";
import { eventually } from "../support/processes.ts";
import {
  contentOf,
  EXECUTABLE,
  inDirectory,
  mgmt,
  Program,
  shell,
  within,
} from "../support/program.ts";

/** What `mgmt orphans --output json` says of one. */
interface Told {
  readonly key: string;
  readonly identity: string;
  readonly exists: boolean | null;
  readonly since: string;
  readonly left: string;
  readonly sourceIsGone: boolean;
  readonly file: string | null;
  readonly line: number | null;
  readonly host: string | null;
}

/** A directory with graphs that make files in it, and a prefix. */
class Desk {
  readonly prefix: string;

  constructor(readonly directory: string) {
    this.prefix = `${directory}/prefix`;
  }

  /** A graph of files of these names, by which resources are called, too, unless it is said otherwise. */
  async graph(file: string, names: readonly string[], called = (name: string) => name) {
    const path = `${this.directory}/${file}`;
    const resources = names.map((name) =>
      `  - {name: ${called(name)}, path: ${this.directory}/made-${name}, content: "${name}"}\n`
    );
    await Deno.writeTextFile(`${path}.new`, `graph: g\nresources:\n  file:\n${resources.join("")}`);
    await Deno.rename(`${path}.new`, path);
    return path;
  }

  async once(file: string, ...more: string[]): Promise<string> {
    const run = ["run", `${this.directory}/${file}`, "-t", "0", "--prefix", this.prefix, ...more];
    const { code, stderr } = await mgmt(run);
    assertEquals(code, 0, stderr);
    return stderr;
  }

  async told(): Promise<readonly Told[]> {
    const { code, stdout, stderr } = await this.orphans("--output", "json");
    assertEquals(code, 0, stderr);
    return JSON.parse(stdout).orphans;
  }

  /** Their keys. */
  async keys(): Promise<string> {
    return (await this.told()).map(({ key }) => key).join(" ");
  }

  orphans(...more: string[]) {
    return mgmt(["orphans", "--prefix", this.prefix, ...more]);
  }

  /** Waits until these are the orphans. */
  async become(keys: string, program: Program): Promise<void> {
    let now = "";
    const areSo = async () => (now = await this.keys()) === keys;
    assert(await eventually(areSo), `${now} is not ${keys}: ${program.stderr}`);
  }
}

function atDesk(name: string, test: (desk: Desk) => Promise<void>): void {
  Deno.test(name, () => inDirectory((directory) => test(new Desk(directory))));
}

atDesk(
  "what leaves a graph is listed with all that is known of it, until it is forgotten",
  async (desk) => {
    const graph = await desk.graph("g.yaml", ["a", "b", "c"]);
    await desk.once("g.yaml");
    assertEquals(await desk.told(), []);
    await desk.graph("g.yaml", ["a"]);
    await Deno.remove(`${desk.directory}/made-c`);
    await desk.once("g.yaml");
    const [b, c] = await desk.told();
    assertEquals(
      [b?.key, b?.identity, b?.exists, b?.sourceIsGone, b?.file, b?.line, b?.host],
      ["file[b]", `${desk.directory}/made-b`, true, false, graph, 5, null],
    );
    assert(Date.parse(b!.since) < Date.parse(b!.left));
    assertEquals([c?.key, c?.exists], ["file[c]", false]);
    assertEquals(contentOf(`${desk.directory}/made-b`), "b");
    const listed = await desk.orphans();
    assertMatch(listed.stdout, /^file\[b\] +\S+made-b +yes +.*g\.yaml:5$/m);
    // One that is not there is no reason to forget another one.
    assertEquals((await desk.orphans("--forget", "file[b]", "file[x]")).code, 1);
    assertEquals(await desk.keys(), "file[b] file[c]");
    assertEquals((await desk.orphans("--forget", `${desk.directory}/made-b`)).code, 0);
    assertEquals(await desk.keys(), "file[c]");
    await desk.once("g.yaml");
    assertEquals(await desk.keys(), "file[c]");
    // Forgotten is what left then, and not what leaves again.
    await desk.graph("g.yaml", ["a", "b"]);
    await desk.once("g.yaml");
    await desk.graph("g.yaml", ["a"]);
    await desk.once("g.yaml");
    assertEquals(await desk.keys(), "file[c] file[b]");
    assertEquals((await desk.orphans("--forget", "--all")).code, 0);
    assertEquals(await desk.keys(), "");
    for (const wrong of [["--forget"], ["--all"], ["file[b]"], ["--forget", "--all", "x"]]) {
      assertEquals((await desk.orphans(...wrong)).code, 1, wrong.join());
    }
  },
);

atDesk(
  "under another name, back, or in another graph of the prefix it is no orphan",
  async (desk) => {
    await desk.graph("1.yaml", ["a", "b"]);
    await desk.graph("2.yaml", ["c"]);
    // As cron does, which runs one and then the other.
    for (let times = 0; times < 2; times++) {
      await desk.once("1.yaml");
      await desk.once("2.yaml");
      assertEquals(await desk.keys(), "");
    }
    await desk.graph("1.yaml", ["a", "b"], (name) => `other-${name}`);
    await desk.once("1.yaml");
    assertEquals(await desk.keys(), "");
    // From one to the other, in either order of their runs.
    await desk.graph("1.yaml", ["a"]);
    await desk.once("1.yaml");
    assertEquals(await desk.keys(), "file[other-b]");
    await desk.graph("2.yaml", ["b", "c"]);
    await desk.once("2.yaml");
    assertEquals(await desk.keys(), "");
    await desk.graph("2.yaml", ["c"]);
    await desk.once("2.yaml");
    assertEquals(await desk.keys(), "file[b]");
    // Renamed as a whole, and gone as a whole.
    await Deno.rename(`${desk.directory}/1.yaml`, `${desk.directory}/3.yaml`);
    await desk.once("3.yaml");
    assertEquals(await desk.keys(), "file[b]");
    await Deno.remove(`${desk.directory}/3.yaml`);
    const told = await desk.told();
    assertEquals(told.map(({ key, sourceIsGone }) => [key, sourceIsGone]), [["file[b]", false], [
      "file[a]",
      true,
    ]]);
  },
);

atDesk(
  "a file that leaves a directory leaves orphans with its name; the standard input goes by its graph",
  async (desk) => {
    await Deno.mkdir(`${desk.directory}/d`);
    await desk.graph("d/1.yaml", ["a"]);
    await desk.graph("d/2.yaml", ["b"]);
    await desk.once("d");
    await Deno.remove(`${desk.directory}/d/2.yaml`);
    await desk.once("d");
    const [b] = await desk.told();
    assertEquals([b?.key, b?.file, b?.line], ["file[b]", `${desk.directory}/d/2.yaml`, 4]);
    await desk.orphans("--forget", "--all");
    const from = (text: string) =>
      shell(`printf '${text}' | ${EXECUTABLE} run - -t 0 --prefix ${desk.prefix}`);
    const file = (name: string) =>
      `resources: {file: [{name: ${desk.directory}/made-${name}, content: x}]}\\n`;
    await from(`graph: one\\n${file("c")}`);
    await from(`graph: two\\n${file("d")}`);
    assertEquals(await desk.keys(), "");
    await from("graph: one\\n");
    assertEquals(await desk.keys(), `file[${desk.directory}/made-c]`);
  },
);

atDesk("what only looks records nothing, and what forgets its state neither", async (desk) => {
  const graph = await desk.graph("g.yaml", ["a"]);
  for (
    const args of [
      ["run", graph, "-t", "0", "--noop", "--prefix", desk.prefix],
      ["plan", graph, "--prefix", desk.prefix],
      ["validate", graph],
      ["run", graph, "-t", "0", "--tmp-prefix"],
    ]
  ) await mgmt(args);
  assertEquals(await shell(`ls ${desk.prefix} 2>&1 | grep -c .`), "1\n");
  assertStringIncludes((await desk.orphans()).stdout, `no run has kept in ${desk.prefix}`);
  await desk.once("g.yaml");
  const record = () => shell(`cd ${desk.prefix}/managed && ls -i --full-time && cat *`);
  const before = await record();
  await desk.graph("g.yaml", []);
  await mgmt(["run", graph, "-t", "0", "--noop", "--prefix", desk.prefix]);
  assertEquals(await record(), before);
  // Nor is anything written where nothing is new.
  await desk.graph("g.yaml", ["a"]);
  await desk.once("g.yaml");
  assertEquals(await record(), before);
});

atDesk("an agent that is edited, killed and started again loses no orphan", async (desk) => {
  const graph = await desk.graph("g.yaml", ["a", "b", "c"]);
  const start = () => new Program(["run", graph, "--prefix", desk.prefix]);
  const isMade = (name: string, program: Program) =>
    within(
      60_000,
      () => contentOf(`${desk.directory}/made-${name}`) === name,
      () => program.stderr,
    );
  const first = start();
  try {
    await isMade("c", first);
    await shell(`until ls ${desk.prefix}/managed/*.json 2>/dev/null; do sleep 0.02; done`);
    await desk.graph("g.yaml", ["a", "b"]);
    await desk.become("file[c]", first);
    // While it runs, in nobody's way.
    assertEquals((await desk.orphans("--forget", "file[c]")).code, 0);
    await desk.graph("g.yaml", ["a"]);
    await desk.become("file[b]", first);
    // A broken graph is not in force.
    await Deno.writeTextFile(graph, "graph: [\n");
    await first.says("error");
  } finally {
    first.signal("SIGKILL");
    await first.ended();
  }
  assertEquals(await desk.keys(), "file[b]");
  const second = start();
  try {
    await second.says("last good reading");
    await desk.graph("g.yaml", ["d"]);
    await isMade("d", second);
    await desk.become("file[b] file[a]", second);
    await desk.graph("g.yaml", ["a", "d"]);
    await desk.become("file[b]", second);
  } finally {
    await second.interrupt();
  }
  assertEquals(await desk.keys(), "file[b]");
});

atDesk(
  "what was changed while no record could be written is known at the next run",
  async (desk) => {
    await desk.graph("g.yaml", ["a", "b"]);
    await desk.once("g.yaml");
    const managed = `${desk.prefix}/managed`;
    await shell(`mv ${managed} ${managed}.away; echo in the way >${managed}`);
    await desk.graph("g.yaml", ["a"]);
    const said = await desk.once("g.yaml");
    assertStringIncludes(said, "Warning: what is managed cannot be written down for mgmt orphans");
    await shell(`rm ${managed}; mv ${managed}.away ${managed}`);
    assertEquals(await desk.keys(), "");
    await desk.once("g.yaml");
    assertEquals(await desk.keys(), "file[b]");
    // A spoilt record is said, and in nobody's way.
    await shell(`for i in ${managed}/*.json; do truncate -s -9 $i; done`);
    const listed = await desk.orphans();
    assertEquals([listed.code, listed.stdout], [
      0,
      "nothing that was managed has left its graph\n",
    ]);
    assertMatch(listed.stderr, /warning: .*\.json is spoiled/);
    await desk.graph("g.yaml", ["a", "c"]);
    assertMatch(
      await desk.once("g.yaml"),
      /Warning: what was managed before is not known any more/,
    );
    await desk.graph("g.yaml", ["a"]);
    await desk.once("g.yaml");
    assertEquals(await desk.keys(), "file[c]");
  },
);

Deno.test({
  name: "a full disk costs the record and nothing else",
  ignore: Deno.uid() !== 0,
  fn: () =>
    inDirectory(async (directory) => {
      const desk = new Desk(directory);
      const mounted = await shell(
        `mkdir ${desk.prefix} && mount -t tmpfs -o size=2m,mode=700 tmpfs ${desk.prefix}`,
      );
      assertEquals(mounted, "");
      try {
        await desk.graph("g.yaml", ["a", "b"]);
        await desk.once("g.yaml");
        await desk.graph("g.yaml", ["a"]);
        await shell(`dd if=/dev/zero of=${desk.prefix}/ballast bs=1k 2>/dev/null`);
        const said = await desk.once("g.yaml");
        assertStringIncludes(said, "what is managed cannot be written down");
        assertEquals(await desk.keys(), "");
        await desk.graph("g.yaml", ["a", "b"]);
        await Deno.remove(`${desk.prefix}/ballast`);
        await desk.once("g.yaml");
        await desk.graph("g.yaml", ["a"]);
        await desk.once("g.yaml");
        await shell(`dd if=/dev/zero of=${desk.prefix}/ballast bs=1k 2>/dev/null`);
        assertEquals(await desk.keys(), "file[b]");
        const forgotten = await desk.orphans("--forget", "--all");
        assertEquals([forgotten.code, await desk.keys()], [1, "file[b]"], forgotten.stderr);
      } finally {
        await shell(`umount ${desk.prefix}`);
      }
    }),
});

Deno.test({
  name: "who may not read the state is told so, and a user has one of his own",
  ignore: Deno.uid() !== 0,
  fn: () =>
    inDirectory(async (directory) => {
      await Deno.chmod(directory, 0o755);
      const root = new Desk(directory);
      await root.graph("g.yaml", ["a"]);
      await root.once("g.yaml");
      // A user who may not come to where this repository is can be the one.
      await Deno.copyFile(EXECUTABLE, `${directory}/mgmt`);
      const through = [
        ...["setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups"],
        ...["sh", "-c", `shift; exec ${directory}/mgmt "$@"`, "sh"],
      ];
      const other = await mgmt(["orphans", "--prefix", root.prefix], { through });
      assertEquals(other.code, 1, other.stdout);
      assertMatch(other.stderr, /permission denied|belongs to another user|Permission denied/);
      for (const question of [["history"], ["why", "a"], ["diff", "a"]]) {
        const told = await mgmt([...question, "--prefix", root.prefix], { through });
        assertEquals(told.code, 1);
        assertMatch(told.stderr, /cannot be read: it belongs to root\n {2}hint: say this as root/);
      }
      const own = `${directory}/own`;
      const made = `resources: {file: [{name: ${own}/mine, content: x}]}`;
      await Deno.mkdir(own);
      await Deno.chown(own, 54_321, 54_321);
      for (const text of [`graph: g\n${made}\n`, "graph: g\n"]) {
        await Deno.writeTextFile(`${directory}/u.yaml`, text);
        const run = ["run", `${directory}/u.yaml`, "-t", "0", "--prefix", `${own}/prefix`];
        const { code, stderr } = await mgmt(run, { through });
        assertEquals(code, 0, stderr);
      }
      const mine = await mgmt(["orphans", "--prefix", `${own}/prefix`, "--output", "json"], {
        through,
      });
      assertEquals(JSON.parse(mine.stdout).orphans.length, 1, mine.stderr);
    }),
});

atDesk("what was collected and is offered no more is an orphan of its host", async (desk) => {
  const taken = `${desk.directory}/taken`;
  await Deno.mkdir(taken);
  const graph = `${desk.directory}/g.yaml`;
  const write = async (exports: string) => {
    const text = `graph: g\nresources: {file: [${exports}]}\n` +
      `collect: [{kind: file, pattern: ${taken}/}]\n`;
    await Deno.writeTextFile(`${graph}.new`, text);
    await Deno.rename(`${graph}.new`, graph);
  };
  await write(`{name: "@@x", path: /x, content: x}, {name: "@@y", path: /y, content: y}`);
  const flags = ["--client-urls", freeUrl(), "--server-urls", freeUrl(), "--hostname", "h1"];
  const start = () => new Program(["run", graph, "--prefix", desk.prefix, ...flags]);
  const agent = start();
  try {
    await within(60_000, () => contentOf(`${taken}/y`) === "y", () => agent.stderr);
    await shell(`until grep -q taken/y ${desk.prefix}/managed/*.json; do sleep 0.02; done`);
    await write(`{name: "@@x", path: /x, content: x}`);
    await desk.become("file[h1/y]", agent);
    assertEquals((await desk.told()).map(({ host, exists }) => [host, exists]), [["h1", true]]);
  } finally {
    await agent.interrupt();
  }
  // Before it has heard the others again, an agent takes nothing for gone.
  const again = start();
  try {
    await again.says("Recap:");
    assertEquals(await desk.keys(), "file[h1/y]");
  } finally {
    await again.interrupt();
  }
  assertEquals(await desk.keys(), "file[h1/y]");
});

atDesk("of a line of a file that not everybody may read, only the file is told", async (desk) => {
  const { directory } = desk;
  const graph = (lines: string) =>
    Deno.writeTextFile(
      `${directory}/g.yaml`,
      `graph: g\nresources:\n  noop: [{name: n}]\n${lines}`,
    );
  await Deno.writeTextFile(`${directory}/private`, "", { mode: 0o640 });
  await Deno.writeTextFile(`${directory}/public`, "");
  await graph(`  line:
  - {name: a, path: ${directory}/private, line: "password=private-text"}
  - {name: b, path: ${directory}/public, line: "public-text"}
`);
  await desk.once("g.yaml");
  await graph("");
  await desk.once("g.yaml");
  const told = Object.fromEntries((await desk.told()).map(({ key, identity }) => [key, identity]));
  for (const [key, file] of [["line[a]", "private"], ["line[b]", "public"]] as const) {
    assertMatch(told[key] ?? "", new RegExp(`^${directory}/${file}: [0-9a-f]{16}$`));
  }
  assert(!(await desk.orphans()).stdout.includes("private-text"));
});
