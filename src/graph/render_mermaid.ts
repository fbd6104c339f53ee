import type { Graph } from "./graph.ts";

/** The graph in Mermaid's language; edges that notify are thick, automatic ones dotted. */
export function renderMermaid(graph: Graph<unknown>): string {
  const lines = ["flowchart TD"];
  const ids = new Map<string, string>();
  for (const key of graph.vertices.keys()) {
    const id = `v${ids.size}`;
    ids.set(key, id);
    lines.push(`  ${id}[${quoted(key)}]`);
  }
  for (const edge of graph.edges) {
    const arrow = edge.notify ? "==>" : edge.automatic ? "-.->" : "-->";
    lines.push(`  ${ids.get(edge.from)} ${arrow}|${quoted(edge.name)}| ${ids.get(edge.to)}`);
  }
  lines.push("");
  return lines.join("\n");
}

/** Text in quotes, with what the language or HTML would read as its own as entity codes. */
function quoted(text: string): string {
  const escaped = text.replace(
    // deno-lint-ignore no-control-regex -- exactly those must not reach the file
    /["#&<>`\\\x00-\x1f\x7f-\x9f]/g,
    (character) => `#${character.charCodeAt(0)};`,
  );
  return `"${escaped}"`;
}
