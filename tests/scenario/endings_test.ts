import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  contentOf,
  enoughSeconds,
  EXECUTABLE,
  inDirectory,
  mgmt,
  Program,
  within,
} from "../support/program.ts";

async function withGraph(
  text: string,
  test: (parts: { directory: string; args: string[] }) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.writeTextFile(graph, text.replaceAll("DIR", directory));
    await test({ directory, args: ["run", graph, "--prefix", `${directory}/prefix`] });
  });
}

/** A graph with one command. */
function exec(command: string, more = ""): string {
  return `graph: t\nresources:\n  exec:\n  - name: it\n    shell: /bin/sh\n` +
    `    cmd: "${command}"\n${more}`;
}

Deno.test("exit 0: converged, also with nothing to do", async () => {
  await withGraph("graph: t\nresources: {}\n", async ({ args }) => {
    const run = await mgmt([...args, "--converged-timeout=0"]);
    assertEquals(run.code, 0, run.stderr);
    assertEquals(run.stdout, "");
  });
});

Deno.test("exit 1: a graph with mistakes, a missing file, a wrong flag", async () => {
  await withGraph("graph: t\nresorces: {}\n", async ({ directory, args }) => {
    const run = await mgmt([...args, "--converged-timeout=0"]);
    assertEquals(run.code, 1);
    assertMatch(run.stderr, /did you mean.*resources/);
    assertEquals((await mgmt(["run", `${directory}/none.yaml`, "--tmp-prefix"])).code, 1);
    assertEquals((await mgmt(["run", "--nop"])).code, 1);
  });
});

Deno.test("exit 4: a resource failed, and that beats 5", async () => {
  await withGraph(exec("exit 3"), async ({ args }) => {
    const once = await mgmt([...args, "--converged-timeout=0"]);
    assertEquals(once.code, 4, once.stderr);
    assertMatch(once.stderr, /exited with code 3/);
    // So long that it has failed by then, also where others have the cores.
    const limit = `--max-runtime=${enoughSeconds(once)}`;
    const late = await mgmt([...args, "--converged-timeout=60", limit]);
    assertEquals(late.code, 4, late.stderr);
  });
});

Deno.test("exit 5: not converged in the time allowed", async () => {
  await withGraph(exec("sleep 2"), async ({ args }) => {
    const run = await mgmt([...args, "--converged-timeout=60", "--max-runtime=1"]);
    assertEquals(run.code, 5, run.stderr);
    const open = await mgmt([...args, "--max-runtime=1"]);
    assertEquals(open.code, 0, "a run that was not to converge is done when its time is over");
  });
});

Deno.test("^C once lets a command finish and starts no other", async () => {
  const text = exec("sleep 1; echo done > DIR/first") +
    `  - name: next\n    shell: /bin/sh\n    cmd: "echo started > DIR/second"\n` +
    `edges:\n- from: {kind: exec, name: it}\n  to: {kind: exec, name: next}\n`;
  await withGraph(text, async ({ directory, args }) => {
    const program = new Program(args);
    await program.says("Exec[it]: Apply");
    const ended = await program.interrupt();
    assertEquals(ended.code, 130);
    assertEquals(contentOf(`${directory}/first`), "done\n");
    assertEquals(contentOf(`${directory}/second`), undefined);
  });
});

Deno.test("^C twice aborts a command and all it started", async () => {
  await withGraph(exec("sleep 1000 & echo $! > DIR/pid; wait"), async ({ directory, args }) => {
    const program = new Program(args);
    await within(60_000, () => (contentOf(`${directory}/pid`) ?? "") !== "", () => program.stderr);
    program.signal("SIGINT");
    await program.says("Interrupted");
    await program.signalAgain("SIGINT");
    const startMs = performance.now();
    const ended = await program.ended();
    assertEquals(ended.code, 130);
    assertMatch(ended.stderr, /Exec\[it\]: Aborted after .*; it may be half done/);
    assertMatch(ended.stderr, /Recap: 0 ok, 0 changed, 0 failed, .*, 1 aborted/);
    assert(await program.isMoment(performance.now() - startMs));
    const pid = Number(contentOf(`${directory}/pid`));
    // Gone, or dead and not yet collected by the init of a container.
    await within(
      60_000,
      () => (contentOf(`/proc/${pid}/stat`) ?? ") Z ").includes(") Z "),
      "what the command started still runs",
    );
  });
});

Deno.test("^C three times ends the program whatever a command does", async () => {
  await withGraph(
    exec("trap '' TERM; echo up > DIR/up; while :; do sleep 0.1; done"),
    async ({ directory, args }) => {
      const program = new Program(args);
      await within(60_000, () => contentOf(`${directory}/up`) !== undefined, () => program.stderr);
      program.signal("SIGINT");
      await program.says("Interrupted");
      await program.signalAgain("SIGINT");
      await program.says("Aborting");
      await program.signalAgain("SIGINT");
      assertEquals((await program.ended()).code, 130);
    },
  );
});

