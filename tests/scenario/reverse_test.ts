import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { inDirectory, mgmt, Program, within } from "../support/program.ts";

interface World {
  readonly directory: string;
  readonly graph: string;
  readonly flags: readonly string[];
  path(name: string): string;
  /** Writes the graph, with these resources. */
  write(...files: readonly string[]): Promise<void>;
  /** Runs it once; the result is what it said. */
  once(...more: readonly string[]): Promise<string>;
}

const REVERSE = "meta: {reverse: true}";

/** A file resource; `more`: its other fields. */
function file(name: string, content: string, more = REVERSE, path = name): string {
  return `{name: ${name}, path: DIR/${path}, content: "${content}\\n"${more && `, ${more}`}}`;
}

async function inWorld(work: (world: World) => Promise<void>): Promise<void> {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    const flags = ["--prefix", `${directory}/prefix`];
    await work({
      directory,
      graph,
      flags,
      path: (name) => `${directory}/${name}`,
      write: async (...files) => {
        const list = files.map((each) => `  - ${each.replaceAll("DIR", directory)}\n`).join("");
        const resources = files.length === 0 ? " {}" : `\n  file:\n${list}`;
        await Deno.writeTextFile(`${graph}.new`, `graph: g\nresources:${resources}`);
        await Deno.rename(`${graph}.new`, graph);
      },
      once: async (...more) => {
        const run = await mgmt(["run", graph, "--converged-timeout=0", ...flags, ...more]);
        return run.stderr;
      },
    });
  });
}

function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

Deno.test("what leaves the graph by an edit is what it was before it came, what depended first", async () => {
  await inWorld(async ({ graph, flags, path, write }) => {
    await Deno.writeTextFile(path("a"), "before\n");
    const directory = `{name: d, path: DIR/d/, ${REVERSE}}`;
    await write(file("a", "one"), directory, file("in", "x", REVERSE, "d/in"), file("stays", "s"));
    const agent = new Program(["run", graph, ...flags]);
    await within(60_000, () => textOf(path("d/in")) === "x\n", "it did not settle");
    await write(file("a", "two"), directory, file("in", "x", REVERSE, "d/in"), file("stays", "s"));
    await within(60_000, () => textOf(path("a")) === "two\n", "no edit");
    // A broken graph takes nothing back, and what has another name has not left.
    await Deno.writeTextFile(graph, "graph: [");
    await agent.says(/stays in force/);
    assertEquals(textOf(path("a")), "two\n");
    await write(file("a", "two"), file("renamed", "s", REVERSE, "stays"));
    await agent.says(/Reverse: File\[d\]: left the graph: what it changed is taken back/);
    assertEquals([textOf(path("d/in")), textOf(path("stays"))], [undefined, "s\n"]);
    assertEquals(
      agent.stderr.indexOf("File[in]: left") < agent.stderr.indexOf("File[d]: left"),
      true,
    );
    assertEquals(textOf(path("a")), "two\n");
    // What is held waits until it is not.
    await mgmt(["hold", "a", "--for", "1h", ...flags]);
    await write(file("renamed", "s", REVERSE, "stays"));
    await agent.says(/File\[a\]: left the graph, and is taken back when it is not held any more/);
    assertEquals(textOf(path("a")), "two\n");
    const released = await mgmt(["release", "--all", ...flags]);
    assertEquals(released.code, 0, released.stderr);
    await within(60_000, () => textOf(path("a")) === "before\n", "it was not taken back");
    agent.signal("SIGTERM");
    await agent.ended();
    const { stdout } = await mgmt(["history", "file[a]", "--changed", ...flags]);
    assertMatch(stdout, /File\[a\] was taken back: it left the graph\n$/);
  });
});

Deno.test("who hears of a resource hears that it was taken back when it left while it was held", async () => {
  await inWorld(async ({ directory, graph, flags, path, write }) => {
    await Deno.writeTextFile(path("a"), "before\n");
    const told = `{name: told, cmd: "cp a told", cwd: ${directory}, creates: ${directory}/told}`;
    const end = { kind: "exec", name: "told" };
    const edges = [{ name: "e", from: { kind: "file", name: "a" }, to: end, notify: true }];
    const graphText = (resources: string) =>
      `graph: g\nresources:\n  exec: [${told}]\n${resources}`;
    await write();
    await Deno.writeTextFile(
      graph,
      graphText(
        `  file: [${file("a", "one").replace("DIR", directory)}]\nedges: ${JSON.stringify(edges)}`,
      ),
    );
    const agent = new Program(["run", graph, ...flags]);
    await within(60_000, () => textOf(path("told")) === "one\n", "it did not settle");
    await mgmt(["hold", "a", "--for", "1h", ...flags]);
    await Deno.writeTextFile(`${graph}.new`, graphText(""));
    await Deno.rename(`${graph}.new`, graph);
    await agent.says(/File\[a\]: left the graph, and is taken back when it is not held any more/);
    assertEquals((await mgmt(["release", "--all", ...flags])).code, 0);
    await within(60_000, () => textOf(path("told")) === "before\n", "nobody heard of it");
    agent.signal("SIGTERM");
    await agent.ended();
  });
});

