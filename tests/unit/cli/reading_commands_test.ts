import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runLine } from "../../support/cli_surface.ts";

const GRAPH = `graph: small
resources:
  noop:
  - name: a
  - name: b
edges:
- name: e
  from: {kind: noop, name: a}
  to: {kind: noop, name: b}
`;

async function withFiles(
  texts: Readonly<Record<string, string>>,
  test: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "mgmt-test-" });
  try {
    for (const [name, text] of Object.entries(texts)) {
      await Deno.writeTextFile(`${directory}/${name}`, text);
    }
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("validate says of each file whether it is right", async () => {
  await withFiles({ "good.yaml": GRAPH, "bad.yaml": "graph: x\nresorces: {}\n" }, async (at) => {
    const { code, data, talk } = await runLine(["validate", `${at}/good.yaml`, `${at}/bad.yaml`]);
    assertEquals(code, 1);
    assertEquals(data, `${at}/good.yaml: ok (2 resources, 1 edge)\n`);
    assertMatch(talk, /bad\.yaml:2:1: error: .*resorces[^]*\n.*bad\.yaml: 1 mistake\n$/);
  });
});

Deno.test("validate gives up its rights before it reads", async () => {
  await withFiles({ "good.yaml": GRAPH }, async (at) => {
    assertEquals((await runLine(["validate", `${at}/good.yaml`])).restrictedAfter, 0);
    assertEquals((await runLine(["graph", `${at}/good.yaml`])).restrictedAfter, 0);
  });
});

Deno.test("a graph file that does not exist is named", async () => {
  for (const command of ["validate", "graph"]) {
    const { code, talk } = await runLine([command, "/nowhere/at/all.yaml"]);
    assertEquals(code, 1);
    assertStringIncludes(talk, "/nowhere/at/all.yaml does not exist");
  }
});

const SHOWN: Readonly<Record<string, RegExp>> = {
  tree: /^small\n└─ noop\[a\]\n {3}└─ noop\[b\]\n$/,
  dot: /^digraph "small" \{[^]*"noop\[a\]" -> "noop\[b\]"/,
  mermaid: /^flowchart TD\n/,
  json: /^\{[^]*"version": 1/,
};

for (const [format, expected] of Object.entries(SHOWN)) {
  Deno.test(`graph --format ${format} shows the graph`, async () => {
    await withFiles({ "g.yaml": GRAPH }, async (at) => {
      const { code, data, talk } = await runLine(["graph", `${at}/g.yaml`, "--format", format]);
      assertEquals([code, talk], [0, ""]);
      assertMatch(data, expected);
    });
  });
}

Deno.test("graph --graphviz writes the file and shows nothing", async () => {
  await withFiles({
    "g.yaml": GRAPH,
    "g.dot": "what was there before, and was longer\n".repeat(99),
  }, async (at) => {
    const { code, data } = await runLine(["graph", `${at}/g.yaml`, "--graphviz", `${at}/g.dot`]);
    assertEquals([code, data], [0, ""]);
    assertMatch(await Deno.readTextFile(`${at}/g.dot`), /^digraph "small" \{[^]*\}\n$/);
  });
});

Deno.test("graph --graphviz keeps what is there when the graph has mistakes", async () => {
  await withFiles({ "g.yaml": "graph: [", "g.dot": "before" }, async (at) => {
    const { code } = await runLine(["graph", `${at}/g.yaml`, "--graphviz", `${at}/g.dot`]);
    assertEquals(code, 1);
    assertEquals(await Deno.readTextFile(`${at}/g.dot`), "before");
  });
});

Deno.test("graph --graphviz names a file that cannot be written", async () => {
  await withFiles({ "g.yaml": GRAPH }, async (at) => {
    const { code, talk } = await runLine(["graph", `${at}/g.yaml`, "--graphviz", `${at}/no/g.dot`]);
    assertEquals(code, 1);
    assertStringIncludes(talk, `cannot write ${at}/no/g.dot`);
  });
});
