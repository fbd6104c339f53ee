import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { contentOf, inDirectory, mgmt, Program, shell, within } from "../support/program.ts";

const LAST_GOOD = /graph\.yaml is broken; what runs is its last good reading, of \d{4}-/;

/** A directory with a graph of one file, that the agent read well once. */
class Desk {
  readonly graph: string;
  readonly made: string;
  readonly flags: readonly string[];

  constructor(readonly directory: string) {
    this.graph = `${directory}/graph.yaml`;
    this.made = `${directory}/made`;
    this.flags = ["--prefix", `${directory}/prefix`];
  }

  text(content: string): string {
    return `graph: t\nresources:\n  file:\n  - name: made\n    path: ${this.made}\n` +
      `    content: "${content}"\n`;
  }

  /** Replaces the graph, as an editor does. */
  async write(text: string, name = this.graph): Promise<void> {
    await Deno.writeTextFile(`${name}.new`, text);
    await Deno.rename(`${name}.new`, name);
  }

  start(...more: string[]): Program {
    return new Program(["run", this.graph, ...this.flags, ...more]);
  }

  async becomes(content: string, program: Program): Promise<void> {
    await within(60_000, () => contentOf(this.made) === content, () => program.stderr);
  }

  /** Has the agent read the graph, and ends it. */
  async readOnce(content: string): Promise<void> {
    await this.write(this.text(content));
    assertEquals((await mgmt(["run", this.graph, ...this.flags, "-t", "0"])).code, 0);
    assertEquals(contentOf(this.made), content);
  }

  /** The graph as it is must end a start, which changes nothing. */
  async refuses(...more: string[]): Promise<string> {
    await Deno.remove(this.made).catch(() => {});
    const through = ["timeout", "--signal=KILL", "60"];
    const run = ["run", this.graph, ...this.flags, ...more];
    const { code, stderr } = await mgmt(run, { through });
    assertEquals([code, contentOf(this.made)], [1, undefined], stderr);
    return stderr;
  }

  /** The agent that stays goes on as the graph said when it was read well. */
  async goesOn(content: string): Promise<void> {
    const program = this.start();
    try {
      await this.becomes(content, program);
    } finally {
      await program.interrupt();
    }
  }

  kept(): string[] {
    try {
      return [...Deno.readDirSync(`${this.directory}/prefix/graphs`)].map(({ name }) => name);
    } catch {
      return [];
    }
  }
}

function atDesk(name: string, test: (desk: Desk) => Promise<void>): void {
  Deno.test(name, () => inDirectory((directory) => test(new Desk(directory))));
}

const BROKEN: Readonly<Record<string, (desk: Desk) => Promise<unknown>>> = {
  "a syntax error": (desk) => desk.write("graph: [\n"),
  "an unknown kind": (desk) => desk.write(`${desk.text("2")}  nokind:\n  - name: n\n`),
  "a directory": (desk) => shell(`rm ${desk.graph}; mkdir ${desk.graph}`),
  "a FIFO": (desk) => shell(`rm -r ${desk.graph}; mkfifo ${desk.graph}`),
};

atDesk(
  "an agent that stays starts with the last good reading of a broken graph, and takes the next good one at once",
  async (desk) => {
    await desk.readOnce("1");
    for (const breakIt of Object.values(BROKEN)) {
      await breakIt(desk);
      await Deno.remove(desk.made);
      const program = desk.start();
      try {
        await desk.becomes("1", program);
        await program.says(LAST_GOOD);
        await Deno.remove(desk.made);
        await desk.becomes("1", program);
      } finally {
        program.signal("SIGKILL");
        await program.ended();
      }
    }
    const program = desk.start("--output", "json");
    try {
      await program.says('"type":"last-good"');
      await shell(`rm -r ${desk.graph}`);
      await desk.write(desk.text("2"));
      await desk.becomes("2", program);
      await program.says('"type":"good-again"');
    } finally {
      await program.interrupt();
    }
    await desk.write("graph: [\n");
    await Deno.remove(desk.made);
    await desk.goesOn("2");
  },
);

atDesk("a reload says again that what runs is the last good reading", async (desk) => {
  await desk.readOnce("1");
  await desk.write("graph: [\n");
  const program = desk.start("--no-watch");
  const said = () => program.stderr.split("its last good reading").length - 1;
  try {
    await desk.becomes("1", program);
    await program.says("Recap:");
    assertEquals(said(), 1, program.stderr);
    program.signal("SIGHUP");
    await within(60_000, () => said() === 2, () => program.stderr);
    await desk.write(desk.text("3"));
    program.signal("SIGHUP");
    await desk.becomes("3", program);
  } finally {
    await program.interrupt();
  }
});

