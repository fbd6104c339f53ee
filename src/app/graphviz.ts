import type { Graph } from "../graph/graph.ts";
import { renderDot } from "../graph/render_dot.ts";
import type { Host } from "../host/host.ts";
import type { AgentEvent } from "../report/event.ts";

/**
 * Writes a graph in the DOT language to `file`; with a `filter` (the name of a Graphviz program)
 * also a picture beside it. The result is the event that says how it went.
 */
export async function writeGraphviz(
  host: Host,
  graph: Graph<unknown>,
  file: string,
  filter: string | undefined,
): Promise<AgentEvent> {
  const notice = (text: string): AgentEvent => ({ type: "notice", topic: "Graphviz", text });
  const seen = await host.files.look(file);
  if (!seen.ok) return notice(`Cannot write ${file}: ${seen.failure.message}`);
  const content = new TextEncoder().encode(renderDot(graph));
  const written = await host.files.write({ path: file, content, seen: seen.value });
  if (!written.ok) return notice(`Cannot write ${file}: ${written.failure.message}`);
  if (filter === undefined) return notice("Successfully generated graph!");
  const picture = `${file}.png`;
  const drawn = await host.processes.run({
    argv: [filter, "-Tpng", "-o", picture, file],
    timeoutMs: 30_000,
  });
  if (!drawn.ok) return notice(`Cannot draw ${picture}: ${drawn.failure.message}`);
  if (drawn.value.code !== 0) return notice(`Cannot draw ${picture}: ${filter} failed`);
  return notice(`Successfully generated graph! (${picture})`);
}
