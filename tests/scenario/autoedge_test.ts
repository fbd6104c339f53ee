import { assertEquals, assertStringIncludes } from "@std/assert";
import { contentOf, inDirectory, mgmt, Program, within } from "../support/program.ts";

/** Writes a graph, in which `DIRECTORY` stands for the test's own, and calls back with its path. */
async function withGraph(
  text: string,
  test: (path: string, directory: string) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    const path = `${directory}/graph.yaml`;
    await Deno.writeTextFile(path, text.replaceAll("DIRECTORY", directory));
    await test(path, directory);
  });
}

/** Everything is written in the wrong order, and nobody wrote an edge. */
const UPSIDE_DOWN = `graph: upside down
resources:
  file:
  - name: DIRECTORY/a/current
    target: versions/1
  - name: DIRECTORY/a/copy
    source: DIRECTORY/a/versions/1
  - name: DIRECTORY/a/versions/1
    content: one
  - name: DIRECTORY/a/b/c/d
    content: deep
  - name: DIRECTORY/a/versions/
  - name: DIRECTORY/a/b/c/
  - name: DIRECTORY/a/b/
  - name: DIRECTORY/a/
`;

Deno.test("a graph without an edge is made in order at the first try, whatever the seed", async () => {
  await withGraph(UPSIDE_DOWN, async (path, directory) => {
    for (let seed = 1; seed <= 8; seed++) {
      const args = ["run", path, "--converged-timeout=0", "--tmp-prefix", `--seed=${seed}`];
      const { code, stderr } = await mgmt(args);
      assertEquals(code, 0, stderr);
      assertStringIncludes(stderr, "Edges(9), 9 of them automatic");
      assertStringIncludes(stderr, "Recap: 8 ok, 8 changed, 0 failed, 0 blocked");
      assertEquals(contentOf(`${directory}/a/b/c/d`), "deep");
      assertEquals(contentOf(`${directory}/a/copy`), "one");
      await Deno.remove(`${directory}/a`, { recursive: true });
    }
  });
});

/** So much the timers of a program at rest may take within one look. */
const IDLE_NS = 5_000_000;

/** Waits until the program has had nothing to say and nothing to do for a while, also where it waits for a core. */
async function rests(program: Program): Promise<void> {
  for (;;) {
    const [said, ranNs] = [program.stderr.length, ranNsOf(program.pid)];
    await new Promise((resolve) => setTimeout(resolve, 200));
    const isIdle = ranNsOf(program.pid) - ranNs < IDLE_NS && !isRunnable(program.pid);
    if (isIdle && said === program.stderr.length) return;
  }
}

function ranNsOf(pid: number): number {
  return tasksOf(pid, "schedstat").reduce((sum, text) => sum + Number(text.split(" ")[0]), 0);
}

/** Whether one of its threads runs, or would if there were a core for it. */
function isRunnable(pid: number): boolean {
  return tasksOf(pid, "stat").some((text) => text.slice(text.lastIndexOf(")") + 2).startsWith("R"));
}

function tasksOf(pid: number, file: string): string[] {
  return [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) =>
    contentOf(`/proc/${pid}/task/${name}/${file}`) ?? []
  );
}

Deno.test("a directory that is taken away comes back with all that is in it, and nothing fails", async () => {
  await withGraph(UPSIDE_DOWN, async (path, directory) => {
    const program = new Program(["run", path, "--prefix", `${directory}/prefix`]);
    try {
      await program.says("Recap");
      for (const away of ["once", "twice", "three times"]) {
        // Whoever is just looking at what is in it would see that it is gone before it is said.
        await rests(program);
        await Deno.rename(`${directory}/a`, `${directory}/${away}`);
        await within(
          60_000,
          () =>
            contentOf(`${directory}/a/b/c/d`) === "deep" &&
            contentOf(`${directory}/a/copy`) === "one",
          () => program.stderr,
        );
      }
    } finally {
      await program.interrupt();
    }
    assertEquals(program.stderr.includes("Failed"), false, program.stderr);
  });
});

const GOING = `graph: going
resources:
  file:
  - name: DIRECTORY/a/
    state: absent
  - name: DIRECTORY/a/b/
    state: absent
  - name: DIRECTORY/a/b/c
    state: absent
`;

Deno.test("a directory is removed after what is in it, without force", async () => {
  await withGraph(GOING, async (path, directory) => {
    for (let seed = 1; seed <= 4; seed++) {
      await Deno.mkdir(`${directory}/a/b`, { recursive: true });
      await Deno.writeTextFile(`${directory}/a/b/c`, "");
      const args = ["run", path, "--converged-timeout=0", "--tmp-prefix", `--seed=${seed}`];
      const { code, stderr } = await mgmt(args);
      assertEquals(code, 0, stderr);
      assertStringIncludes(stderr, "Recap: 3 ok, 3 changed, 0 failed, 0 blocked");
    }
  });
});

const FAILING = `graph: failing
resources:
  file:
  - name: DIRECTORY/a/b
    content: b
  - name: DIRECTORY/a/
    owner: nobody-has-this-name
  - name: DIRECTORY/a/c
    state: absent
    meta: {autoedge: false}
`;

Deno.test("a directory that fails holds what is in it, and why is said", async () => {
  await withGraph(FAILING, async (path, directory) => {
    const { code, stderr } = await mgmt(["run", path, "--converged-timeout=0", "--tmp-prefix"]);
    assertEquals(code, 4);
    assertStringIncludes(
      stderr,
      `File[${directory}/a/b]: Waits for: File[${directory}/a/] ` +
        "(automatic edge: its parent directory)",
    );
    assertStringIncludes(stderr, "Recap: 1 ok, 0 changed, 1 failed, 1 blocked");
  });
});

Deno.test("run --graphviz draws the graph that runs, graph draws the one that is written", async () => {
  await withGraph(GOING, async (path, directory) => {
    const dot = `${directory}/graph.dot`;
    const run = ["run", path, "--converged-timeout=0", "--tmp-prefix", "--graphviz", dot];
    assertEquals((await mgmt(run)).code, 0);
    const drawn = contentOf(dot);
    assertStringIncludes(drawn ?? "", 'label="is in it and goes first", style=dashed');
    const after = ["graph", path, "--format", "dot", "--after", "autoedge"];
    assertEquals((await mgmt(after)).stdout, drawn);
    const written = await mgmt(["graph", path, "--format", "dot"]);
    assertEquals([written.code, written.stdout.includes("->")], [0, false]);
  });
});
