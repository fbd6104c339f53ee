/**
 * Reads many versions of a graph file, keeps one small resource of each, and prints how many megabytes
 * that takes. To be run with --v8-flags=--expose-gc.
 *
 * @module
 */

import { GraphReader } from "../../src/app/graph/graph_reader.ts";
import { openGraphSource } from "../../src/app/graph/open_source.ts";
import { registry } from "../../src/resources/registry.ts";

const VERSIONS = 20;
const [path = ""] = Deno.args;
const collect = (globalThis as unknown as { gc: () => void }).gc;
const kept: unknown[] = [];
const source = openGraphSource({ file: path, path });
const reader = new GraphReader(source, { registry, color: false, emit: () => {} });

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
  const { loaded } = await reader.read();
  kept.push([...loaded?.graph.vertices.values() ?? []].find(({ name }) => name.startsWith("kept")));
}
collect();
console.log(Math.round(Deno.memoryUsage().heapUsed / 2 ** 20), kept.length);
