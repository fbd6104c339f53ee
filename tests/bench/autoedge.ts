/**
 * The pass that finds edges by itself, alone: 10,000 vertices (files of 100 directories, with owners,
 * below 20 packages with 200 paths known of each, and services with unit files), in memory. It runs
 * once, as in a run of the program, so that nothing is warm. Prints one JSON line; run by
 * `deno task bench`.
 *
 * @module
 */

import type { Graph } from "../../src/graph/graph.ts";
import { META_DEFAULTS } from "../../src/kind/meta.ts";
import { keyOf, type Resource } from "../../src/kind/resource.ts";
import { findAutoEdges } from "../../src/lang/autoedge/autoedge.ts";
import { registry } from "../../src/resources/registry.ts";

const VERTICES = 10_000;
const DIRECTORIES = 100;
const PACKAGES = 20;
const SERVICES = 50;

function resource(kindName: string, name: string, fields: unknown): Resource {
  const kind = registry.get(kindName);
  if (kind === undefined) throw new Error(`no kind ${kindName}`);
  const params = kind.resolve(fields, {
    name,
    directory: "/",
    issue: ({ message }) => {
      throw new Error(message);
    },
  });
  return { key: keyOf(kindName, name), kind, name, params, meta: META_DEFAULTS };
}

function makeGraph(): Graph<Resource> {
  const all: Resource[] = [];
  const directory = (i: number) => `/etc/package${i % PACKAGES}/d${i}`;
  const files = VERTICES - DIRECTORIES - PACKAGES - 2 * SERVICES;
  for (let i = 0; i < files; i++) {
    const fields = { content: "x", owner: "root", group: "root" };
    all.push(resource("file", `${directory(i % DIRECTORIES)}/f${i}`, fields));
  }
  for (let i = 0; i < DIRECTORIES; i++) all.push(resource("file", `${directory(i)}/`, {}));
  for (let i = 0; i < SERVICES; i++) {
    all.push(resource("svc", `service${i}`, { state: "running" }));
    all.push(resource("file", `/etc/systemd/system/service${i}.service`, { content: "x" }));
  }
  for (let i = 0; i < PACKAGES; i++) all.push(available(resource("pkg", `package${i}`, {})));
  return { name: "bench", vertices: new Map(all.map((each) => [each.key, each])), edges: [] };
}

/** Also a kind that this version does not run takes part here. */
function available(of: Resource): Resource {
  const { unavailable: _, ...kind } = of.kind;
  return { ...of, kind };
}

const owned = new Map(
  Array.from({ length: PACKAGES }, (_, i): [string, string[]] => [
    `package${i}`,
    Array.from({ length: 200 }, (_, j) => `/etc/package${i}/d${i}/f${j}`),
  ]),
);

const graph = makeGraph();
const startMs = performance.now();
const { edges } = findAutoEdges(graph).finish(owned).graph;
const tookMs = performance.now() - startMs;
if (edges.length < VERTICES) throw new Error(`${edges.length} edges`);
console.log(JSON.stringify({ name: "autoedge", edges: edges.length, tookMs }));
