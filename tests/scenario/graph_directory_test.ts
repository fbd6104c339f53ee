/** A directory as a graph: while it is edited, after it was broken, and beside everything else. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { freeUrl } from "../support/etcd.ts";
import { contentOf, inDirectory, mgmt, Program, shell, within } from "../support/program.ts";

/** A test with a directory of graph files, and another one for what they make. */
class Desk {
  readonly graph: string;
  readonly flags: readonly string[];

  constructor(readonly directory: string) {
    this.graph = `${directory}/graph.d`;
    this.flags = ["--prefix", `${directory}/prefix`];
  }

  /** A file of the directory that makes one file. */
  file(name: string, content = name, more = ""): Promise<void> {
    return this.write(
      name,
      `resources: {file: [{name: ${name}, path: ${this.directory}/made/${name}, ` +
        `content: "${content}"}]}\n${more}`,
    );
  }

  async write(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.graph}/${name}.new`, text);
    await Deno.rename(`${this.graph}/${name}.new`, `${this.graph}/${name}.yaml`);
  }

  once(...more: string[]) {
    return mgmt(["run", this.graph, ...this.flags, "-t", "0", ...more]);
  }

  start(...more: string[]): Program {
    return new Program(["run", this.graph, ...this.flags, ...more]);
  }

  made(): string {
    return ["a", "b", "c"].map((name) => contentOf(`${this.directory}/made/${name}`) ?? "-").join();
  }

  becomes(made: string, program: Program): Promise<void> {
    return within(60_000, () => this.made() === made, () => `${this.made()}\n${program.stderr}`);
  }

  async clear(): Promise<void> {
    await shell(`rm -f ${this.directory}/made/*`);
  }
}

function atDesk(name: string, test: (desk: Desk) => Promise<void>): void {
  Deno.test(name, () =>
    inDirectory(async (directory) => {
      const desk = new Desk(directory);
      await Deno.mkdir(desk.graph);
      await Deno.mkdir(`${directory}/made`);
      await test(desk);
    }));
}

atDesk("a directory that is edited, broken, killed and mended is run like a file", async (desk) => {
  await desk.file("a");
  await desk.file("b", "b", "edges: [{from: {kind: file, name: b}, to: {kind: file, name: a}}]\n");
  const first = desk.start();
  try {
    await desk.becomes("a,b,-", first);
    await desk.file("c");
    await desk.file("a", "A");
    await desk.becomes("A,b,c", first);
    await desk.write("b", "resources: [\n");
    await first.says(/graph\.d\/b\.yaml:\d+:\d+: error/);
    // What was in force stays so.
    await desk.clear();
    await desk.becomes("A,b,c", first);
  } finally {
    first.signal("SIGKILL");
    await first.ended();
  }
  await desk.clear();
  assertEquals([(await desk.once()).code, desk.made()], [1, "-,-,-"]);
  const second = desk.start();
  try {
    await desk.becomes("A,b,c", second);
    await second.says(/graph\.d is broken; what runs is its last good reading/);
    await desk.file("b", "B");
    await desk.becomes("A,B,c", second);
    // Also as a whole, by the link that it is now.
    await shell(`mv graph.d 1; cp -r 1 2; rm 2/b.yaml; ln -s 2 graph.d`, desk.directory);
    await desk.file("a", "new");
    await desk.becomes("new,B,c", second);
  } finally {
    assertEquals((await second.interrupt()).code, 130);
  }
});

atDesk("a directory is read again when it is told to, with --no-watch only then", async (desk) => {
  await desk.file("a");
  const program = desk.start("--no-watch", "--output", "json");
  try {
    await desk.becomes("a,-,-", program);
    await desk.file("b");
    program.signal("SIGHUP");
    await desk.becomes("a,b,-", program);
    await desk.write("c", "foo: 1\n");
    program.signal("SIGHUP");
    await program.says("c.yaml:1:1");
    await shell("rm c.yaml", desk.graph);
    await desk.file("a", "A");
    program.signal("SIGHUP");
    await desk.becomes("A,b,-", program);
  } finally {
    await program.interrupt();
  }
});

atDesk("of a directory noop writes nothing, and a temporary prefix keeps nothing", async (desk) => {
  await desk.file("a");
  await desk.file("b");
  const noop = await desk.once("--noop");
  assertEquals([noop.code, desk.made(), contentOf(`${desk.directory}/prefix`)], [
    0,
    "-,-,-",
    undefined,
  ]);
  const temporary = await mgmt(["run", desk.graph, "-t", "0", "--tmp-prefix"]);
  assertEquals([temporary.code, desk.made()], [0, "a,b,-"], temporary.stderr);
  const left = await shell(`ls ${desk.directory}`);
  assertEquals(left.trim().split("\n"), ["graph.d", "made"]);
});

atDesk("one file of a directory exports what another one collects", async (desk) => {
  await desk.write("a", `resources: {file: [{name: "@@x", path: /x, content: mine}]}\n`);
  await desk.write("b", `collect: [{id: all, kind: file, pattern: ${desk.directory}/made/}]\n`);
  await desk.file(
    "c",
    "c",
    "edges: [{from: {collect: all}, to: {kind: file, name: c}}]\n",
  );
  const flags = ["--no-server", "--seeds", freeUrl(), "--cluster-wait", "0", "--hostname", "h1"];
  const { code, stderr } = await desk.once(...flags);
  assertEquals([code, contentOf(`${desk.directory}/made/x`)], [0, "mine"], stderr);
  assertEquals(desk.made(), "-,-,c");
});

atDesk("a graph runs on the hosts that it is for, whatever it is read from", async (desk) => {
  const graph = `graph: g\nonly: {host: [web1, "db?"]}\n` +
    `resources: {file: [{name: a, path: ${desk.directory}/made/a, content: a}]}\n`;
  await desk.write("a", graph);
  const single = `${desk.graph}/a.yaml`;
  const sources: readonly (readonly string[])[] = [[single], [desk.graph], ["-"]];
  for (const [file = ""] of sources) {
    for (const [name, code] of [["web2", 1], ["db1", 0]] as const) {
      await desk.clear();
      const through = ["sh", "-c", `exec "$0" "$@" <${single}`];
      const run = ["run", file, "--hostname", name, "-t", "0", "--tmp-prefix"];
      const ended = await mgmt(run, { through });
      const made = code === 0 ? "a,-,-" : "-,-,-";
      assertEquals([ended.code, desk.made()], [code, made], `${file} ${name}: ${ended.stderr}`);
      if (code === 1) assertMatch(ended.stderr, new RegExp(`web1, db\\?.*this host is ${name}`));
    }
  }
  // Looking at it is for everybody, unless a host is named.
  assertEquals((await mgmt(["validate", single])).code, 0);
  assertEquals((await mgmt(["validate", single, "--hostname", "web2"])).code, 1);
  assertEquals((await mgmt(["graph", desk.graph, "--hostname", "db1"])).code, 0);
  assertEquals((await mgmt(["graph", desk.graph, "--hostname", "db12"])).code, 1);
});

atDesk("files for other hosts are left out of a directory, and said", async (desk) => {
  await desk.file("a");
  await desk.file("b", "for others", "only: {host: other}\n");
  const program = desk.start("--hostname", "h1");
  try {
    await program.says(/b\.yaml is left out: it is for other, and this host is h1/);
    await desk.becomes("a,-,-", program);
    await desk.file("b", "b", "only: {host: h?}\n");
    await desk.becomes("a,b,-", program);
    // One that is taken away from this host is left as it is.
    await desk.file("b", "x", "only: {host: other}\n");
    await desk.file("c");
    await desk.becomes("a,b,c", program);
    // With nothing left it is a mistake, and what was in force stays.
    await shell("rm a.yaml c.yaml", desk.graph);
    await program.says("all graph files here are for other hosts (other), and this host is h1");
    await desk.clear();
    await desk.becomes("a,-,c", program);
  } finally {
    await program.interrupt();
  }
  const validated = await mgmt(["validate", desk.graph, "--hostname", "other"]);
  assertEquals(validated.code, 0);
  assertStringIncludes(validated.stdout, "1 resource,");
});

atDesk("a header names the file of the directory, also in the last good reading", async (desk) => {
  const made = `${desk.directory}/made/a`;
  const graph =
    `graph: g\nresources: {file: [{name: ${made}, content: "a\\n", meta: {header: "#"}}]}\n`;
  const head = (file: string) => new RegExp(`^# .*${RegExp.escape(file)}:2\n`);
  // Of the directory, and then of one file alone.
  for (const run of [desk.graph, `${desk.graph}/a.yaml`]) {
    await desk.write("a", graph);
    const once = await mgmt(["run", run, ...desk.flags, "-t", "0"]);
    assertEquals(once.code, 0, once.stderr);
    assertMatch(contentOf(made) ?? "", head(`${desk.graph}/a.yaml`));
    const before = contentOf(made);
    await desk.write("a", "resources: [\n");
    const program = new Program(["run", run, ...desk.flags]);
    try {
      await program.says("Recap:");
      assertEquals(contentOf(made), before, program.stderr);
      assertStringIncludes(program.stderr, "1 ok, 0 changed");
    } finally {
      await program.interrupt();
    }
  }
});

atDesk(
  "programs beside graph files run as one graph, each watched, also what comes late",
  async (desk) => {
    const made = `${desk.directory}/made`;
    const put = async (name: string, text: string) => {
      await Deno.writeTextFile(`${desk.graph}/${name}.new`, text);
      await Deno.rename(`${desk.graph}/${name}.new`, `${desk.graph}/${name}`);
    };
    const site = (body: string) =>
      `import { exec, file, program } from "mgmt";\nimport { word } from "./words.ts";\n` +
      `export default program(({ host }) => {\n${body}\n});\n`;
    await desk.file("a");
    await put("words.ts", 'export const word = "b1";\n');
    const told = `const told = exec("tell", { cmd: "/bin/echo c1" });`;
    await put(
      "site.ts",
      site(`file("${made}/b", { content: word, require: { kind: "file", name: "a" } });
${told}
file("${made}/c", { content: told.output });`),
    );
    const program = desk.start();
    await desk.becomes("a,b1,c1", program);
    const valid = await mgmt(["validate", desk.graph]);
    assertEquals([valid.code, valid.stdout.includes("ok (3 resources")], [0, true], valid.stderr);
    const shown = await mgmt(["graph", desk.graph, "--format", "yaml"]);
    assertStringIncludes(shown.stdout, "content: b1", shown.stderr);
    await put("words.ts", 'export const word = "b2";\n');
    await desk.becomes("a,b2,c1", program);
    await desk.file("a", "a2");
    await desk.becomes("a2,b2,c1", program);
    await put("more.ts", site(`file("${made}/x", { content: "x" });`));
    await within(60_000, () => contentOf(`${made}/x`) === "x", () => program.stderr);
    // What is broken leaves all in force, and the one that is right again brings all of it.
    await put("more.ts", "export default program(nothing;\n");
    await desk.file("a", "a3");
    await within(60_000, () => program.stderr.includes("more.ts:1"), () => program.stderr);
    assertEquals(desk.made(), "a2,b2,c1");
    await Deno.remove(`${desk.graph}/more.ts`);
    await desk.becomes("a3,b2,c1", program);
    await program.interrupt();

    // Killed in between, it begins with what it knew, and takes nothing away.
    await desk.clear();
    await put("site.ts", site("broken broken"));
    const again = desk.start();
    await desk.becomes("a3,b2,c1", again);
    await again.interrupt();
  },
);
