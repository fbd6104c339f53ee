import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Graph } from "../../../src/graph/graph.ts";
import { renderDot } from "../../../src/graph/render_dot.ts";
import { renderJson } from "../../../src/graph/render_json.ts";
import { renderMermaid } from "../../../src/graph/render_mermaid.ts";
import { renderTree } from "../../../src/graph/render_tree.ts";

function graphOf(keys: readonly string[], edges: readonly string[]): Graph<null> {
  return {
    name: "mygraph",
    vertices: new Map(keys.map((key) => [key, null])),
    edges: edges.map((text, index) => {
      const [from, to, notify] = text.split(" ");
      return { name: `e${index + 1}`, from: from!, to: to!, notify: notify === "notify" };
    }),
  };
}

const graph8 = graphOf(
  ["exec[exec1]", "exec[exec2]", "exec[exec3]", "exec[exec4]"],
  ["exec[exec1] exec[exec2]", "exec[exec2] exec[exec3] notify"],
);

Deno.test("dot: vertices, edges, and notify edges that look different", () => {
  assertEquals(
    renderDot(graph8),
    `digraph "mygraph" {
  label="mygraph";
  node [shape=box];
  "exec[exec1]";
  "exec[exec2]";
  "exec[exec3]";
  "exec[exec4]";
  "exec[exec1]" -> "exec[exec2]" [label="e1"];
  "exec[exec2]" -> "exec[exec3]" [label="e2", style=bold, arrowhead=normaldot];
}
`,
  );
});

Deno.test("mermaid: vertices by number, notify edges thick", () => {
  assertEquals(
    renderMermaid(graph8),
    `flowchart TD
  v0["exec[exec1]"]
  v1["exec[exec2]"]
  v2["exec[exec3]"]
  v3["exec[exec4]"]
  v0 -->|"e1"| v1
  v1 ==>|"e2"| v2
`,
  );
});

Deno.test("tree: what comes after a vertex stands below it", () => {
  assertEquals(
    renderTree(graph8),
    `mygraph
├─ exec[exec1]
│  └─ exec[exec2]
│     └─> exec[exec3]
└─ exec[exec4]
`,
  );
});

Deno.test("tree: a vertex with several parents is shown in full once", () => {
  const graph = graphOf(["a", "b", "c", "d"], ["a c", "b c", "c d"]);
  assertEquals(
    renderTree(graph),
    `mygraph
├─ a
│  └─ c
│     └─ d
└─ b
   └─ c (see above)
`,
  );
});

Deno.test("tree: a long chain is continued below, and its text stays small", () => {
  const keys = Array.from({ length: 10_000 }, (_, index) => `v${index}`);
  const graph = graphOf(keys, keys.slice(1).map((key, index) => `${keys[index]} ${key}`));
  const text = renderTree(graph);
  assertStringIncludes(text, "v24 (continued below)");
  assertStringIncludes(text, "\n… v24\n");
  assertStringIncludes(text, "v9999");
  assert(text.length < 1_500_000);
});

Deno.test("json: versioned, with vertices and edges", () => {
  assertEquals(JSON.parse(renderJson(graph8)), {
    version: 1,
    name: "mygraph",
    vertices: ["exec[exec1]", "exec[exec2]", "exec[exec3]", "exec[exec4]"],
    edges: [
      { name: "e1", from: "exec[exec1]", to: "exec[exec2]", notify: false },
      { name: "e2", from: "exec[exec2]", to: "exec[exec3]", notify: true },
    ],
  });
});

Deno.test("names cannot break out of a rendering, nor reach the terminal as controls", () => {
  const evil = 'a"];\n\x1b[31m\\<b>`';
  const graph = { name: evil, vertices: new Map([[evil, null]]), edges: [] };
  assertEquals(
    renderDot(graph).split("\n")[3],
    '  "a\\"];\\n�[31m\\\\<b>`";',
  );
  assertEquals(
    renderMermaid(graph).split("\n")[1],
    '  v0["a#34;];#10;#27;[31m#92;#60;b#62;#96;"]',
  );
  assertEquals(renderTree(graph).split("\n")[1], '└─ a"];��[31m\\<b>`');
});

Deno.test("an empty graph renders in every format", () => {
  const empty = graphOf([], []);
  assertEquals(renderTree(empty), "mygraph\n");
  assertEquals(renderMermaid(empty), "flowchart TD\n");
  assertStringIncludes(renderDot(empty), "digraph");
});
