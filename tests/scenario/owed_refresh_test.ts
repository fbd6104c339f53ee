import { assertEquals, assertMatch } from "@std/assert";
import { contentOf, inDirectory, mgmt, Program, within } from "../support/program.ts";

/** A file, and a command that only runs when the file has changed. */
const GRAPH = `graph: t
resources:
  file:
  - {name: DIR/file, content: new}
  exec:
  - {name: it, shell: /bin/sh, ifcmd: "false", cmd: "echo up > DIR/up; test -e DIR/quick || sleep 1000"}
edges:
- {from: {kind: file, name: DIR/file}, to: {kind: exec, name: it}, notify: true}
`;

Deno.test("noop shows the refresh that a killed run owed, and leaves it to the next run", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.writeTextFile(graph, GRAPH.replaceAll("DIR", directory));
    const args = ["run", graph, "--prefix", `${directory}/prefix`];
    const noop = [...args, "--noop", "--converged-timeout=0"];
    const killed = new Program(args);
    const isUp = () => contentOf(`${directory}/up`) !== undefined;
    await within(10_000, isUp, () => killed.stderr);
    killed.signal("SIGKILL");
    await killed.ended();
    for (const time of ["once", "and again"]) {
      const looked = await mgmt(noop);
      assertEquals(looked.code, 0, looked.stderr);
      assertMatch(looked.stderr, /Exec\[it\]: Would apply: .*refresh/, time);
      assertMatch(looked.stderr, /1 ok, 0 changed, .* 1 noop/);
    }
    await Deno.remove(`${directory}/up`);
    await Deno.writeTextFile(`${directory}/quick`, "");
    const next = await mgmt([...args, "--converged-timeout=0"]);
    assertMatch(next.stderr, /Exec\[it\]: Refresh|Exec\[it\]: Apply: .*refresh/);
    assertEquals(isUp(), true);
  });
});