Deno.test("what left between two runs is taken back by the next one of the same graph", async () => {
  await inWorld(async ({ directory, graph, flags, path, write, once }) => {
    await write(file("a", "a"), file("b", "b"), file("c", "c"), file("d", "d", ""));
    await once();
    // Others have their own resources in the same state.
    const other = `${directory}/other.yaml`;
    await Deno.writeTextFile(other, "graph: other\nresources: {}\n");
    await mgmt(["run", other, "--converged-timeout=0", ...flags]);
    await Deno.writeTextFile(path("b"), "changed since\n");
    await write(file("c", "c", ""));
    assertMatch(
      await once("--noop"),
      /File\[a\]: left the graph: what it changed would be taken back/,
    );
    assertEquals(textOf(path("a")), "a\n");
    const plan = await mgmt(["plan", graph, ...flags]);
    assertMatch(plan.stdout, /^reverse File\[a\]: left the graph: what it changed would be taken/m);
    assertMatch(
      plan.stdout,
      /^reverse File\[b\]: left the graph: it is left as it is: it was changed/m,
    );
    assertEquals(plan.code, 2);
    const said = await once();
    assertEquals([textOf(path("a")), textOf(path("b"))], [undefined, "changed since\n"]);
    assertMatch(said, /File\[b\]: left the graph, and is left as it is: it was changed since/);
    // Without the word nothing is taken back, also of what had it before.
    await write();
    assertEquals((await once()).includes("left the graph"), false);
    assertEquals([textOf(path("c")), textOf(path("d"))], ["c\n", "d\n"]);
  });
});

Deno.test("both plans say what leaving takes back, and whom that refreshes", async () => {
  await inWorld(async ({ directory, graph, flags, path }) => {
    const exec =
      `{name: told, shell: /bin/sh, cmd: "echo told >> told", cwd: DIR, creates: DIR/g.yaml}`;
    const text = (files: string, edges: string) =>
      `graph: g\nresources:${files}\n  exec:\n  - ${exec}\n${edges}`.replaceAll("DIR", directory);
    const from = "from: {kind: file, name: b}, to: {kind: exec, name: told}, notify: true";
    const both = `\n  file:\n  - ${file("a", "a")}\n  - ${file("b", "b")}`;
    await Deno.writeTextFile(graph, text(both, `edges: [{${from}}]\n`));
    await Deno.writeTextFile(path("b"), "before\n");
    const agent = new Program(["run", graph, "--no-watch", ...flags]);
    await within(60_000, () => textOf(path("told")) === "told\n", "it did not settle");
    const edited = text("", "");
    await Deno.writeTextFile(graph, edited);
    const running = await mgmt(["plan", graph, "--running", ...flags]);
    await agent.interrupt();
    for (const plan of [running, await mgmt(["plan", graph, ...flags])]) {
      assertMatch(plan.stdout, /^refresh Exec\[told\]: refresh, asked by File\[b\]/m);
      assertMatch(
        plan.stdout,
        /^reverse File\[a\]: left the graph: what it changed would be taken/m,
      );
      assertMatch(
        plan.stdout,
        /^reverse File\[b\]: left the graph: what it changed would be taken/m,
      );
      assertMatch(plan.stdout, /^Plan: 0 ok, 1 refresh, 2 reversed\n$/m);
      assertEquals(plan.code, 2);
    }
    await mgmt(["run", graph, "--converged-timeout=0", ...flags]);
    assertEquals([textOf(path("a")), textOf(path("b"))], [undefined, "before\n"]);
    // What is as it was before it came is nothing that somebody must look after.
    const orphans = await mgmt(["orphans", ...flags]);
    assertEquals(orphans.stdout, "nothing that was managed has left its graph\n");
    assertEquals(textOf(path("told")), "told\ntold\n");
  });
});

