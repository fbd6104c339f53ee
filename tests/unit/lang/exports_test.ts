import { assert, assertEquals } from "@std/assert";
import { LIMITS } from "../../../src/base/limits.ts";
import { exportedValue, readExported } from "../../../src/cluster/exchange/exported_value.ts";
import { exportedKey } from "../../../src/cluster/store/keys.ts";
import { storedExport } from "../../../src/kind/export.ts";
import { collectInto } from "../../../src/lang/collected.ts";
import type { Registry } from "../../../src/kind/kind.ts";
import { registry } from "../../../src/resources/registry.ts";
import { loadText } from "../../support/load_text.ts";

const EXPORTS = `graph: a
resources:
  file:
  - name: "@@link"
    path: /tmp/a/link
    target: /tmp/b
  - name: "@@copy"
    path: /tmp/a/copy
    source: copy
  - name: "@@directory"
    path: /tmp/a/directory/
  - name: "@@/tmp/a/by-name/"
  - name: "@@secret"
    path: /tmp/a/secret
    content: s
    sensitive: true
  - name: "@@fine"
    path: /tmp/a/fine
    content: "fine\\n"
    target: ''
    sensitive: false
`;

Deno.test("an export that no host can take, or that all can read, is told with its place when it is loaded", async () => {
  const outcome = await loadText(EXPORTS, { file: "g.yaml", directory: "/graphs", registry });
  assert(outcome.ok && "loaded" in outcome);
  const { offers, warnings } = outcome.loaded;
  assertEquals(offers.length, 6, "it is exported nevertheless");
  const cannot = "it is exported, but no host can take it: ";
  assertEquals(
    warnings.map(({ severity, line, message }) => `${severity} ${line}: ${message}`),
    [
      `warning 6: file[@@link]: ${cannot}it is a link`,
      `warning 9: file[@@copy]: ${cannot}its source is a file of its host`,
      `warning 11: file[@@directory]: ${cannot}it is a directory`,
      `warning 12: file[@@/tmp/a/by-name/]: ${cannot}it is a directory`,
      "warning 16: file[@@secret]: it is exported: all hosts of the cluster can read it, " +
      "and it travels as plain text",
    ],
  );
});

Deno.test("an export that is too large for the cluster is told with its place when it is loaded", async () => {
  const load = async (length: number) => {
    const graph = `graph: a
resources:
  file:
  - name: "@@large"
    path: /tmp/a/large
    content: ${"x".repeat(length)}
`;
    const outcome = await loadText(graph, { file: "g.yaml", directory: "/graphs", registry });
    assert(outcome.ok && "loaded" in outcome);
    return outcome.loaded;
  };
  const [empty] = (await load(1)).offers;
  const id = "0123456789abcdef".repeat(2);
  const stored = exportedValue(id, empty!);
  assert(stored.ok);
  const most = LIMITS.exportedBytes - stored.value.length + 1;
  for (const [length, isExported] of [[most, true], [most + 1, false]] as const) {
    const { offers, warnings } = await load(length);
    assertEquals(exportedValue(id, offers[0]!).ok, isExported);
    assertEquals(
      warnings.map(({ line, message }) => `${line}: ${message}`),
      isExported
        ? []
        : ["4: file[@@large]: it is not exported: it has 524289 bytes, more than 524288"],
    );
  }
});

Deno.test("what an export says of a header comes along, and nothing that is none", async () => {
  const graph = `graph: a
resources:
  file:
  - {name: "@@x", path: /x/a.conf, content: "", meta: {header: true}}
  - {name: "@@y", path: /x/b, content: "", meta: {header: "/* */"}}
  - {name: "@@z", path: /x/c.conf, content: ""}
`;
  const outcome = await loadText(graph, { file: "g.yaml", directory: "/graphs", registry });
  assert(outcome.ok && "loaded" in outcome);
  const key = exportedKey("h1", "file", "x");
  const read = (value: string) => readExported(key, value)?.header;
  assertEquals(
    outcome.loaded.offers.map((offer) => read(storedExport("1", offer))),
    [true, "/* */", undefined],
  );
  for (
    const header of [false, 1, "", "two more signs", "a\nb", "#".repeat(9), ["#"], { open: "#" }]
  ) {
    assertEquals(read(JSON.stringify({ version: 1, id: "1", fields: {}, header })), undefined);
  }
});

