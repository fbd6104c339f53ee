import type { Graph } from "../../graph/graph.ts";
import { openForLater } from "../../host/late_file.ts";
import type { Command } from "../command.ts";
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

type Format = keyof typeof FORMATS;

/** Shows a graph; touches nothing but the file it is told to write. */
export const graph: Command = {
  name: "graph",
  summary: "show a graph as a tree, or for Graphviz, Mermaid and programs",
  usage: ["[FLAGS] FILE"],
  examples: [
    ["mgmt graph graph.yaml", "as a tree"],
    ["mgmt graph graph.yaml --format dot | dot -Tsvg > graph.svg", "as a picture"],
  ],
  flags: [
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
    if (!isFormat(format)) {
      const message = `--format takes ${Object.keys(FORMATS).join(", ")}, not "${format}"`;
      return await refuse("graph", { message }, surface);
    }
    // Opened first, because nothing may be opened for writing once the graph is read.
    const opened = target === undefined ? undefined : openForLater(target);
    if (opened?.ok === false) return await refuse("graph", opened.failure, surface);
    using dotFile = opened?.value;
    surface.restrictToReading();
    const { loaded } = await readGraphFile(file, given, surface);
    if (loaded === undefined) return 1;
    if (dotFile !== undefined) {
      const written = dotFile.replace((await FORMATS.dot())(loaded.graph));
      if (!written.ok) return await refuse("graph", written.failure, surface);
    }
    if (dotFile === undefined || flags.has("format")) {
      await surface.print((await FORMATS[format]())(loaded.graph));
    }
    return 0;
  },
};

function isFormat(text: string): text is Format {
  return Object.hasOwn(FORMATS, text);
}
