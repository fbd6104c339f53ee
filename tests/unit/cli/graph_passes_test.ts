/** `mgmt graph --after PASS`: the graph as it is after each pass that changes it. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runLine } from "../../support/cli_surface.ts";
import { inDirectory } from "../../support/program.ts";

const GRAPH = `graph: g
resources:
  file:
  - {name: below, path: /tmp/mgmt-passes/below}
  - {name: directory, path: /tmp/mgmt-passes/}
  - {name: other, path: /tmp/mgmt-others}
collect:
- {id: peers, kind: file, pattern: /tmp/mgmt-peers/}
edges:
- {name: e, from: {kind: file, name: below}, to: {kind: file, name: other}}
- {name: c, from: {collect: peers}, to: {kind: file, name: other}}
`;

interface Shown {
  readonly vertices: readonly string[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

async function shownAfter(pass: string | undefined): Promise<Shown> {
  return await inDirectory(async (directory) => {
    const path = `${directory}/graph.yaml`;
    await Deno.writeTextFile(path, GRAPH);
    const after = pass === undefined ? [] : ["--after", pass];
    const { code, data, talk } = await runLine(["graph", path, "--format", "json", ...after]);
    assertEquals([code, talk], [0, ""]);
    return JSON.parse(data);
  });
}

async function endsAfter(pass: string | undefined): Promise<[string[], string[]]> {
  const { vertices, edges } = await shownAfter(pass);
  return [
    vertices.toSorted(),
    edges.map(({ from, to }) => `${from} → ${to}`).sort(),
  ];
}

const FILES = ["file[below]", "file[directory]", "file[other]"];
const WITH_PEERS = ["collect[peers]", ...FILES];
const WRITTEN = ["collect[peers] → file[other]", "file[below] → file[other]"];

Deno.test("graph --after shows the graph after each pass that changes it", async () => {
  assertEquals(await endsAfter("resources"), [FILES, []]);
  assertEquals((await endsAfter("edges"))[1], WRITTEN);
  assertEquals(await endsAfter("junctions"), [WITH_PEERS, WRITTEN]);
  assertEquals(await endsAfter("collected"), [WITH_PEERS, WRITTEN]);
  const found = "file[directory] → file[below]";
  assertEquals(await endsAfter("autoedge"), [WITH_PEERS, [...WRITTEN, found].sort()]);
});

Deno.test("without --after the graph is as it is written", async () => {
  assertEquals(await endsAfter(undefined), [WITH_PEERS, WRITTEN]);
});

Deno.test("graph --after lists the passes where a name is none, and help does, too", async () => {
  const { code, talk } = await runLine(["graph", "x.yaml", "--after", "tea"]);
  assertEquals(code, 1);
  const names = "values, resources, edges, junctions, collected or autoedge";
  assertStringIncludes(talk, `--after takes ${names}, not "tea"`);
  const { data } = await runLine(["help", "graph"]);
  for (const name of names.split(/, | or /)) assert(data.includes(name), name);
});

Deno.test("a graph with a mistake is shown after no pass", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/graph.yaml`;
    await Deno.writeTextFile(path, GRAPH.replace("to: {kind: file, name: other}", "to: nothing"));
    for (const pass of ["resources", "autoedge"]) {
      const { code, data, talk } = await runLine(["graph", path, "--after", pass]);
      assertEquals([code, data], [1, ""]);
      assertStringIncludes(talk, `${path}:10:`);
    }
  });
});
