/**
 * Reads many versions of a graph file, keeps one small resource of each, and prints how many megabytes
 * that takes. To be run with --v8-flags=--expose-gc.
 *
 * @module
 */

import { readGraph } from "../../src/app/graph/read_graph.ts";
import type { LoadedGraph } from "../../src/lang/load.ts";
import { registry } from "../../src/resources/registry.ts";

const VERSIONS = 20;
const [path = ""] = Deno.args;
const collect = (globalThis as unknown as { gc: () => void }).gc;
const kept: unknown[] = [];
let known: string | undefined;

function text(version: number): string {
  const fill = `version ${version} `.repeat(150_000);
  return `graph: t
resources:
  file:
  - name: kept-${version}
    path: /tmp/kept-in-version-${version}
    content: this text is kept in version ${version}
  - {name: large, path: /tmp/large, content: "${fill}"}
`;
}

for (let version = 0; version < VERSIONS; version++) {
  Deno.writeTextFileSync(path, text(version));
  const reading = await readGraph(path, { registry, color: false, path, known });
  known = reading.source;
  const { graph } = reading.loaded as LoadedGraph;
  kept.push([...graph.vertices.values()].find(({ name }) => name.startsWith("kept")));
}
collect();
console.log(Math.round(Deno.memoryUsage().heapUsed / 2 ** 20), kept.length);
