import { assert, assertEquals } from "@std/assert";
import { copySync, existsSync, walkSync } from "@std/fs";
import { contentOf, inDirectory, Program, repositoryFile, within } from "../support/program.ts";

interface Running {
  readonly program: Program;
  /** A path below the directory of the test. */
  at(name: string): string;
}

/** Runs a graph until its first pass is over; `DIRECTORY` in it stands for that of the test. */
async function whileRunning(
  graph: string,
  prepare: (directory: string) => void,
  test: (running: Running) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    prepare(directory);
    const path = `${directory}/graph.yaml`;
    await Deno.writeTextFile(path, graph.replaceAll("DIRECTORY", directory));
    const program = new Program(["run", "--file", path, "--prefix", `${directory}/prefix`]);
    try {
      await program.says("Recap");
      await test({ program, at: (name) => `${directory}/${name}` });
    } finally {
      await program.interrupt();
    }
  });
}

async function goes(path: string, program: Program): Promise<void> {
  const startMs = performance.now();
  await within(60_000, () => !existsSync(path), () => `${path} did not go: ${program.stderr}`);
  assert(await program.isMoment(performance.now() - startMs), `${path} did not go in a moment`);
}

async function holds(path: string, content: string, program: Program): Promise<void> {
  const startMs = performance.now();
  await within(
    60_000,
    () => contentOf(path) === content,
    () => `${path} is not healed: ${contentOf(path)}: ${program.stderr}`,
  );
  assert(await program.isMoment(performance.now() - startMs), `${path} is not healed in a moment`);
}

const PURGED = `graph: purged
resources:
  file:
  - name: all
    path: DIRECTORY/d/
    purge: true
    recurse: true
  - name: sub
    path: DIRECTORY/d/sub/
edges:
- from: {kind: file, name: all}
  to: {kind: file, name: sub}
`;

Deno.test("what is put into a purged directory, or into one in it, goes within a second", () =>
  whileRunning(
    PURGED,
    (directory) => Deno.mkdirSync(`${directory}/d`),
    async ({ program, at }) => {
      assertEquals(existsSync(at("d/sub")), true);
      for (let round = 0; round < 3; round++) {
        for (const stray of ["d/stray", "d/sub/stray"]) {
          Deno.writeTextFileSync(at(stray), "x");
          await goes(at(stray), program);
        }
        try {
          Deno.mkdirSync(at("d/sub/new/deep"), { recursive: true });
        } catch {
          // The agent removed the first directory before the second was made.
        }
        await goes(at("d/sub/new"), program);
      }
      assertEquals([...Deno.readDirSync(at("d/sub"))], []);
    },
  ));

/** The example, in a directory of the test's own and with a source that can be changed. */
function exampleTree(): string {
  return Deno.readTextFileSync(repositoryFile("examples/tree.yaml"))
    .replaceAll("/tmp/mgmt-tree", "DIRECTORY/made");
}

function copyExampleSource(directory: string): void {
  copySync(repositoryFile("examples/tree"), `${directory}/tree`);
}

/** The paths of all files below a directory. */
function filesBelow(directory: string): string[] {
  return [...walkSync(directory, { includeDirs: false })]
    .map(({ path }) => path.slice(directory.length + 1)).sort();
}

Deno.test("the example of a tree heals strays, removed files and edited sources", () =>
  whileRunning(exampleTree(), copyExampleSource, async ({ program, at }) => {
    const names = filesBelow(at("tree"));
    const deep = names.filter((name) => name.includes("/"));
    assertEquals(deep.length > 0, true, "the example has no file in a directory of its tree");
    for (const name of names) {
      const content = Deno.readTextFileSync(at(`tree/${name}`));
      const [copy, stray] = [at(`made/${name}`), at(`made/${name}.stray`)];
      await holds(copy, content, program);
      Deno.writeTextFileSync(stray, "x");
      await goes(stray, program);
      Deno.removeSync(copy);
      await holds(copy, content, program);
      Deno.writeTextFileSync(at(`tree/${name}`), `${content}edited\n`);
      await holds(copy, `${content}edited\n`, program);
    }
    const [first = ""] = deep;
    const [top = ""] = first.split("/");
    // In one step: the agent brings the first files back before the last ones are removed.
    Deno.renameSync(at(`made/${top}`), at("away"));
    await within(60_000, () => existsSync(at(`made/${first}`)), `${first} did not come back`);
    Deno.mkdirSync(at("tree/new/deep"), { recursive: true });
    Deno.writeTextFileSync(at("tree/new/deep/f"), "new\n");
    await holds(at("made/new/deep/f"), "new\n", program);
    Deno.removeSync(at("tree/new"), { recursive: true });
    await goes(at("made/new"), program);
    assertEquals(contentOf(at("made/generated.conf")), "made = by another resource\n");
  }));

Deno.test("an entry of the wrong type in a tree keeps nothing else from being healed", async () => {
  await inDirectory(async (directory) => {
    await Deno.mkdir(`${directory}/src/a/b`, { recursive: true });
    await Deno.writeTextFile(`${directory}/src/a/b/f`, "f");
    await Deno.writeTextFile(`${directory}/src/g`, "g");
    const graph = `${directory}/g.yaml`;
    await Deno.writeTextFile(
      graph,
      `graph: t\nresources:\n  file:\n  - name: t\n    path: ${directory}/t/\n` +
        `    source: src\n    recurse: true\n    purge: true\n`,
    );
    const program = new Program(["run", graph, "--tmp-prefix"]);
    try {
      await within(60_000, () => contentOf(`${directory}/t/a/b/f`) === "f", () => program.stderr);
      await within(60_000, () => contentOf(`${directory}/t/g`) === "g", () => program.stderr);
      await Deno.remove(`${directory}/t/a/b/f`);
      await Deno.mkdir(`${directory}/t/a/b/f`).catch(() => {});
      await Deno.remove(`${directory}/t/g`);
      await Deno.writeTextFile(`${directory}/t/stray`, "");
      await Deno.writeTextFile(`${directory}/src/new`, "z");
      await within(60_000, () => contentOf(`${directory}/t/g`) === "g", () => program.stderr);
      await within(60_000, () => contentOf(`${directory}/t/new`) === "z", () => program.stderr);
      await within(60_000, () => contentOf(`${directory}/t/stray`) === undefined, "stray stays");
    } finally {
      await program.interrupt();
    }
  });
});