Deno.test("SIGHUP reads the graph again", async () => {
  await withGraph("graph: t\nresources: {}\n", async ({ directory, args }) => {
    const program = new Program([...args, "--no-watch"]);
    try {
      await program.says("graphStarted");
      const file = `${directory}/there`;
      await Deno.writeTextFile(
        `${directory}/g.yaml`,
        `graph: t\nresources:\n  file:\n  - name: f\n    path: ${file}\n    content: x\n`,
      );
      program.signal("SIGHUP");
      await within(60_000, () => contentOf(file) === "x", () => program.stderr);
      program.signal("SIGHUP");
      await program.says("Graph: read again, and the same as before");
    } finally {
      await program.interrupt();
    }
  });
});

Deno.test("--output json is one object a line on the standard output, and nothing else", async () => {
  const text = exec("echo one; echo two >&2; exit 1");
  await withGraph(text, async ({ args }) => {
    const run = await mgmt([...args, "--converged-timeout=0", "--output", "json"]);
    const events = run.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    for (const event of events) assertEquals(event.v, 2);
    assertEquals(events[0].type, "start");
    assertEquals(events.at(-1).type, "stop");
    assertEquals(events.at(-1).exitCode, 4);
    assertEquals(
      events.filter(({ type }) => type === "output").map(({ text }) => text).sort(),
      ["one", "two"],
    );
  });
});

Deno.test("a reader that goes away does not end the agent's work", async () => {
  const files = ["a", "b", "c"].map((name) =>
    `  - name: ${name}\n    path: DIR/${name}\n    content: "1"\n`
  );
  await withGraph(
    `graph: t\nresources:\n  file:\n${files.join("")}`,
    async ({ directory, args }) => {
      const run = await new Deno.Command("bash", {
        args: ["-c", 'set -o pipefail; "$@" 2>&1 | true', "bash", EXECUTABLE, ...args, "-t", "0"],
      }).output();
      assert(run.code === 0 || run.code === 141, `${run.code}`);
      await within(60_000, () => contentOf(`${directory}/c`) === "1", "c appears");
    },
  );
});

Deno.test("long work is reported after ten seconds, with what waits for it", async () => {
  const text = exec("sleep 11") +
    `  - name: next\n    cmd: echo next\n` +
    `edges:\n- from: {kind: exec, name: it}\n  to: {kind: exec, name: next}\n`;
  await withGraph(text, async ({ args }) => {
    const run = await mgmt([...args, "--converged-timeout=0"]);
    assertMatch(run.stderr, /Exec\[it\]: still running for 1\d s; Exec\[next\] waits for it/);
  });
});

Deno.test("a graph named by a relative path is found though state of the last run is tidied", async () => {
  await inDirectory(async (directory) => {
    // A directory of somebody else's is where the working directory is changed to be safe.
    await Deno.mkdir(`${directory}/theirs`);
    await Deno.chown(`${directory}/theirs`, 65534, 65534);
    const graph = (content: string) =>
      `graph: t\nresources:\n  file:\n  - name: f\n    path: ${directory}/theirs/f\n` +
      `    content: "${content}"\n`;
    for (const content of ["1", "2", "3", "4"]) {
      await Deno.writeTextFile(`${directory}/g.yaml`, graph(content));
      const run = await mgmt(["run", "g.yaml", "-t", "0", "--prefix", "p"], { cwd: directory });
      assertEquals(run.code, 0, run.stderr);
      assertEquals(contentOf(`${directory}/theirs/f`), content);
    }
  });
});

Deno.test("no place for state is a clear line", async () => {
  await withGraph("graph: t\nresources: {}\n", async ({ args }) => {
    const run = await mgmt([args[0] ?? "", args[1] ?? "", "--tmp-prefix", "-t", "0"], {
      env: { TMPDIR: "/nonexistent" },
    });
    assertEquals(run.code, 1);
    assertMatch(run.stderr, /cannot make a directory for --tmp-prefix/);
    assert(!run.stderr.includes("internal error"));
  });
});

Deno.test("^C twice says once that a command has ended", async () => {
  await withGraph(exec("sleep 1000"), async ({ args }) => {
    const program = new Program(args);
    await program.says("Exec[it]: Apply");
    program.signal("SIGINT");
    await program.says("Interrupted");
    await program.signalAgain("SIGINT");
    const ended = await program.ended();
    assertEquals(ended.stderr.split("Exec[it]: Exited").length, 2, ended.stderr);
  });
});
