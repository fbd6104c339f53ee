/** What several files say together, and where it says so. */

import { assertEquals } from "@std/assert";
import { loadGraph } from "../../../src/lang/load.ts";
import { mergeDocuments } from "../../../src/lang/merge.ts";
import { readDocument } from "../../../src/lang/yaml/document.ts";
import { registry } from "./kinds.ts";

/** Reads files as one graph on a host; mistakes as `file:line: message`. */
async function read(files: Readonly<Record<string, string>>, host = "h1") {
  const parts = [];
  for (const [file, text] of Object.entries(files)) {
    const read = await readDocument(text, { file });
    if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
    parts.push({ file, path: `/D/${file}`, document: read.document });
  }
  const { document, leftOut } = await mergeDocuments(parts, { name: "d", host });
  const outcome = await loadGraph(document, { file: "D", directory: "/", registry, host });
  const loaded = outcome.ok ? outcome.loaded : undefined;
  const said = outcome.ok ? outcome.loaded.warnings : outcome.diagnostics;
  return {
    loaded,
    leftOut,
    keys: [...loaded?.graph.vertices.keys() ?? []],
    edges: loaded?.graph.edges.map(({ from, to }) => `${from} ${to}`),
    said: said.map(({ file, line, message }) => `${file}:${line ?? ""}: ${message}`),
  };
}

const noop = (...names: string[]) =>
  `resources:\n  noop:\n${names.map((name) => `  - name: ${name}\n`).join("")}`;
const edge = (from: string, to: string) =>
  `edges:\n- from: {kind: noop, name: ${from}}\n  to: {kind: noop, name: ${to}}\n`;

Deno.test("several files are one namespace, and edges go from one to the other", async () => {
  const { loaded, keys, edges, said } = await read({
    a: noop("a1", "a2") + edge("a1", "c1"),
    b: "graph: of my own\ncomment: nothing else\n",
    c: noop("c1") + edge("c1", "a2"),
  });
  assertEquals(said, []);
  assertEquals(loaded?.graph.name, "d");
  assertEquals(keys, ["noop[a1]", "noop[a2]", "noop[c1]"]);
  assertEquals(edges, ["noop[a1] noop[c1]", "noop[c1] noop[a2]"]);
  assertEquals(await loaded?.placeOf("noop[a2]"), { file: "a", path: "/D/a", line: 4, column: 11 });
  assertEquals(await loaded?.placeOf("noop[c1]"), { file: "c", path: "/D/c", line: 3, column: 11 });
});

Deno.test("each mistake is told with the file that it is in, in the order of the files", async () => {
  const { said } = await read({
    a: noop("x", "a"),
    b: noop("b", "x") + edge("b", "nobody"),
    c: `${noop("c")}  nokind: [{name: k}]\nfoo: 1\ngraph: [1]\n`,
    d: `resources: {noop: {}}\nedges: 3\ncollect: [1]\n${"only: 4"}`,
    e: edge("x", "b") + "- 7\n",
  });
  assertEquals(
    said.map((text) => text.replace(/(is there twice|unknown|there is no|must be).*/, "$1")),
    [
      "b:4: noop[x] is there twice",
      "b:7: there is no",
      "c:4: there is no",
      'c:5: the key "foo" is unknown',
      "c:6: graph must be",
      "d:1: noop must be",
      "d:2: edges must be",
      "d:3: an entry of collect must be",
      "d:4: only must be",
      "e:4: an edge must be",
    ],
  );
  assertEquals(said[0], "b:4: noop[x] is there twice (the first is on a line 3)");
});

Deno.test("a cycle across files is a mistake", async () => {
  const { said } = await read({
    a: noop("a") + edge("a", "b"),
    b: noop("b") + edge("b", "a"),
  });
  assertEquals(said.length, 1);
  assertEquals(/^[ab]:\d+: .*noop\[a\].*noop\[b\]/.test(said[0] ?? ""), true, said[0]);
});

Deno.test("of a file for other hosts nothing is taken, also no mistake", async () => {
  const files = {
    a: noop("a") + edge("a", "b"),
    b: `only: {host: [db?, "*.lan"]}\n${noop("b")}`,
    c: `only: {host: "web*"}\nfoo: 1\n${noop("a", "b")}`,
  };
  const { keys, leftOut, said } = await read(files, "db1");
  assertEquals([keys, said], [["noop[a]", "noop[b]"], []]);
  assertEquals(leftOut, [{ file: "c", hosts: "web*" }]);
  assertEquals((await read(files, "x.lan")).keys, keys);
  // There the edge leads nowhere.
  const other = await read(files, "db12");
  assertEquals(other.leftOut.length, 2);
  assertEquals(other.said.length, 1);
});

Deno.test("a graph that is for certain hosts is refused on others, with the place", async () => {
  const load = async (pattern: string, host: string | undefined) => {
    const text = `graph: g\nonly: {host: ${JSON.stringify(pattern)}}\n`;
    const read = await readDocument(text, { file: "f" });
    if (!read.ok) throw new Error();
    const outcome = await loadGraph(read.document, { file: "f", directory: "/", registry, host });
    return outcome.ok ? undefined : outcome.diagnostics.map(({ line, message }) => [line, message]);
  };
  const fits: readonly (readonly [string, string, boolean])[] = [
    ["web*", "web1", true],
    ["web*", "web", true],
    ["web?", "web", false],
    ["web?", "web1", true],
    ["*b*1*", "web21x", true],
    ["*.lan", "a.lan.b", false],
    ["*.lan", "a.lan.lan", true],
    ["web1", "WEB1", false],
    ["?", "é", true],
    ["*", "", true],
    ["w[e]b", "web", false],
    [`${"*a".repeat(200)}b`, "a".repeat(250), false],
  ];
  for (const [pattern, host, isFor] of fits) {
    const said = await load(pattern, host);
    assertEquals(said === undefined, isFor, `${pattern} ${host}`);
  }
  assertEquals(await load("web*", "db1"), [[2, "this graph is for web*, and this host is db1"]]);
  assertEquals(await load("web*", undefined), undefined);
  for (const wrong of ['""', "[]", "{}", "{host: }", "{host: []}", "{host: [1]}", "{hots: a}"]) {
    const read = await readDocument(`graph: g\nonly: ${wrong}\n`, { file: "f" });
    if (!read.ok) throw new Error();
    const outcome = await loadGraph(read.document, { file: "f", directory: "/", registry });
    assertEquals(outcome.ok, false, wrong);
  }
});
