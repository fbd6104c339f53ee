import { assertEquals, assertStringIncludes } from "@std/assert";
import { inDirectory, mgmt } from "../support/program.ts";

/** What is read of a plan. */
interface Planned {
  readonly key: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly after?: string;
  readonly behind?: string;
  readonly irrevocable?: true;
  readonly failure?: { readonly code?: string };
  readonly difference?: readonly string[];
}

/** The plan of a graph file: the exit code, and what becomes of each resource by its name. */
async function plan(file: string, ...flags: string[]) {
  const { code, stdout, stderr } = await mgmt(["plan", file, "--output", "json", ...flags]);
  const resources: Planned[] = stdout === "" ? [] : JSON.parse(stdout).resources;
  const of = (key: string) => resources.find((each) => each.key === key);
  return { code, resources, of, outcomeOf: (key: string) => of(key)?.outcome, stderr };
}

/** All entries below a directory, with what they hold. */
function everythingIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) => {
    const path = `${directory}/${name}`;
    if (isDirectory) return [path, ...everythingIn(path)];
    return [`${path}: ${Deno.lstatSync(path).mode} ${Deno.readTextFileSync(path)}`];
  }).sort();
}

const GRAPH = `graph: all
resources:
  file:
  - {name: directory, path: DIR/d/}
  - {name: made, path: DIR/d/made, content: "made\\n"}
  - {name: copy, path: DIR/copy, source: DIR/d/made}
  - {name: right, path: DIR/right, content: "right\\n"}
  - {name: judged, path: DIR/judged, content: "x\\n", validate: "touch DIR/was-validated-%s"}
  - {name: nowhere, path: DIR/no/such/place, content: x}
  - {name: private, path: DIR/private, content: "canary-7301\\n", mode: "0640"}
  exec:
  - {name: probed, cmd: touch DIR/ran, ifcmd: touch DIR/was-probed}
  - {name: plain, cmd: touch DIR/ran}
  - {name: refreshed, cmd: touch DIR/ran, ifcmd: "false"}
  - {name: quiet, cmd: touch DIR/ran, ifcmd: "false"}
  - {name: behind, cmd: touch DIR/ran, creates: DIR/ran}
  probe:
  - {name: asked, command: touch DIR/was-asked}
edges:
- {from: {kind: file, name: made}, to: {kind: exec, name: refreshed}, notify: true}
- {from: {kind: file, name: nowhere}, to: {kind: exec, name: behind}}
`;

Deno.test("plan says what becomes of each resource, runs no command of the graph, and changes nothing", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.writeTextFile(graph, GRAPH.replaceAll("DIR", directory));
    await Deno.writeTextFile(`${directory}/right`, "right\n");
    const before = everythingIn(directory);
    const { code, of, outcomeOf, resources } = await plan(graph);
    assertEquals(everythingIn(directory), before);
    assertEquals(code, 4);
    const expected = {
      "file[directory]": "change",
      "file[made]": "change",
      "file[copy]": "after",
      "file[right]": "ok",
      "file[judged]": "unknown",
      "file[nowhere]": "refused",
      "file[private]": "change",
      "exec[probed]": "unknown",
      "exec[plain]": "unknown",
      "exec[refreshed]": "refresh",
      "exec[quiet]": "ok",
      "exec[behind]": "blocked",
      "probe[asked]": "unknown",
    };
    for (const [key, outcome] of Object.entries(expected)) {
      assertEquals(outcomeOf(key), outcome, key);
    }
    assertEquals(resources.length, Object.keys(expected).length);
    assertEquals(of("file[copy]")?.after, "file[made]");
    const last = resources.filter(({ irrevocable }) => irrevocable).map(({ key }) => key).sort();
    assertEquals(last, ["exec[behind]", "exec[plain]", "exec[probed]", "exec[refreshed]"]);
    assertEquals(of("exec[behind]")?.behind, "file[nowhere]");
    const order = resources.map(({ key }) => key);
    assertEquals(order.indexOf("file[directory]") < order.indexOf("file[made]"), true);
    assertEquals(JSON.stringify(resources).includes("canary-7301"), false);
  });
});

Deno.test("what a plan said is what a run then does", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.writeTextFile(graph, GRAPH.replaceAll("DIR", directory));
    const planned = await plan(graph);
    const prefix = `${directory}/prefix`;
    const run = await mgmt([
      ...["run", graph, "--prefix", prefix, "--converged-timeout=0", "--output", "json"],
    ]);
    const said: { type: string; key: string; worldless?: boolean; by?: string }[] = run.stdout
      .trimEnd().split("\n").map((line) => JSON.parse(line));
    const keysOf = (type: string) =>
      new Set(said.filter((each) => each.type === type && !each.worldless).map(({ key }) => key));
    const [changed, failed, held] = [keysOf("changed"), keysOf("failed"), keysOf("blocked")];
    for (const { key, outcome } of planned.resources) {
      if (changed.has(key)) {
        assertEquals(["change", "after", "refresh", "unknown"].includes(outcome), true, key);
      }
      if (outcome === "refused") assertEquals(failed.has(key), true, key);
      if (failed.has(key)) {
        assertEquals(["refused", "unknown", "after"].includes(outcome), true, key);
      }
      if (outcome === "change") assertEquals(changed.has(key), true, key);
      assertEquals(outcome === "blocked", held.has(key), key);
    }
  });
});

Deno.test("with --allow-probe a plan asks what a graph asks, and nothing else", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.writeTextFile(graph, GRAPH.replaceAll("DIR", directory));
    const { of, outcomeOf } = await plan(graph, "--allow-probe");
    const made = [...Deno.readDirSync(directory)].map(({ name }) => name);
    assertEquals(made.filter((name) => name.startsWith("was-")).sort(), [
      "was-asked",
      "was-probed",
    ]);
    assertEquals(
      of("exec[probed]")?.reason,
      "ifcmd exited with 0, and only running it shows how it ends",
    );
    assertEquals(outcomeOf("probe[asked]"), "ok");
  });
});

Deno.test("a plan ends with 0 where all is right, with 2 where something is due, with 1 where the graph is wrong", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    const file = (more: string) =>
      `graph: g\nresources:\n  file:\n  - {name: ${directory}/f, content: x${more}}\n`;
    await Deno.writeTextFile(graph, file(""));
    assertEquals((await plan(graph)).code, 2);
    const run = ["run", graph, "--prefix", `${directory}/prefix`, "--converged-timeout=0"];
    assertEquals((await mgmt(run)).code, 0);
    const right = await mgmt(["plan", graph]);
    assertEquals([right.code, right.stdout], [0, "Plan: 1 ok\n"]);
    await Deno.writeTextFile(graph, file(", contnt: y"));
    const wrong = await mgmt(["plan", graph]);
    assertEquals([wrong.code, wrong.stdout], [1, ""]);
    assertStringIncludes(wrong.stderr, "contnt");
    assertEquals((await mgmt(["plan", `${directory}/none.yaml`])).code, 1);
  });
});
