import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { secretToken } from "../../../src/base/secret_token.ts";
import type { HostExport } from "../../../src/kind/export.ts";
import { collectInto } from "../../../src/lang/collected.ts";
import type { LoadedGraph } from "../../../src/lang/load.ts";
import { registry } from "../../../src/resources/registry.ts";
import { loadText } from "../../support/load_text.ts";

async function load(text: string): Promise<LoadedGraph> {
  const outcome = await loadText(text, { file: "g.yaml", directory: "/graphs", registry });
  assert(outcome.ok, outcome.ok ? "" : JSON.stringify(outcome.diagnostics));
  return outcome.loaded;
}

function offer(host: string, name: string, fields: HostExport["fields"]): HostExport {
  return { host, hostId: `id-${host}`, kind: "file", name, fields };
}

async function collect(graph: string, ...offers: HostExport[]) {
  const { graph: local, collects } = await load(graph);
  const scope = { registry, rules: collects, directory: "/graphs" };
  const { graph: whole, warnings } = collectInto(local, offers, scope);
  const vertices = [...whole.vertices.values()].filter(({ key }) => !local.vertices.has(key));
  return {
    vertices: vertices.map(({ key, params }) => ({ key, ...params as { path: string } })),
    warnings,
  };
}

const ALL = "graph: t\nresources: {}\ncollect:\n- {kind: file, pattern: /tmp/mgmtA/}\n";

Deno.test("exports are offered as they are written, and are no vertices", async () => {
  const { graph, offers } = await load(
    'graph: t\nresources:\n  file:\n  - {name: "@@f3a", path: /tmp/mgmtA/f3a, content: "hi\\n"}\n',
  );
  assertEquals(graph.vertices.size, 0);
  assertEquals(offers, [
    { kind: "file", name: "f3a", fields: { path: "/tmp/mgmtA/f3a", content: "hi\n" } },
  ]);
});

Deno.test("a collected file has the directory of the pattern and its own name", async () => {
  const { vertices, warnings } = await collect(
    ALL,
    offer("b", "f3b", { path: "/tmp/mgmtB/f3b", content: "x" }),
  );
  assertEquals(warnings, []);
  assertEquals(vertices.map(({ key, path }) => [key, path]), [
    ["file[b/f3b]", "/tmp/mgmtA/f3b"],
  ]);
});

Deno.test("bytes go from one host to another as they are", async () => {
  const { offers } = await load(
    'graph: t\nresources:\n  file:\n  - {name: "@@b", path: /b, content: !!binary "AP8="}\n',
  );
  const { vertices } = await collect(ALL, { ...offers[0]!, host: "b", hostId: "b" });
  assertEquals((vertices[0] as unknown as { content: unknown }).content, new Uint8Array([0, 255]));
});

Deno.test("an export that asks for a secret of the host that takes it is left out", async () => {
  const content = secretToken("root-key");
  const { vertices, warnings } = await collect(ALL, offer("b", "f", { path: "/f", content }));
  assertEquals(vertices, []);
  assertEquals(warnings, [
    "file[b/f] of host b is left out: it asks for a secret of this host",
  ]);
});

Deno.test("nothing but content, state and a plain mode is taken of a file, and the rest is said", async () => {
  const { vertices, warnings } = await collect(
    ALL,
    offer("b", "f", { path: "/f", content: "x", owner: "root", validate: "sh -c evil %s" }),
    offer("c", "g", { path: "/g", content: "x", mode: "4755" }),
    offer("d", "h", { path: "/h", content: "x", mode: "0755" }),
  );
  assertEquals(vertices.map(({ key }) => key), ["file[b/f]", "file[c/g]", "file[d/h]"]);
  assertEquals(warnings, [
    "file[b/f] of host b is taken without owner, validate",
    "file[c/g] of host c is taken without mode",
  ]);
});

Deno.test("what is sensitive stays so, and what would be another file here is left out", async () => {
  const { vertices, warnings } = await collect(
    ALL,
    offer("b", "s", { path: "/s", content: "secret", sensitive: true }),
    offer("b", "l", { path: "/l", target: "/etc/passwd" }),
    offer("b", "c", { path: "/c", source: "/etc/shadow" }),
  );
  assertEquals(vertices.map(({ key }) => key), ["file[b/s]"]);
  assertEquals((vertices[0] as unknown as { sensitive: boolean }).sensitive, true);
  assertEquals(warnings, [
    "file[b/c] of host b is left out: its source is a file of its host",
    "file[b/l] of host b is left out: it is a link",
  ]);
});

