/** What becomes of what a source says, whatever source that is. */

import { assertEquals } from "@std/assert";
import { GraphReader } from "../../../src/app/graph/graph_reader.ts";
import type { GraphSource, SourceReading } from "../../../src/app/graph/graph_source.ts";
import type { GraphDocument } from "../../../src/lang/document.ts";
import { readGraph } from "../../../src/app/graph/read_graph.ts";
import { registry } from "../../../src/resources/registry.ts";

function document(name: string): GraphDocument {
  return { value: { graph: name }, locate: () => Promise.resolve(undefined) };
}

const OLD = { file: "memory (old)", path: "/memory", directory: "/", at: "2016-01-01T00:00:00Z" };

const BROKEN: GraphDocument = { ...document(""), value: { grape: "x" } };

/** A source in memory, its reader, and what happened. */
function world() {
  const happened: string[] = [];
  let now: SourceReading = { problems: [] };
  let changed = () => {};
  const source: GraphSource = {
    file: "memory",
    directory: "/",
    read: () => Promise.resolve(now),
    watch: (listener) => void (changed = listener),
    close: () => Promise.resolve(),
  };
  const emit = ({ type }: { readonly type: string }) => void happened.push(type);
  const reader = new GraphReader(source, { registry, color: false, emit });
  return {
    reader,
    happened,
    says: (reading: Partial<SourceReading>) => now = { problems: [], ...reading },
    changes: () => changed(),
    nameOf: async () => (await reader.read()).loaded?.graph.name,
  };
}

Deno.test("a graph is told once, and only a good one is kept", async () => {
  const { reader, happened, says, nameOf } = world();
  const keep = () => void happened.push("kept");
  says({ document: document("a"), keep });
  assertEquals((await reader.first({ resident: true }))?.graph.name, "a");
  says({ same: true, keep });
  assertEquals(await reader.read({ aloud: true }), { good: true });
  says({ document: BROKEN, keep });
  assertEquals(await nameOf(), undefined);
  assertEquals(reader.loaded?.graph.name, "a");
  assertEquals(happened, ["kept", "diagnostics"]);
  says({ document: document("b"), keep });
  assertEquals(await nameOf(), "b");
  assertEquals(happened, ["kept", "diagnostics", "good-again", "kept"]);
});

Deno.test("the same mistakes are said again only aloud", async () => {
  const { reader, happened, says } = world();
  says({ document: BROKEN });
  assertEquals(await reader.read(), { good: false });
  says({ same: true });
  assertEquals(await reader.read(), { good: false });
  assertEquals(happened.length, 1);
  assertEquals(await reader.read({ aloud: true }), { good: false });
  assertEquals(happened, ["diagnostics", "diagnostics"]);
});

Deno.test("what was good in an earlier run is used by an agent that stays, until the source is good", async () => {
  const earlier = { ...OLD, document: document("old") };
  const lastGood = () => Promise.resolve(earlier);
  const passing = world();
  passing.says({ document: BROKEN, lastGood });
  assertEquals(await passing.reader.first({ resident: false }), undefined);
  const { reader, happened, says, nameOf } = world();
  says({ document: BROKEN, lastGood });
  assertEquals((await reader.first({ resident: true }))?.graph.name, "old");
  says({ same: true });
  await reader.read({ aloud: true });
  assertEquals(happened, ["diagnostics", "last-good", "diagnostics", "last-good"]);
  says({ document: document("new") });
  assertEquals(await nameOf(), "new");
  says({ document: BROKEN });
  await reader.read();
  assertEquals(happened.slice(4), ["good-again", "diagnostics"]);
});

Deno.test("an earlier reading that is none for this version is a warning", async () => {
  for (const old of [undefined, BROKEN]) {
    const { reader, happened, says } = world();
    const found = { ...OLD, document: old };
    says({ document: BROKEN, lastGood: () => Promise.resolve(found) });
    assertEquals(await reader.first({ resident: true }), undefined);
    assertEquals(happened, ["diagnostics", "warning"]);
  }
});

Deno.test("who watches hears of each further graph, and of no mistake", async () => {
  const { reader, says, changes } = world();
  const heard: string[] = [];
  says({ document: document("a") });
  await reader.read();
  reader.watch(({ graph }) => void heard.push(graph.name));
  for (const next of [BROKEN, document("b"), document("c")]) {
    says({ document: next });
    changes();
    await reader.read();
  }
  assertEquals(heard, ["b", "c"]);
});

Deno.test("a name of a fact in a graph without values is warned of, at its place; names of shells are not", async () => {
  const directory = await Deno.makeTempDir();
  const file = `${directory}/g.yaml`;
  const read = async (text: string) => {
    await Deno.writeTextFile(file, text);
    const { text: said } = await readGraph(file, { registry, color: false });
    return said.replaceAll(file, "g.yaml");
  };
  const graph = (more: string, content: string) =>
    `graph: g\n${more}resources:\n  file:\n  - {name: /a, content: "${content}"}\n`;
  try {
    assertEquals(
      (await read(graph("# ${host.name}\n", "is ${host.name}"))).split("\n")[0],
      "g.yaml:5:25: warning: ${host.name} stays as it is written: names are put in only where " +
        "a graph has values",
    );
    for (const other of ["${HOME} $host.name", "${host}", "${hostname}"]) {
      assertEquals(await read(graph("", other)), "");
    }
    assertEquals(await read(graph("values: {}\n", "is ${host.cpus}")), "");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
