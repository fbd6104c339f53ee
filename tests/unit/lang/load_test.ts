import { assert, assertEquals, assertGreater, assertLess, assertStringIncludes } from "@std/assert";
import { LIMITS } from "../../../src/base/limits.ts";
import { META_DEFAULTS } from "../../../src/kind/meta.ts";
import type { LoadedGraph } from "../../../src/lang/load.ts";
import { registry } from "./kinds.ts";
import { loadText } from "../../support/load_text.ts";
import { processorMs } from "../../support/processor_time.ts";

const options = { file: "graph.yaml", directory: "/graphs", registry };

async function load(text: string): Promise<LoadedGraph> {
  const outcome = await loadText(text, options);
  assert(outcome.ok, outcome.ok ? "" : JSON.stringify(outcome.diagnostics, undefined, 1));
  return outcome.loaded;
}

async function errorsOf(text: string): Promise<readonly string[]> {
  const outcome = await loadText(text, options);
  assert(!outcome.ok, "it was accepted");
  return outcome.diagnostics.map(({ message }) => message);
}

async function paramsOf(text: string): Promise<unknown[]> {
  const { graph } = await load(`graph: g\nresources:\n${text}`);
  return [...graph.vertices.values()].map(({ params }) => params);
}

const FORM_OF_2016 = `---
graph: mygraph
comment: any text
resources:
  noop:
  - name: noop1
    meta: {noop: true, autoedge: true, autogroup: false}
  file:
  - name: file1
    path: "/tmp/mgmt/f1"
    content: |
      i am f1
    state: exists
  - name: "@@file2a"
    path: "/tmp/mgmtA/f2a"
    content: "i am f2 from A\\n"
    state: exists
  exec:
  - name: exec1
    cmd: sleep 10s
    shell: ''
    timeout: 0
    creates: ''
    state: present
  svc:
  - name: nginx
    state: running
    startup: enabled
  pkg:
  - name: powertop
    state: installed
  timer:
  - name: timer1
    interval: 30
collect:
- kind: file
  pattern: "/tmp/mgmtA/"
edges:
- name: e1
  from: {kind: file, name: file1}
  to: {kind: exec, name: exec1}
- name: e2
  from: {kind: file, name: "@@file2a"}
  to: {kind: exec, name: exec1}
`;

Deno.test("a graph in the form of 2016 is read, and what is not available is said", async () => {
  const { graph, warnings } = await load(FORM_OF_2016);
  assertEquals(graph.name, "mygraph");
  assertEquals([...graph.vertices.keys()], [
    "noop[noop1]",
    "file[file1]",
    "exec[exec1]",
    "svc[nginx]",
    "pkg[powertop]",
    "timer[timer1]",
  ]);
  assertEquals(graph.edges, [
    { name: "e1", from: "file[file1]", to: "exec[exec1]", notify: false },
  ]);
  assertEquals(graph.vertices.get("noop[noop1]")?.meta, {
    ...META_DEFAULTS,
    noop: true,
    autogroup: false,
  });
  assertEquals(graph.vertices.get("file[file1]")?.params, {
    path: "/tmp/mgmt/f1",
    content: "i am f1\n",
    state: "exists",
  });
  assertEquals(graph.vertices.get("exec[exec1]")?.params, {
    cmd: "sleep 10s",
    state: "present",
    name: "exec1",
  });
  assertEquals(warnings.map(({ severity, line }) => `${severity} ${line}`), [
    "warning 38",
  ]);
});

Deno.test("a graph without warnings has none", async () => {
  const { warnings } = await load("graph: g\nresources:\n  noop:\n  - name: a\n");
  assertEquals(warnings, []);
});

Deno.test("sections that are absent or null are empty", async () => {
  assertEquals((await load("graph: g\n")).graph, { name: "g", vertices: new Map(), edges: [] });
  const text = "graph: g\ncomment:\nresources:\nedges: null\ncollect: ~\n";
  assertEquals((await load(text)).graph.vertices.size, 0);
  assertEquals((await load("graph: g\nresources:\n  file:\n")).graph.vertices.size, 0);
});

Deno.test("in the kinds of 2016 an empty text or 0 means unset in optional fields", async () => {
  const [exec] = await paramsOf("  exec: [{name: a, cmd: ls, shell: '', timeout: 0, creates: }]\n");
  assertEquals(exec, { cmd: "ls", name: "a" });
  const [file] = await paramsOf("  file: [{name: /a, path: '', owner: '', state: ''}]\n");
  assertEquals(file, { path: "/a" });
});

Deno.test("an empty content is a content, and false is a value", async () => {
  const [file] = await paramsOf("  file: [{name: /a, content: '', purge: false}]\n");
  assertEquals(file, { path: "/a", content: "", purge: false });
});

Deno.test("a bare 0 in a field for text is no unset field, but a text without quotes", async () => {
  const text = "graph: g\nresources:\n  file: [{name: /a, owner: 0, mode: 0}]\n";
  assertEquals((await errorsOf(text)).length, 2);
});