Deno.test("no name leads out of the directory", async () => {
  const { vertices } = await collect(
    ALL,
    offer("b", "1", { path: "/a/.." }),
    offer("b", "2", { path: "/a/." }),
    offer("b", "3", { path: "/a/" }),
    offer("b", "4", { path: "relative" }),
    offer("b", "5", { path: `/${"x".repeat(256)}` }),
    offer("b", "6", { path: "/a\0b" }),
    offer("b", "7", { path: 7 }),
    offer("b", "8", { dirname: "/x/..", basename: "../../etc/passwd", content: "" }),
  );
  assertEquals(vertices.map(({ path }) => path), ["/tmp/mgmtA/passwd"]);
});

Deno.test("without a pattern only allowed places are taken", async () => {
  const graph =
    "graph: t\nresources: {}\ncollect:\n- {kind: file, allow: [/etc/app/, /etc/motd]}\n";
  const { vertices } = await collect(
    graph,
    offer("b", "1", { path: "/etc/app/x" }),
    offer("b", "2", { path: "/etc/app/../shadow" }),
    offer("b", "3", { path: "/etc/motd" }),
    offer("b", "4", { path: "/etc/motd2" }),
    offer("b", "5", { path: "/etc/app/sub/y" }),
  );
  assertEquals(vertices.map(({ path }) => path), ["/etc/app/x", "/etc/motd", "/etc/app/sub/y"]);
});

Deno.test("an empty pattern leaves a file its own path, where that is allowed and nowhere else", async () => {
  const collects = "graph: t\nresources: {}\ncollect:\n- kind: file\n  pattern: ''\n";
  const offers = [
    offer("b", "1", { path: "/etc/app/x" }),
    offer("b", "2", { path: "/etc/passwd" }),
    offer("b", "3", { path: "/etc/app/../passwd" }),
    offer("b", "4", { dirname: "/etc/app", basename: "y" }),
    offer("b", "5", { dirname: "/etc/app", basename: "../passwd" }),
    offer("b", "6", { path: "/etc/app/sub/../../shadow" }),
  ];
  const { vertices } = await collect(`${collects}  allow: [/etc/app/]\n`, ...offers);
  assertEquals(vertices.map(({ path }) => path), ["/etc/app/x", "/etc/app/y"]);
  assertEquals((await collect(collects, ...offers)).vertices, []);
  const [warning] = (await load(collects)).warnings;
  assertStringIncludes(warning?.hint ?? "", "where files keep their own paths: allow: ");
});

Deno.test("host and name narrow what is taken", async () => {
  const graph = "graph: t\nresources: {}\ncollect:\n" +
    "- {kind: file, pattern: /w/, host: web*, name: '*.conf'}\n";
  const { vertices } = await collect(
    graph,
    offer("web1", "a.conf", { path: "/a" }),
    offer("web1", "a.txt", { path: "/b" }),
    offer("db1", "b.conf", { path: "/c" }),
  );
  assertEquals(vertices.map(({ key }) => key), ["file[web1/a.conf]"]);
});

Deno.test("a command is never taken unless its name is allowed", async () => {
  const command = {
    kind: "exec",
    host: "b",
    hostId: "b",
    fields: { cmd: "/bin/true" },
  };
  const graph = "graph: t\nresources: {}\ncollect:\n- {kind: exec, allow: [ok]}\n";
  const { vertices } = await collect(
    graph,
    { ...command, name: "ok" },
    { ...command, name: "evil" },
  );
  assertEquals(vertices.map(({ key }) => key), ["exec[b/ok]"]);
});

Deno.test("the own graph wins, then the lowest host id", async () => {
  const graph = "graph: t\nresources:\n  file:\n  - {name: /tmp/mgmtA/own, content: mine}\n" +
    "collect:\n- {kind: file, pattern: /tmp/mgmtA/}\n";
  const { vertices, warnings } = await collect(
    graph,
    offer("b", "own", { path: "/x/own", content: "theirs" }),
    offer("c", "same", { path: "/x/same", content: "of c" }),
    { ...offer("z", "same", { path: "/x/same", content: "of z" }), hostId: "id-a" },
  );
  assertEquals(vertices.map(({ key }) => key), ["file[z/same]"]);
  assertEquals(warnings, [
    "file[b/own] of host b is left out: file[/tmp/mgmtA/own] is for the same",
    "file[c/same] of host c is left out: file[z/same] is for the same",
  ]);
});

Deno.test("a file of which the own graph decides a part is left out: they would fight", async () => {
  const graph = "graph: t\nresources:\n  line:\n  - {name: l, path: /tmp/mgmtA/own, line: x}\n" +
    "collect:\n- {kind: file, pattern: /tmp/mgmtA/}\n";
  const { vertices, warnings } = await collect(
    graph,
    offer("b", "own", { path: "/own", content: "" }),
  );
  assertEquals(vertices, []);
  assertEquals(warnings, ["file[b/own] of host b is left out: line[l] is for the same"]);
});

