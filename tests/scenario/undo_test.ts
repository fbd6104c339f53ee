import { assertEquals, assertMatch } from "@std/assert";
import { inDirectory, mgmt, Program, within } from "../support/program.ts";

const GRAPH = `graph: g
resources:
  file:
  - {name: a, path: DIR/a, content: "new\\n", mode: "0600"}
  - {name: b, path: DIR/b, content: "b\\n"}
  exec:
  - {name: told, cmd: cp DIR/a DIR/told, creates: DIR/told}
edges:
- {from: {kind: file, name: a}, to: {kind: file, name: b}}
- {from: {kind: file, name: a}, to: {kind: exec, name: told}, notify: true}
`;

function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

async function lastChange(key: string, flags: readonly string[]): Promise<string> {
  const { stdout } = await mgmt(["history", key, "--changed", "--output", "json", ...flags]);
  return String(JSON.parse(stdout).entries.at(-1).id);
}

Deno.test("a running agent takes a change back, refreshes who heard of it, and leaves it so until it is released", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    const flags = ["--prefix", `${directory}/prefix`];
    const [a, told] = [`${directory}/a`, `${directory}/told`];
    await Deno.writeTextFile(graph, GRAPH.replaceAll("DIR", directory));
    await Deno.writeTextFile(a, "old\n");
    const run = () => new Program(["run", graph, ...flags]);
    let agent = run();
    await within(60_000, () => textOf(told) === "new\n", "it did not settle");
    const change = await lastChange("file[a]", flags);
    const foretold = await mgmt(["undo", "--change", change, "--noop", ...flags]);
    assertMatch(foretold.stdout, /would be taken back[^]*Gets a refresh then: Exec\[told\]/);
    assertEquals(textOf(a), "new\n");
    const undone = await mgmt(["undo", "--change", change, ...flags]);
    assertEquals([undone.code, undone.stderr], [0, ""]);
    assertMatch(undone.stdout, /Gets a refresh for it: Exec\[told\]\nHeld until .*: File\[a\]/);
    assertEquals(textOf(a), "old\n");
    await within(60_000, () => textOf(told) === "old\n", "nobody was refreshed");
    // What depends on it goes on, also in another run.
    agent.signal("SIGKILL");
    await agent.ended();
    await Deno.remove(`${directory}/b`);
    agent = run();
    await within(60_000, () => textOf(`${directory}/b`) === "b\n", "b did not come back");
    await agent.says(/File\[a\]: Held until .*undo of change/);
    assertEquals(textOf(a), "old\n");
    assertEquals((await mgmt(["release", "file[a]", ...flags])).code, 0);
    await within(
      60_000,
      () => textOf(a) === "new\n" && textOf(told) === "new\n",
      "the graph counts",
    );
    agent.signal("SIGTERM");
    await agent.ended();
  });
});

Deno.test("an agent with --noop has nothing to say, and the command does it", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    const flags = ["--prefix", `${directory}/prefix`];
    await Deno.writeTextFile(graph, GRAPH.replaceAll("DIR", directory));
    await mgmt(["run", graph, "--converged-timeout=0", ...flags]);
    const change = await lastChange("file[a]", flags);
    const agent = new Program(["run", graph, "--noop", ...flags]);
    await agent.says(/Recap/);
    const undone = await mgmt(["undo", "--change", change, ...flags]);
    assertEquals([undone.code, undone.stderr], [0, ""]);
    assertMatch(undone.stdout, /no agent runs to do so again: Exec\[told\]/);
    assertEquals(textOf(`${directory}/a`), undefined);
    agent.signal("SIGTERM");
    await agent.ended();
  });
});