Deno.test("in required fields 0 and an empty text are values", async () => {
  const text = "graph: g\nresources:\n  timer: [{name: a, interval: 0}]\n";
  assertStringIncludes((await errorsOf(text))[0]!, "interval must be");
});

Deno.test("meta-parameters are read, and 0 is a value there", async () => {
  const meta = "{noop: true, retry: 0, delay: 500, poll: 60, limit: 0.5, burst: 3, " +
    "sema: [disk:2, net, fleet:web:3, fleet:db], fleet_fallback: go, timeout: 1.5}";
  const { graph } = await load(`graph: g\nresources:\n  noop: [{name: a, meta: ${meta}}]\n`);
  assertEquals(graph.vertices.get("noop[a]")?.meta, {
    noop: true,
    autoedge: true,
    autogroup: true,
    reverse: false,
    retry: 0,
    delayMs: 500,
    pollSeconds: 60,
    limit: 0.5,
    burst: 3,
    sema: [{ name: "disk", size: 2 }, { name: "net", size: 1 }],
    fleet: [{ name: "web", size: 3 }, { name: "db", size: 1 }],
    fleetFallback: "go",
    timeoutSeconds: 1.5,
  });
});

Deno.test("a limit and a burst may say that there is none", async () => {
  for (const meta of ["{limit: .inf, burst: 0}", "{limit: +.Inf}", "{burst: 0}", "{limit: ~}"]) {
    const { graph } = await load(`graph: g\nresources:\n  noop: [{name: a, meta: ${meta}}]\n`);
    assertEquals(graph.vertices.get("noop[a]")?.meta.limit, undefined, meta);
  }
});

Deno.test("what follows the last colon of a semaphore is its size if it is a number", async () => {
  const sema = async (list: string) => {
    const text = `graph: g\nresources:\n  noop:\n  - name: a\n    meta: {sema: ${list}}\n`;
    const meta = (await load(text)).graph.vertices.get("noop[a]")?.meta;
    return [...meta?.sema ?? [], "fleet:", ...meta?.fleet ?? []].map((each) =>
      typeof each === "string" ? each : [each.name, each.size]
    );
  };
  const cases: readonly (readonly [text: string, name: string, size: number])[] = [
    ["some_id", "some_id", 1],
    ["hello:42", "hello", 42],
    ["not:smart:4", "not:smart", 4],
    [":13", "", 13],
    ["a b/ü\\n:007", "a b/ü\n", 7],
    ["a:1.5", "a:1.5", 1],
    ["a:-1", "a:-1", 1],
    ["a:", "a:", 1],
    ["fleet", "fleet", 1],
    ["Fleet:a:2", "Fleet:a", 2],
    [" fleet:a:2", " fleet:a", 2],
  ];
  for (const [text, name, size] of cases) {
    assertEquals(await sema(`["${text}"]`), [[name, size], "fleet:"], text);
  }
  assertEquals(await sema("[:13, not:smart:4, fleet:a:2, fleet:a]"), [
    ...[["", 13], ["not:smart", 4]],
    ...["fleet:", ["a", 1]],
  ]);
});

Deno.test("an edge may say res for kind, notify, and no name", async () => {
  const { graph, warnings } = await load(`graph: g
resources: {noop: [{name: a}, {name: b}]}
edges:
- from: {res: noop, name: a}
  to: {kind: noop, res: noop, name: b}
  notify: true
`);
  assertEquals(graph.edges, [
    { name: "noop[a] → noop[b]", from: "noop[a]", to: "noop[b]", notify: true },
  ]);
  assertEquals(warnings, []);
});

Deno.test("an edge that is there twice is kept once, with a warning, and notifies if one did", async () => {
  const edge = "from: {kind: noop, name: a}, to: {kind: noop, name: b}";
  const { graph, warnings } = await load(
    `graph: g\nresources: {noop: [{name: a}, {name: b}]}\nedges:\n` +
      `- {${edge}}\n- {${edge}, notify: true}\n`,
  );
  assertEquals(graph.edges.length, 1);
  assertEquals(graph.edges[0]?.notify, true);
  assertEquals(warnings.map(({ line }) => line), [5]);
});

Deno.test("a resource with mistakes is no reason to miss others, nor edges to it", async () => {
  const errors = await errorsOf(`graph: g
resources:
  file:
  - {name: /a, stat: exists}
  - {name: /b, mode: 0644}
  fiel: []
edges:
- {from: {kind: file, name: /a}, to: {kind: file, name: /b}}
- {from: {kind: file, name: /a}, to: {kind: file, name: /c}}
`);
  assertEquals(errors, [
    'file[/a]: the field "stat" is unknown',
    "file[/b]: mode must be text, not the number 644",
    'there is no kind "fiel"',
    "there is no resource file[/c]",
  ]);
});