Deno.test("a resource that takes the place of one that left decides, and nothing is taken back", async () => {
  await inWorld(async ({ graph, path, write, once }) => {
    await write(file("a", "a"));
    await once();
    const text = `graph: g\nresources:\n  line:\n  - {name: l, path: ${path("a")}, line: more}\n`;
    await Deno.writeTextFile(graph, text);
    assertStringIncludes(
      await once(),
      "File[a]: left the graph, and is left as it is: Line[l] decides",
    );
    assertEquals(textOf(path("a")), "a\nmore\n");
  });
});

Deno.test("an undo of what is to be reversed is reversed to what was before all of it", async () => {
  await inWorld(async ({ flags, path, write, once }) => {
    await Deno.writeTextFile(path("a"), "before\n");
    await write(file("a", "one"));
    await once();
    await write(file("a", "two"));
    await once();
    const undone = await mgmt(["restore", "file[a]", ...flags]);
    assertEquals([undone.code, textOf(path("a"))], [0, "one\n"], undone.stderr);
    await mgmt(["release", "--all", ...flags]);
    await write();
    await once();
    assertEquals(textOf(path("a")), "before\n");
  });
});

Deno.test("a link and a directory that became files that were edited are themselves again", async () => {
  await inWorld(async ({ path, write, once }) => {
    await Deno.symlink("/etc/hostname", path("l"));
    await Deno.mkdir(path("d"), { mode: 0o711 });
    await Deno.writeTextFile(path("d/in"), "in\n");
    const both = (content: string) =>
      ["l", "d"].map((name) => file(name, content, `force: true, ${REVERSE}`));
    await write(...both("1"));
    await once();
    await write(...both("2"));
    await once();
    assertEquals([textOf(path("l")), textOf(path("d"))], ["2\n", "2\n"]);
    await write();
    const said = await once();
    assertEquals(said.match(/left the graph: what it changed is taken back/g)?.length, 2, said);
    assertEquals(await Deno.readLink(path("l")), "/etc/hostname");
    assertEquals([textOf(path("d/in")), Deno.statSync(path("d")).mode! & 0o7777], [
      "in\n",
      0o711,
    ]);
    // Nothing is to stay for it any more, also of what was in between.
    for (const kept of ["pinned", "reverse"]) {
      assertEquals([...Deno.readDirSync(path(`prefix/${kept}`))], []);
    }
  });
});

Deno.test("in a directory of graphs what moves from file to file has not left", async () => {
  await inWorld(async ({ directory, flags, path, write, graph }) => {
    const graphs = path("graph.d");
    await Deno.mkdir(graphs);
    await write(file("a", "a"), file("b", "b"));
    await Deno.rename(graph, `${graphs}/1.yaml`);
    const once = () => mgmt(["run", graphs, "--converged-timeout=0", ...flags]);
    await once();
    const text = (await Deno.readTextFile(`${graphs}/1.yaml`)).split("\n");
    const without = (name: string) =>
      text.filter((line) => !line.includes(`name: ${name},`)).join("\n");
    await Deno.writeTextFile(`${graphs}/1.yaml`, without("a"));
    await Deno.writeTextFile(`${graphs}/2.yaml`, without("b"));
    await once();
    assertEquals([textOf(path("a")), textOf(path("b"))], ["a\n", "b\n"]);
    await Deno.remove(`${graphs}/2.yaml`);
    await once();
    assertEquals([textOf(path("a")), textOf(path("b"))], [undefined, "b\n"]);
    assertEquals(directory.length > 0, true);
  });
});

Deno.test("what a killed run had just changed is taken back, too", async () => {
  await inWorld(async ({ directory, path, write, once }) => {
    await Deno.writeTextFile(path("a"), "before\n");
    await write(file("a", "one"));
    await once();
    // As if it had been killed between the change and what is written of it.
    const records = `${directory}/prefix/reverse`;
    const [record] = [...Deno.readDirSync(records)];
    const kept = JSON.parse(await Deno.readTextFile(`${records}/${record!.name}`));
    const { things: [{ is, name, before }] } = kept;
    const begun = {
      ...kept,
      things: [],
      begun: [{ is, name, before: { type: "file", ...before } }],
    };
    await Deno.writeTextFile(`${records}/${record!.name}`, JSON.stringify(begun));
    await write();
    await once();
    assertEquals(textOf(path("a")), "before\n");
  });
});

Deno.test("what cannot be taken back refuses the word", async () => {
  await inWorld(async ({ graph }) => {
    const text = "graph: g\nresources:\n  exec:\n  - {name: x, cmd: ls, meta: {reverse: true}}\n";
    await Deno.writeTextFile(graph, text);
    const { code, stderr } = await mgmt(["validate", graph]);
    assertEquals(code, 1);
    assertMatch(stderr, /exec\[x\]: what exec does cannot be taken back\n[^]*leave reverse out/);
  });
});
