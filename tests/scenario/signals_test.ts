import { assert, assertEquals, assertMatch } from "@std/assert";
import { contentOf, inDirectory, mgmt, Program } from "../support/program.ts";

/** Runs a graph of one command of a shell, and goes on when it has begun. */
async function withCommand(
  cmd: (directory: string) => string,
  test: (program: Program, directory: string) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    const graph = `${directory}/graph.yaml`;
    const fields = `shell: /bin/sh\n    cmd: ${JSON.stringify(cmd(directory))}`;
    await Deno.writeTextFile(graph, `graph: g\nresources:\n  exec:\n  - name: e\n    ${fields}\n`);
    const program = new Program(["run", graph, "--tmp-prefix"]);
    try {
      await program.says("Exec[e]: begun");
      await test(program, directory);
    } finally {
      await program.interrupt();
    }
  });
}

Deno.test("signals within a moment are one, and what runs is finished; a later one aborts", async () => {
  // As timeout(1) does: to the process, and to its group.
  const signalTwice = (program: Program) => {
    program.signal("SIGTERM");
    program.signal("SIGINT");
  };
  await withCommand(
    (directory) => `trap "" INT TERM; echo begun; sleep 1; echo x >${directory}/done`,
    async (program, directory) => {
      signalTwice(program);
      const { code, stderr } = await program.ended();
      assertEquals(contentOf(`${directory}/done`), "x\n", stderr);
      assert([130, 143].includes(code), String(code));
      assert(!/Aborting/.test(stderr), stderr);
    },
  );
  await withCommand(() => "echo begun; sleep 1000", async (program) => {
    signalTwice(program);
    await program.says("Waiting for Exec[e]");
    await program.signalAgain("SIGTERM");
    assertMatch((await program.ended()).stderr, /Aborting what still runs/);
  });
});

Deno.test("quiet, a run says nothing where all is as it should be", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/graph.yaml`;
    await Deno.writeTextFile(graph, `graph: g\nresources:\n  file:\n  - name: ${directory}/f\n`);
    const run = ["run", graph, "-t", "0", "--tmp-prefix", "--quiet"];
    assertMatch((await mgmt(run)).stderr, /^.*Recap: 1 ok, 1 changed.*\n$/);
    assertEquals((await mgmt(run)).stderr, "");
    const odd = await mgmt(run, { env: { MGMT_MAX_RUNTIM: "5" } });
    assertMatch(odd.stderr, /^mgmt: warning: .*MGMT_MAX_RUNTIM .*did you mean MGMT_MAX_RUNTIME/);
  });
});