Deno.test("a relative source is looked for beside the graph file", async () => {
  const [file] = await paramsOf("  file: [{name: /a, source: motd}]\n");
  assertEquals(file, { path: "/a", source: "/graphs/motd" });
});

Deno.test("the place of a resource is known, also behind notations that are rare", async () => {
  const loaded = await load(FORM_OF_2016);
  assertEquals(await loaded.placeOf("file[file1]"), {
    file: "graph.yaml",
    path: "/graphs/graph.yaml",
    line: 9,
    column: 11,
  });
  assertEquals(await loaded.placeOf("exec[exec1]"), {
    file: "graph.yaml",
    path: "/graphs/graph.yaml",
    line: 19,
    column: 11,
  });
  assertEquals(await loaded.placeOf("file[other]"), undefined);
  const rare = await load("graph: g\nresources:\n  ? noop\n  : - name: a\n");
  assertEquals(await rare.placeOf("noop[a]"), {
    file: "graph.yaml",
    path: "/graphs/graph.yaml",
    line: 4,
    column: 13,
  });
});

Deno.test("a byte order mark at the beginning is ignored", async () => {
  const loaded = await load("\ufeffgraph: g\nresources: {noop: [{name: a}]}\n");
  assertEquals(loaded.graph.name, "g");
});

Deno.test("a value may be shared by an alias", async () => {
  const [first, second] = await paramsOf(
    "  exec:\n  - {name: a, cmd: &cmd 'ls *', env: &env {LANG: C}}\n" +
      "  - {name: b, cmd: *cmd, env: *env}\n",
  );
  assertEquals(first, { cmd: "ls *", env: { LANG: "C" }, name: "a" });
  assertEquals(second, { cmd: "ls *", env: { LANG: "C" }, name: "b" });
});

Deno.test("keys that JavaScript knows are keys like others", async () => {
  const errors = await errorsOf(`graph: g
__proto__: 1
resources:
  constructor: []
  noop:
  - {name: a, __proto__: {x: 1}, toString: 1}
  - {name: __proto__}
edges:
- {from: {kind: noop, name: constructor}, to: {kind: noop, name: __proto__}, valueOf: 1}
`);
  assertEquals(errors.length, 6);
});

Deno.test("a graph with more resources or edges than allowed is refused at once", async () => {
  const one = "&one {name: a}";
  const names = `[${one}${", *one".repeat(LIMITS.vertices)}]`;
  const [tooMany] = await errorsOf(`graph: g\nresources:\n  noop: ${names}\n`);
  assertStringIncludes(tooMany!, `the graph has ${LIMITS.vertices + 1} resources`);
  const edges = `[&one {}${", *one".repeat(LIMITS.edges)}]`;
  const [tooManyEdges] = await errorsOf(`graph: g\nedges: ${edges}\n`);
  assertStringIncludes(tooManyEdges!, `the graph has ${LIMITS.edges + 1} edges`);
});

Deno.test("a text larger than allowed is refused unread", async () => {
  const [message] = await errorsOf("#".repeat(LIMITS.graphFileBytes + 1));
  assertEquals(message, "the file is larger than 16 MiB");
});

Deno.test("a name longer than allowed is refused", async () => {
  const name = "a".repeat(LIMITS.nameLength + 1);
  const [message] = await errorsOf(`graph: g\nresources:\n  noop:\n  - name: ${name}\n`);
  assertStringIncludes(message!, `at most ${LIMITS.nameLength} are allowed`);
});

Deno.test("deep nesting is refused, however it is written", async () => {
  for (const text of ["[".repeat(100_000), "- ".repeat(100_000), "? ".repeat(100_000)]) {
    const [message] = await errorsOf(text);
    assertEquals(message, "this is nested more than 32 levels deep");
  }
});

Deno.test("of very many mistakes some are shown, and the rest is counted", async () => {
  const names = Array.from({ length: 3000 }, (_, index) => index).join("}, {name: ");
  const errors = await errorsOf(`graph: g\nresources:\n  noop: [{name: ${names}}]\n`);
  assertEquals(errors.length, LIMITS.diagnostics + 1);
  assertEquals(errors[LIMITS.diagnostics], "2950 more mistakes, not shown");
});

Deno.test("ten thousand files load in well under a second, places included", async () => {
  const entries = Array.from(
    { length: 10_000 },
    (_, index) =>
      `  - name: file${index}\n    path: /tmp/files/${index}\n    content: |\n      i am ${index}\n` +
      `    state: exists\n    mode: "0644"\n`,
  );
  const text = `graph: g\nresources:\n  file:\n${entries.join("")}`;
  const startMs = processorMs();
  const loaded = await load(text);
  const place = await loaded.placeOf("file[file9999]");
  assertLess(processorMs() - startMs, 5000);
  assertEquals(loaded.graph.vertices.size, 10_000);
  assertGreater(place!.line, 50_000);
});
