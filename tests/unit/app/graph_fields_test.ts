import { assert, assertEquals } from "@std/assert";
import type { GraphFields } from "../../../src/app/graph/graph_fields.ts";
import { KINDS, registry } from "../../../src/resources/registry.ts";
import { loadText } from "../../support/load_text.ts";

Deno.test("every kind is registered under its own name", () => {
  assertEquals(
    [...registry].map(([name, { kind }]) => [name, kind]).filter(([a, b]) => a !== b),
    [],
  );
  assertEquals([...registry.keys()], Object.keys(KINDS));
});

Deno.test("what has the type of a graph is one", async () => {
  const graph: GraphFields = {
    graph: "typed",
    resources: {
      file: [{ name: "/tmp/a/", recurse: true }, {
        name: "/tmp/a/b",
        content: new Uint8Array([1]),
        meta: { noop: true, sema: ["disk:2"], fleet_fallback: "go" },
      }],
      line: [{ name: "c", path: "/tmp/c", line: "c", after: "BOF" }],
      exec: [{ name: "run", cmd: "true", env: { A: "b" }, limits: { cpu: "50%" } }],
      probe: [{ name: "web", http: "http://127.0.0.1/", status: [200, "3xx"] }],
      svc: [{ name: "ssh", state: "running", startup: "enabled" }],
      sysctl: [{ name: "net.ipv4.ip_forward", value: 1 }],
      timer: [{ name: "minute", interval: 60 }],
      noop: [{ name: "end" }],
    },
    edges: [
      { from: { kind: "exec", name: "run" }, to: { kind: "noop", name: "end" }, notify: true },
      { from: { collect: "all" }, to: { kind: "noop", name: "end" } },
    ],
    collect: [{ id: "all", kind: "file", pattern: "/tmp/collected/", live: true, grace: 5 }],
  };
  const text = JSON.stringify(graph, (_key, value) => value instanceof Uint8Array ? "text" : value);
  const outcome = await loadText(text, { file: "graph.json", directory: "/", registry });
  assert(outcome.ok, outcome.ok ? "" : JSON.stringify(outcome.diagnostics));
  assertEquals(outcome.loaded.graph.vertices.size, 10);
});

Deno.test("what has not the type of a graph is none", async () => {
  const graphs: readonly GraphFields[] = [
    // @ts-expect-error a graph has a name
    {},
    // @ts-expect-error no kind has this name
    { graph: "g", resources: { files: [{ name: "/a" }] } },
    // @ts-expect-error a resource has a name
    { graph: "g", resources: { file: [{ path: "/a" }] } },
    // @ts-expect-error a file has no such field
    { graph: "g", resources: { file: [{ name: "/a", contents: "b" }] } },
    // @ts-expect-error one of two words
    { graph: "g", resources: { file: [{ name: "/a", state: "present" }] } },
    // @ts-expect-error each argument is a text
    { graph: "g", resources: { exec: [{ name: "run", args: ["sleep", 10] }] } },
    // @ts-expect-error value must be given
    { graph: "g", resources: { sysctl: [{ name: "net.ipv4.ip_forward" }] } },
    // @ts-expect-error a noop has no fields
    { graph: "g", resources: { noop: [{ name: "a", interval: 1 }] } },
    // @ts-expect-error a number of seconds
    { graph: "g", resources: { noop: [{ name: "a", meta: { poll: "1 s" } }] } },
    // @ts-expect-error no kind of this name
    { graph: "g", edges: [{ from: { kind: "a", name: "b" }, to: { kind: "noop", name: "c" } }] },
    // @ts-expect-error keep or absent
    { graph: "g", collect: [{ kind: "file", pattern: "/a/", withdrawn: "gone" }] },
  ];
  for (const graph of graphs) {
    const options = { file: "graph.json", directory: "/", registry };
    assert(!(await loadText(JSON.stringify(graph), options)).ok, JSON.stringify(graph));
  }
});
