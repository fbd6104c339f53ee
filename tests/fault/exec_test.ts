import { assert, assertEquals, assertMatch } from "@std/assert";
import { contentOf, inDirectory, mgmt, Program, within } from "../support/program.ts";
import { isRunning } from "../support/processes.ts";

/** Writes a graph of execs that /bin/sh runs, and gives the arguments to run it. */
async function graphOf(
  directory: string,
  commands: readonly string[],
  more = "",
): Promise<string[]> {
  const execs = commands.map((command, index) =>
    `  - name: it${index}\n    shell: /bin/sh\n    cmd: ${
      JSON.stringify(command.replaceAll("DIR", directory))
    }\n${more}`
  );
  const graph = `${directory}/g.yaml`;
  await Deno.writeTextFile(graph, `graph: t\nresources:\n  exec:\n${execs.join("")}`);
  return ["run", graph, "--prefix", `${directory}/prefix`];
}

function pidIn(path: string): number {
  return Number(contentOf(path)?.trim() || NaN);
}

Deno.test("400 commands at once all run, and none is left", async () => {
  await inDirectory(async (directory) => {
    const commands = Array.from({ length: 400 }, (_, index) => `echo ${index} > DIR/${index}`);
    const args = await graphOf(directory, commands);
    const run = await mgmt([...args, "--converged-timeout=0"]);
    assertEquals(run.code, 0, run.stderr.slice(-2000));
    commands.forEach((_, index) => assertEquals(contentOf(`${directory}/${index}`), `${index}\n`));
  });
});

Deno.test("a command that starts itself again and again ends at its timeout", async () => {
  await inDirectory(async (directory) => {
    // Each round is a process in a session of its own whose parent has gone, and ignores SIGTERM.
    const script = `#!/bin/sh
trap '' TERM
echo $$ >> ${directory}/pids
sleep 0.05
setsid "$0" &
`;
    await Deno.writeTextFile(`${directory}/again`, script, { mode: 0o755 });
    const args = await graphOf(directory, [`DIR/again; sleep 300`], "    timeout: 1\n");
    const run = await mgmt([...args, "--converged-timeout=0"]);
    assertEquals(run.code, 4, run.stderr);
    assertMatch(run.stderr, /did not end within 1 s \(timeout\) and was stopped/);
    const pids = (contentOf(`${directory}/pids`) ?? "").trim().split("\n").map(Number);
    assert(pids.length > 5, `only ${pids.length} rounds`);
    assertEquals(pids.filter(isRunning), []);
    const count = pids.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    assertEquals((contentOf(`${directory}/pids`) ?? "").trim().split("\n").length, count);
  });
});

Deno.test("a command that floods its output delays no other and stays within limits", async () => {
  await inDirectory(async (directory) => {
    const args = await graphOf(
      directory,
      ["yes", "cat /dev/zero", "sleep 1; echo here > DIR/there"],
      "    timeout: 4\n",
    );
    const program = new Program([...args, "--converged-timeout=0"]);
    await within(60_000, () => contentOf(`${directory}/there`) === "here\n", "it never came");
    assert(
      !program.stderr.includes("did not end within"),
      "it was held up until they were stopped",
    );
    const run = await program.ended();
    assertEquals(run.code, 4);
    assertMatch(run.stderr, /… \d+ more lines/);
    assert(run.stderr.length < 200_000, `${run.stderr.length} characters were shown`);
  });
});

Deno.test("a daemon that a command leaves behind lives on after the agent", async () => {
  await inDirectory(async (directory) => {
    const args = await graphOf(directory, ["sleep 60 & echo $! > DIR/pid"]);
    const run = await mgmt([...args, "--converged-timeout=0"]);
    assertEquals(run.code, 0, run.stderr);
    const pid = pidIn(`${directory}/pid`);
    assert(isRunning(pid), "it was ended");
    Deno.kill(pid, "SIGKILL");
  });
});

Deno.test("watch commands end with the agent, also when they ignore SIGTERM", async () => {
  await inDirectory(async (directory) => {
    const watch = `trap '' TERM; echo $$ > ${directory}/pid; while :; do sleep 1; done`;
    const more = `    watchshell: /bin/sh\n    watchcmd: ${JSON.stringify(watch)}\n`;
    const program = new Program(await graphOf(directory, ["true"], more));
    try {
      await within(30_000, () => pidIn(`${directory}/pid`) > 0, () => program.stderr);
    } finally {
      await program.interrupt();
    }
    assert(!isRunning(pidIn(`${directory}/pid`)), "it still runs");
  });
});

Deno.test("a program that is replaced while it is run is started when it can be", async () => {
  await inDirectory(async (directory) => {
    await Deno.copyFile("/bin/true", `${directory}/busy`);
    const args = await graphOf(directory, ["true"]);
    const graph = `graph: t\nresources:\n  exec:\n  - name: it\n    cmd: ${directory}/busy\n`;
    await Deno.writeTextFile(`${directory}/g.yaml`, graph);
    const writer = await Deno.open(`${directory}/busy`, { append: true });
    const program = new Program([...args, "--converged-timeout=0"]);
    await program.says("Exec[it]: Apply");
    writer.close();
    const run = await program.ended();
    assertEquals(run.code, 0, run.stderr);
    assertMatch(run.stderr, /Exec\[it\]: Done/);
  });
});
