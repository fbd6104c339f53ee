import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { contentOf, inDirectory, mgmt, Program, within } from "../support/program.ts";

const GRAPH = `graph: g
resources:
  file:
  - {name: conf, path: DIR/conf, content: "a\\nb\\n"}
  - {name: secret, path: DIR/secret, content: "canary-5120\\n", mode: "0640"}
  - {name: gone, path: DIR/gone, content: x}
  exec:
  - {name: told, cmd: touch DIR/told, creates: DIR/conf}
edges:
- {from: {kind: file, name: conf}, to: {kind: exec, name: told}, notify: true}
`;

Deno.test("plan --running answers what an edit changes and restarts, from what the agent knows", async () => {
  await inDirectory(async (directory) => {
    // What is in a directory that others may not enter is private.
    Deno.chmodSync(directory, 0o755);
    const flags = ["--prefix", `${directory}/prefix`];
    const graph = `${directory}/g.yaml`;
    const text = GRAPH.replaceAll("DIR", directory);
    await Deno.writeTextFile(graph, text);
    const nobody = await mgmt(["plan", graph, "--running", ...flags]);
    assertEquals(nobody.code, 1);
    assertStringIncludes(nobody.stderr, "no agent runs with");
    const agent = new Program(["run", graph, "--no-watch", ...flags]);
    await within(60_000, () => contentOf(`${directory}/told`) === "", "it did not settle");
    const plan = async (...more: string[]) =>
      await mgmt(["plan", "-f", graph, "-t", "0", "--running", ...more, ...flags]);
    assertEquals((await plan()).stdout, "Plan: 4 ok\n");
    await Deno.remove(`${directory}/told`);
    const edited = text.replace("a\\nb", "a\\nB").replace("5120", "5121")
      .replace(/.*name: gone.*\n/, "");
    await Deno.writeTextFile(graph, edited);
    const human = await plan();
    assertEquals(human.code, 2);
    assertMatch(human.stdout, /^change {2}File\[conf\]: edited: content\n {8}~ content:\n/m);
    assertMatch(human.stdout, /^refresh Exec\[told\]: refresh, asked by File\[conf\]/m);
    assertMatch(human.stdout, /^removed File\[gone\]: leaves the graph/m);
    assertStringIncludes(human.stdout, "Plan: 0 ok, 2 change, 1 refresh, 1 removed\n");
    const json = await plan("--output", "json");
    const { v, file, counts, removed } = JSON.parse(json.stdout);
    assertEquals([v, file, counts.change, removed], [1, graph, 2, ["file[gone]"]]);
    assert(!(human.stdout + json.stdout).includes("canary"), "private content is shown");
    // Nothing was looked at, changed or put in force.
    assertEquals(contentOf(`${directory}/conf`), "a\nb\n");
    assertEquals(contentOf(`${directory}/told`), undefined);
    await Deno.writeTextFile(graph, "graph: g\nresources: 3\n");
    const wrong = await plan();
    assertEquals([wrong.code, wrong.stdout], [1, ""]);
    assertStringIncludes(wrong.stderr, `${graph}:2:12`);
    const input = await mgmt(["plan", "-", "--running", ...flags]);
    assertEquals(input.code, 1);
    assertStringIncludes(input.stderr, "name a file or a directory");
    assertEquals((await plan("--allow-probe")).code, 1);
    await agent.interrupt();
  });
});

Deno.test("plan --running knows the agent's name and labels without their being said again", async () => {
  await inDirectory(async (directory) => {
    const prefix = ["--prefix", `${directory}/prefix`];
    const graph = `${directory}/g.ts`;
    const text = `import { file, program } from "mgmt";
export default program(({ host }) => {
  if (host.name !== "web7") throw new Error("for web7 alone, not " + host.name);
  file("${directory}/a", { content: host.labels.role ?? "none" });
});
`;
    await Deno.writeTextFile(graph, text);
    const flags = ["--no-watch", "--no-network", "--hostname", "web7", "--label", "role=db"];
    const agent = new Program(["run", graph, ...flags, ...prefix]);
    await within(60_000, () => contentOf(`${directory}/a`) === "db", () => agent.stderr);
    const plan = () => mgmt(["plan", graph, "--running", ...prefix]);
    const same = await plan();
    assertEquals([same.stdout, same.stderr], ["Plan: 1 ok\n", ""]);
    await Deno.writeTextFile(graph, text.replace('!== "web7"', '!== "web8"'));
    const wrong = await plan();
    assertEquals([wrong.code, wrong.stdout], [1, ""]);
    assertStringIncludes(wrong.stderr, `${graph}:3:`);
    await agent.interrupt();
  });
});
