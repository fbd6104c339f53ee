/** What the agent is allowed, and what its commands begin with. */

import { assertEquals } from "@std/assert";
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
      await within(20_000, () => contentOf(said)?.endsWith("end\n") === true, () => program.stderr);
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