atDesk("a run that ends by itself never runs an old reading", async (desk) => {
  await desk.readOnce("1");
  await desk.write("graph: [\n");
  for (const flags of [["-t", "0"], ["-t", "5"], ["--max-runtime", "60"]]) {
    await desk.refuses(...flags);
  }
  await desk.goesOn("1");
});

atDesk("a graph that is not there, or was never read well, is exit 1", async (desk) => {
  await desk.write("graph: [\n");
  await desk.refuses();
  await desk.readOnce("1");
  await Deno.remove(desk.graph);
  assertStringIncludes(await desk.refuses(), "does not exist");
  await Deno.symlink("nowhere", desk.graph);
  assertStringIncludes(await desk.refuses(), "does not exist");
  await Deno.remove(desk.graph);
  await Deno.writeTextFile(desk.graph, "graph: [\n");
  await desk.goesOn("1");
});

atDesk("the last good reading of another file is never used", async (desk) => {
  const { directory, graph } = desk;
  await desk.write(desk.text("1"), `${directory}/a.yaml`);
  await desk.write(desk.text("2"), `${directory}/b.yaml`);
  await Deno.symlink("a.yaml", graph);
  assertEquals((await mgmt(["run", graph, ...desk.flags, "-t", "0"])).code, 0);
  await shell(`ln -sfn b.yaml ${graph}; printf '[' > ${directory}/b.yaml`);
  await desk.refuses();
  // It is still there for the first one.
  await shell(`ln -sfn a.yaml ${graph}; printf '[' > ${directory}/a.yaml`);
  await desk.goesOn("1");
});

const SPOILT: readonly ((path: string) => Promise<unknown>)[] = [
  (path) => shell(`truncate -s 40 ${path}`),
  (path) => shell(`sed -i s/'"version":1'/'"version":0'/ ${path}`),
  (path) => shell(`sed -i 's/"text":"/"text":"]/' ${path}`),
  (path) => shell(`chmod 666 ${path}`),
  (path) => shell(`rm ${path}; mkfifo ${path}`),
];

atDesk("a spoilt last reading counts as none, and is in nobody's way", async (desk) => {
  for (const spoil of SPOILT) {
    await shell(`rm -rf ${desk.directory}/prefix`);
    await desk.readOnce("1");
    assertEquals(desk.kept().length, 1);
    await spoil(`${desk.directory}/prefix/graphs/${desk.kept()[0]}`);
    await desk.write("graph: [\n");
    await desk.refuses();
    await desk.readOnce("1");
  }
});

atDesk("a reading that cannot be kept is a warning", async (desk) => {
  await Deno.mkdir(`${desk.directory}/prefix`, { mode: 0o700 });
  await Deno.writeTextFile(`${desk.directory}/prefix/graphs`, "in the way");
  await desk.write(desk.text("1"));
  const { code, stderr } = await mgmt(["run", desk.graph, ...desk.flags, "-t", "0"]);
  assertEquals([code, contentOf(desk.made)], [0, "1"], stderr);
  assertMatch(stderr, /Warning: this reading of .*graph\.yaml cannot be kept/);
});

atDesk("a last reading is whole whenever the agent is killed", async (desk) => {
  const large = (content: string) => desk.text(content) + `# ${"x".repeat(8_000_000)}\n`;
  await desk.write(large("1"));
  assertEquals((await mgmt(["run", desk.graph, ...desk.flags, "-t", "0"])).code, 0);
  const program = desk.start();
  try {
    await program.says("Recap:");
    await desk.write(large("2"));
    const draft = () => desk.kept().length > 1;
    await within(60_000, () => draft() || contentOf(desk.made) === "2", () => program.stderr);
  } finally {
    program.signal("SIGKILL");
    await program.ended();
  }
  await desk.write("graph: [\n");
  await Deno.remove(desk.made).catch(() => {});
  const again = desk.start();
  try {
    await within(60_000, () => contentOf(desk.made) !== undefined, () => again.stderr);
    assert(["1", "2"].includes(contentOf(desk.made) ?? ""), contentOf(desk.made));
    assertEquals(desk.kept().length, 1);
  } finally {
    await again.interrupt();
  }
});

atDesk("nothing is kept of the standard input, nor by noop", async (desk) => {
  await desk.write(desk.text("1"));
  const run = `${new URL("../../dist/mgmt", import.meta.url).pathname} run`;
  const flags = `-t 0 --prefix ${desk.directory}/prefix`;
  await shell(`${run} - ${flags} <${desk.graph}; ${run} ${desk.graph} ${flags} --noop`);
  assertEquals(contentOf(desk.made), "1");
  assertEquals(desk.kept(), []);
  await desk.readOnce("1");
  assertEquals(desk.kept().length, 1);
});
