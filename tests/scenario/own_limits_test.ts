/** What the agent is allowed, and what its commands begin with. */

import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { join } from "node:path";
import { contentOf, inDirectory, Program, within } from "../support/program.ts";

Deno.test("an agent uses all descriptors that it may have; its commands begin as it did, and neither they nor its files keep to themselves", async () => {
  await inDirectory(async (directory) => {
    const said = join(directory, "said");
    const graph = join(directory, "g.yaml");
    const cmd =
      `ulimit -Sn > ${said}; ulimit -Hn >> ${said}; umask >> ${said}; echo end >> ${said}`;
    Deno.writeTextFileSync(
      graph,
      `graph: g
resources:
  file: [{name: ${directory}/d/}, {name: ${directory}/f, content: x}]
  exec: [{name: e, shell: /bin/sh, cmd: "${cmd}"}]
`,
    );
    const limits = ["sh", "-c", 'ulimit -Sn 200; ulimit -Hn 3000; umask 077; exec "$@"', "sh"];
    const program = new Program(["run", graph, "--prefix", `${directory}/p`], { through: limits });
    try {
      await within(60_000, () => contentOf(said)?.endsWith("end\n") === true, () => program.stderr);
      assertEquals(contentOf(said), "200\n3000\n0022\nend\n");
      await program.says("Recap:");
      const modeOf = (path: string) => (Deno.statSync(join(directory, path)).mode ?? 0) & 0o777;
      assertEquals(["d", "f", "p"].map(modeOf), [0o755, 0o644, 0o700]);
      const limit = /^Max open files +(\d+) +(\d+)/m
        .exec(contentOf(`/proc/${program.pid}/limits`) ?? "");
      assertEquals(limit?.slice(1), ["3000", "3000"]);
    } finally {
      await program.interrupt();
    }
  });
});

Deno.test("what was open when the agent began is open in none of its commands, nor locked by what they leave", async () => {
  await inDirectory(async (directory) => {
    const graph = join(directory, "g.yaml");
    const open = (where: string) => `ls -l /proc/self/fd > ${where}`;
    Deno.writeTextFileSync(
      graph,
      `graph: g
resources:
  exec:
  - name: e
    cwd: ${directory}
    shell: /bin/sh
    cmd: "${open("cmd")}; sleep 60 > left 2>&1 & echo $! > pid"
    ifshell: /bin/sh
    ifcmd: "${open("if")}"
  file:
  - {name: ${directory}/f, content: x, validate_shell: /bin/sh, validate: "${
        open(`${directory}/validate`)
      } %s"}
`,
    );
    const holding = ["sh", "-c", 'exec 8< /etc/passwd 9> lock; flock 9; exec "$@"', "sh"];
    const args = ["run", graph, "--prefix", `${directory}/p`, "--converged-timeout=0"];
    const ended = await new Program(args, { through: holding, cwd: directory }).ended();
    try {
      assertEquals(ended.code, 0, ended.stderr);
      for (const name of ["cmd", "if", "validate"]) {
        assertMatch(contentOf(join(directory, name)) ?? "", / 1 -> /);
        assertNotMatch(contentOf(join(directory, name)) ?? "", /passwd|lock/);
      }
      const again = new Deno.Command("flock", { args: ["-n", "lock", "true"], cwd: directory });
      assertEquals(again.outputSync().code, 0, "what a command left in the background holds it");
    } finally {
      Deno.kill(Number(contentOf(join(directory, "pid"))), "SIGKILL");
    }
  });
});