Deno.test("what does not fit the schema is left out, and the graph stays as it is", async () => {
  const { vertices, warnings } = await collect(
    ALL,
    offer("b", "f", { path: "/f", content: 12, state: "maybe" }),
    { host: "b", hostId: "b", kind: "nonsense", name: "x", fields: {} },
  );
  assertEquals(vertices, []);
  assertEquals(warnings.length, 1);
});

Deno.test("a withdrawn file stays unless the entry says otherwise", async () => {
  const gone = { ...offer("b", "f", { path: "/f", content: "x" }), withdrawn: true };
  assertEquals((await collect(ALL, gone)).vertices, []);
  const absent = ALL.replace("mgmtA/}", "mgmtA/, withdrawn: absent}");
  const { vertices } = await collect(absent, gone);
  assertEquals((vertices[0] as unknown as { type: string }).type, "absent");
});

const PEERS = `graph: t
resources:
  svc: [{name: nginx, state: running}]
  file: [{name: directory, path: /tmp/peers/}]
collect:
- {id: peers, kind: file, pattern: /tmp/peers/}
edges:
- {from: {kind: file, name: directory}, to: {collect: peers}}
- {from: {collect: peers}, to: {kind: svc, name: nginx}, notify: true}
`;

/** The edges of a graph with what it collects. */
async function edgesOf(graph: string, ...offers: HostExport[]): Promise<string[]> {
  const { graph: local, collects } = await load(graph);
  const { graph: whole } = collectInto(local, offers, {
    registry,
    rules: collects,
    directory: "/",
  });
  return whole.edges.map(({ from, to, notify }) => `${from} ${notify ? "=>" : "->"} ${to}`);
}

Deno.test("an edge of an entry of collect stands while the entry takes nothing", async () => {
  assertEquals(await edgesOf(PEERS), [
    "file[directory] -> collect[peers]",
    "collect[peers] => svc[nginx]",
  ]);
});

Deno.test("an edge of an entry of collect is one of each that it takes", async () => {
  const own = ["file[directory] -> collect[peers]", "collect[peers] => svc[nginx]"];
  assertEquals(
    await edgesOf(PEERS, offer("b", "b", { path: "/b" }), offer("c", "c", { path: "/c" })),
    [
      ...own,
      "file[b/b] => collect[peers]",
      "file[directory] -> file[b/b]",
      "file[c/c] => collect[peers]",
      "file[directory] -> file[c/c]",
    ],
  );
});

Deno.test("one entry of collect can be before another, and only what an entry takes is meant", async () => {
  const edges = await edgesOf(
    `graph: t
collect:
- {id: first, kind: file, host: b, pattern: /tmp/first/}
- {id: second, kind: file, host: c, pattern: /tmp/second/}
- {kind: file, pattern: /tmp/rest/}
edges:
- {from: {collect: first}, to: {collect: second}}
`,
    offer("b", "b", { path: "/b" }),
    offer("c", "c", { path: "/c" }),
    offer("d", "d", { path: "/d" }),
  );
  assertEquals(edges, [
    "collect[first] -> collect[second]",
    "file[b/b] => collect[first]",
    "file[c/c] => collect[second]",
    "collect[first] -> file[c/c]",
  ]);
});

Deno.test("an entry of collect that no edge names is no vertex", async () => {
  const { graph } = await load(`${ALL}- {id: peers, kind: file, pattern: /tmp/peers/}\n`);
  assertEquals(graph.vertices.size, 0);
});

Deno.test("live: what a host offers that is gone is as withdrawn, once its grace is over", async () => {
  const gone = { ...offer("b", "f", { path: "/f", content: "x" }), goneSeconds: 60 };
  const entry = (more: string) => ALL.replace("mgmtA/}", `mgmtA/, ${more}}`);
  const there = async (graph: string) =>
    (await collect(graph, gone, offer("c", "g", { path: "/g", content: "y" }))).vertices
      .map(({ key, ...params }) => `${key} ${(params as unknown as { type: string }).type}`);
  const both = ["file[b/f] content", "file[c/g] content"];
  assertEquals(await there(ALL), both, "who does not ask for it takes what is exported");
  assertEquals(await there(entry("live: true, grace: 61")), both);
  assertEquals(await there(entry("live: true")), ["file[c/g] content"]);
  const absent = await there(entry("live: true, withdrawn: absent"));
  assertEquals(absent, ["file[b/f] absent", "file[c/g] content"]);
});
