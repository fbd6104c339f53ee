import type { Graph } from "../../graph/graph.ts";
import { renderDot } from "../../graph/render_dot.ts";
import type { Host } from "../../host/host.ts";
import { writeOutput } from "../../os/output_file.ts";
import { temporaryDirectory } from "../../os/state/state_directory.ts";
import { fail, type Result } from "../../base/result.ts";
import type { ReportEvent } from "../../report/event.ts";

/** Time for a picture. */
const DRAW_MS = 30_000;

/**
 * Writes a graph in the DOT language to `file`; with a `filter` (the name of a Graphviz program)
 * also a picture beside it. The result is the event that says how it went.
 */
export async function writeGraphviz(
  host: Host,
  graph: Graph<unknown>,
  file: string,
  filter: string | undefined,
): Promise<ReportEvent> {
  const notice = (text: string): ReportEvent => ({ type: "notice", topic: "Graphviz", text });
  const warning = (text: string): ReportEvent => ({ type: "warning", text });
  const content = new TextEncoder().encode(renderDot(graph));
  const written = await writeOutput(host.files, file, content);
  if (!written.ok) return warning(written.failure.message);
  if (filter === undefined) return notice("Successfully generated graph!");
  const picture = `${file}.png`;
  const drawn = await draw(host, content, filter, picture);
  if (!drawn.ok) return warning(`cannot draw ${picture}: ${drawn.failure.message}`);
  return notice(`Successfully generated graph! (${picture})`);
}

/** The program works in a directory where nobody else can put anything in its way. */
async function draw(
  { files, processes }: Host,
  content: Uint8Array,
  filter: string,
  picture: string,
): Promise<Result<void>> {
  const temporary = temporaryDirectory("--graphviz-filter");
  if (!temporary.ok) return temporary;
  const { path, remove } = temporary.value;
  try {
    const [source, target] = [`${path}/graph.dot`, `${path}/graph.png`];
    const written = await writeOutput(files, source, content);
    if (!written.ok) return written;
    const argv = [filter, "-Tpng", "-o", target, source] as const;
    const ran = await processes.run({ argv: [...argv], timeoutMs: DRAW_MS });
    if (!ran.ok) return ran;
    if (ran.value.code !== 0) return fail(`${filter} failed`);
    return await writeOutput(files, picture, { copyOf: target });
  } finally {
    remove();
  }
}