Deno.test("a collected file gets the header that its exporter asks for, or is left out where it can have none", () => {
  const empty = { name: "g", vertices: new Map(), edges: [] };
  const rule = {
    kind: "file",
    pattern: "/got/",
    allow: [],
    owner: false,
    withdrawn: "keep",
  } as const;
  const offer = (path: string, header?: true | string) => ({
    ...{ kind: "file", name: path, host: "h1", hostId: "1", fields: { path, content: "x" } },
    ...(header === undefined ? {} : { header }),
  });
  const others = [
    offer("/a.conf", true),
    offer("/b.json", true),
    offer("/c.json", "//"),
    offer("/d"),
  ];
  const scope = { registry, rules: [rule], directory: "/" };
  const { graph, warnings } = collectInto(empty, others, scope);
  assertEquals(
    [...graph.vertices.values()].map(({ key, meta, headerText }) => [key, meta.header, headerText]),
    [
      ["file[h1//a.conf]", true, "file[h1//a.conf], exported by host h1"],
      ["file[h1//c.json]", "//", "file[h1//c.json], exported by host h1"],
      ["file[h1//d]", undefined, undefined],
    ],
  );
  assertEquals(warnings.length, 1);
  assert(warnings[0]?.includes("have no comments"), warnings[0]);
});

Deno.test("values are offered unmarked and stand in the graph, and what JSON cannot say is a mistake", async () => {
  const load = (entries: string) =>
    loadText(`graph: a\nresources:\n  value:\n${entries}`, {
      file: "g.yaml",
      directory: "/",
      registry,
    });
  const good = await load(`  - {name: db, value: {port: 5432, tags: [a, null], on: true}}
  - {name: none, value: null}
  - {name: own, value: 1, meta: {noop: true}}
`);
  assert(good.ok && "loaded" in good);
  assertEquals(good.loaded.offers, [
    { kind: "value", name: "db", fields: { value: { port: 5432, tags: ["a", null], on: true } } },
    { kind: "value", name: "none", fields: { value: null } },
  ]);
  assertEquals(
    [...good.loaded.graph.vertices.keys()],
    ["value[db]", "value[none]", "value[own]"],
  );
  const long = "x".repeat(64 * 1024 - 1);
  for (
    const [entry, mistake] of [
      [`{name: "@@db", value: 1}`, "a value is for other hosts anyway"],
      [`{name: "@host", value: 1}`, "begin with @ are mgmt's own"],
      ["{name: db}", "value is missing"],
      ["{name: db, value: .inf}", "must be what JSON can say"],
      ["{name: db, value: [!!binary AAEC]}", "must be what JSON can say"],
      [`{name: db, value: ${long}}`, "is longer than 64 KiB"],
    ]
  ) {
    const bad = await load(`  - ${entry}\n`);
    assert(!bad.ok, entry);
    assertEquals(bad.diagnostics.length, 1);
    assert(bad.diagnostics[0]!.message.includes(mistake!), bad.diagnostics[0]!.message);
  }
});

Deno.test("a value that another host shares is no resource of this one", () => {
  const empty = { name: "g", vertices: new Map(), edges: [] };
  const rule = { kind: "value", allow: ["*"], owner: false, withdrawn: "keep" } as const;
  const offer = { kind: "value", name: "db", host: "h1", hostId: "1", fields: { value: 1 } };
  const { graph, warnings } = collectInto(empty, [offer], {
    registry,
    rules: [rule],
    directory: "/",
  });
  assertEquals(graph.vertices.size, 0);
  assertEquals(warnings.length, 1);
  assert(warnings[0]!.includes("values are read by programs"), warnings[0]);
});

Deno.test("offers of kinds that no rule is about are passed over, also where these are not loaded", () => {
  const empty = { name: "g", vertices: new Map(), edges: [] };
  const rule = {
    kind: "file",
    pattern: "/got/",
    allow: [],
    owner: false,
    withdrawn: "keep",
  } as const;
  const offer = (kind: string, name: string) => ({
    ...{ kind, name, host: "h1", hostId: "1", fields: { path: "/a", content: "x", value: 1 } },
  });
  const some: Registry = {
    keys: () => registry.keys(),
    has: (kind) => registry.has(kind),
    get: (kind) => {
      assert(kind === "file", `the kind ${kind} is not loaded`);
      return registry.get(kind);
    },
  };
  const scope = { registry: some, rules: [rule], directory: "/" };
  const { graph } = collectInto(empty, [offer("value", "db"), offer("file", "f")], scope);
  assertEquals([...graph.vertices.keys()], ["file[h1/f]"]);
});
