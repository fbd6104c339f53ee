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
    await within(60_000, isUp, () => killed.stderr);
    await killed.killed();
    for (const time of ["once", "and again"]) {
      const looked = await mgmt(noop);
      assertEquals(looked.code, 0, looked.stderr);
      assertMatch(looked.stderr, /Exec\[it\]: Would refresh, asked by File\[.*\/file\]/, time);
      assertMatch(looked.stderr, /1 ok, 0 changed, .* 1 noop/);
    }
    await Deno.remove(`${directory}/up`);
    await Deno.writeTextFile(`${directory}/quick`, "");
    const next = await mgmt([...args, "--converged-timeout=0"]);
    assertMatch(next.stderr, /Exec\[it\]: Refresh|Exec\[it\]: Apply: .*refresh/);
    assertEquals(isUp(), true);
  });
});

/** Only the first file is not as it should be. */
const CHAIN = `graph: t
resources:
  file:
  - {name: DIR/file, content: new}
  - {name: DIR/right, content: right}
  exec:
  - {name: reload, ifcmd: "false", cmd: "true"}
  - {name: tell, ifcmd: "false", cmd: "true"}
  - {name: other, ifcmd: "false", cmd: "true"}
edges:
- {from: {kind: file, name: DIR/file}, to: {kind: exec, name: reload}, notify: true}
- {from: {kind: exec, name: reload}, to: {kind: exec, name: tell}, notify: true}
- {from: {kind: file, name: DIR/right}, to: {kind: exec, name: other}, notify: true}
`;

Deno.test("noop says what its changes would refresh, and what that would refresh, to people and programs", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.writeTextFile(graph, CHAIN.replaceAll("DIR", directory));
    await Deno.writeTextFile(`${directory}/right`, "right");
    const args = ["run", graph, "--prefix", `${directory}/prefix`, "--converged-timeout=0"];
    const looked = await mgmt([...args, "--noop"]);
    assertEquals(looked.code, 0, looked.stderr);
    assertMatch(looked.stderr, /Exec\[reload\]: Would refresh, asked by File\[.*\/file\]\n/);
    assertMatch(looked.stderr, /Exec\[tell\]: Would refresh, asked by Exec\[reload\]\n/);
    assertMatch(looked.stderr, /2 ok, 0 changed, .* 3 noop/);
    const { stdout } = await mgmt([...args, "--noop", "--output", "json"]);
    const told = stdout.trim().split("\n").map((line) => JSON.parse(line))
      .filter(({ type, refresh }) => type === "would-change" && refresh);
    assertEquals(told.map(({ key, askedBy }) => [key, askedBy]), [
      ["exec[reload]", [`file[${directory}/file]`]],
      ["exec[tell]", ["exec[reload]"]],
    ]);
    const done = await mgmt(args);
    assertMatch(done.stderr, /Exec\[reload\]: Refresh, asked by File\[.*\/file\]\n/);
    assertMatch(done.stderr, /Exec\[tell\]: Refresh, asked by Exec\[reload\]\n/);
    assertMatch((await mgmt([...args, "--noop"])).stderr, /5 ok, 0 changed, .* 0 noop/);
  });
});
