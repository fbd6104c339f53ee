import { wantsColor } from "../../app/settings.ts";
import type { Graph } from "../../graph/graph.ts";
import { openForLater } from "../../host/late_file.ts";
import type { Command } from "../command.ts";
import { COLOR_FLAG } from "../command.ts";
import { refuse } from "../refuse.ts";

type Render = (graph: Graph<unknown>) => string;

/** The formats, each loaded when it is wanted. */
const FORMATS: Readonly<Record<string, () => Promise<Render>>> = {
  tree: async () => (await import("../../graph/render_tree.ts")).renderTree,
  dot: async () => (await import("../../graph/render_dot.ts")).renderDot,
  mermaid: async () => (await import("../../graph/render_mermaid.ts")).renderMermaid,
  json: async () => (await import("../../graph/render_json.ts")).renderJson,
};

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
  run: async ({ flags, words: [file = "-"] }, surface) => {
    const format = flags.get("format");
    const target = flags.get("graphviz");
    const wanted = FORMATS[format ?? "tree"];
    if (wanted === undefined || !Object.hasOwn(FORMATS, format ?? "tree")) {
      const message = `--format takes ${Object.keys(FORMATS).join(", ")}, not "${format}"`;
      return await refuse("graph", { message }, surface);
    }
    // Opened first, because nothing may be opened for writing once the graph is read.
    const opened = target === undefined ? undefined : openForLater(target);
    if (opened?.ok === false) return await refuse("graph", opened.failure, surface);
    surface.restrictToReading();
    const { readGraph } = await import("../../app/read_graph.ts");
    const { registry } = await import("../../resources/registry.ts");
    const color = wantsColor(flags.get("color"), surface.environment, surface.talkIsTerminal);
    const { loaded, text } = await readGraph(file, { registry, color });
    if (text !== "") await surface.complain(`${text}\n`);
    if (loaded === undefined) return 1;
    if (opened !== undefined) {
      const { renderDot } = await import("../../graph/render_dot.ts");
      const written = opened.value.replace(renderDot(loaded.graph));
      if (!written.ok) return await refuse("graph", written.failure, surface);
    }
    if (opened === undefined || format !== undefined) {
      await surface.print((await wanted())(loaded.graph));
    }
    return 0;
  },
};
