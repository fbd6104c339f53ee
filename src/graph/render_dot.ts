import type { Graph } from "./graph.ts";

/** The graph in Graphviz' language; edges that notify are bold with a filled dot, automatic
 * ones dashed. */
export function renderDot(graph: Graph<unknown>): string {
  const lines = [
    `digraph ${quoted(graph.name)} {`,
    `  label=${quoted(graph.name)};`,
    "  node [shape=box];",
  ];
  for (const key of graph.vertices.keys()) lines.push(`  ${quoted(key)};`);
  for (const edge of graph.edges) {
    const look = edge.notify
      ? ", style=bold, arrowhead=normaldot"
      : edge.automatic
      ? ", style=dashed"
      : "";
    lines.push(
      `  ${quoted(edge.from)} -> ${quoted(edge.to)} [label=${quoted(edge.name)}${look}];`,
    );
  }
  lines.push("}", "");
  return lines.join("\n");
}

/** A string of the language. A backslash would start one of its escapes, so it is doubled. */
function quoted(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")
    // deno-lint-ignore no-control-regex -- exactly those must not reach the file
    .replace(/[\x00-\x1f\x7f-\x9f]/g, "�");
  return `"${escaped}"`;
}
