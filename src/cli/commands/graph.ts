import { printable } from "../../base/printable.ts";
import { cycleText } from "../../graph/cycle.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Resource } from "../../kind/resource.ts";
import type { Command, CommandIO } from "../command.ts";
import { COLOR_FLAG } from "../command.ts";
import { readGraphFile } from "../read_graph_file.ts";
import { refuse } from "../refuse.ts";

type Render = (graph: Graph<unknown>) => string;

/** The formats, each loaded when it is wanted. */
const FORMATS = {
  tree: async () => (await import("../../graph/render_tree.ts")).renderTree,
  dot: async () => (await import("../../graph/render_dot.ts")).renderDot,
  mermaid: async () => (await import("../../graph/render_mermaid.ts")).renderMermaid,
  json: async () => (await import("../../graph/render_json.ts")).renderJson,
} satisfies Record<string, () => Promise<Render>>;

/** What a graph can be shown after. */
const PASSES = ["autoedge"];

/** Notes that are shown about one graph. */
const NOTES = 20;

type Format = keyof typeof FORMATS;

/** Shows a graph; touches nothing but the file it is told to write. */
export const graph: Command = {
  name: "graph",
  summary: "show a graph as a tree, or for Graphviz, Mermaid and programs",
  usage: ["[FLAGS] FILE"],
  details: `The graph is shown as it is written. With --after autoedge it is shown as it would run:
with the edges that are found by themselves, drawn differently and with the reason for each. What
contradicts other edges is left out, with a note on the standard error.`,
  examples: [
    ["mgmt graph graph.yaml", "as a tree"],
    ["mgmt graph graph.yaml --after autoedge", "with the edges that are found by themselves"],
    ["mgmt graph graph.yaml --format dot | dot -Tsvg > graph.svg", "as a picture"],
  ],
  flags: [
    {
      name: "after",
      value: "PASS",
      summary:
        "show it as it is after that pass; autoedge: with the edges that are found by themselves",
      defaultText: "as it is written",
    },
    {
      name: "format",
      short: "f",
      value: "FORMAT",
      summary: "tree, dot, mermaid or json",
      defaultText: "tree",
    },
    {
      name: "graphviz",
      short: "g",
      value: "FILE",
      summary: "write it there, in DOT, and show nothing unless --format is given",
    },
    COLOR_FLAG,
  ],
  words: { least: 1, most: 1 },
  run: async (given, surface) => {
    const { flags, words: [file = "-"] } = given;
    const format = flags.get("format") ?? "tree";
    const target = flags.get("graphviz");
    const after = flags.get("after");
    if (after !== undefined && !PASSES.includes(after)) {
      const message = `--after takes ${PASSES.join(", ")}, not "${after}"`;
      return await refuse("graph", { message }, surface);
    }
    if (!isFormat(format)) {
      const message = `--format takes ${Object.keys(FORMATS).join(", ")}, not "${format}"`;
      return await refuse("graph", { message }, surface);
    }
    surface.restrictToReading({ andWriting: target !== undefined });
    const { loaded } = await readGraphFile(file, given, surface);
    if (loaded === undefined) return 1;
    const shown = after === undefined ? loaded.graph : await withAutoEdges(loaded.graph, surface);
    if (target !== undefined) {
      const { saveText } = await import("../../app/save_text.ts");
      const written = await saveText(target, (await FORMATS.dot())(shown));
      if (!written.ok) return await refuse("graph", written.failure, surface);
    }
    if (target === undefined || flags.has("format")) {
      await surface.print((await FORMATS[format]())(shown));
    }
    return 0;
  },
};

/** The graph as it would run; says what edges there might have been. */
async function withAutoEdges(
  written: Graph<Resource>,
  { complain }: CommandIO,
): Promise<Graph<Resource>> {
  const { finalGraph, TOO_MANY_EDGES } = await import("../../app/graph/final_graph.ts");
  const { graph, leftOut, tooMany } = await finalGraph(written);
  if (tooMany) await complain(`note: ${TOO_MANY_EDGES}\n`);
  for (const { edge, cycle } of leftOut.slice(0, NOTES)) {
    const what = `${edge.from} → ${edge.to} (${edge.name})`;
    await complain(
      `note: left out: ${printable(what)}; with it these would wait for each other: ` +
        `${printable(cycleText(cycle))}\n`,
    );
  }
  const more = leftOut.length - NOTES;
  if (more > 0) await complain(`note: left out: ${more} more\n`);
  return graph;
}

function isFormat(text: string): text is Format {
  return Object.hasOwn(FORMATS, text);
}
