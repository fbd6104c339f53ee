import { mayBeProgram } from "../../app/graph/may_be_program.ts";
import { printable } from "../../base/printable.ts";
import { cycleText } from "../../graph/cycle.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Resource } from "../../kind/resource.ts";
import type { LoadedGraph } from "../../lang/load.ts";
import type { PassObserver } from "../../lang/passes.ts";
import type { Command, CommandIO, CommandLine } from "../command.ts";
import { type Flag, type FlagValues, takesChoice, takesText } from "../../app/flags.ts";
import { COLOR_FLAG } from "../../app/run_flags.ts";
import type { FixedFacts } from "../../facts/fixed_facts.ts";
import {
  ASKED_FLAGS,
  factsOfLine,
  FOR_HOST_FLAG,
  prefixOfLine,
  readGraphFile,
  usesColor,
  WHOSE_FLAGS,
} from "../read_graph_file.ts";
import { refuse } from "../refuse.ts";

type Render = (graph: Graph<unknown>, value: unknown) => string;

/** The formats, each loaded when it is wanted. */
const FORMATS = {
  tree: async () => (await import("../../graph/render_tree.ts")).renderTree,
  dot: async () => (await import("../../graph/render_dot.ts")).renderDot,
  mermaid: async () => (await import("../../graph/render_mermaid.ts")).renderMermaid,
  json: async () => (await import("../../graph/render_json.ts")).renderJson,
  yaml: async () => {
    const { renderYaml } = await import("../../app/graph/render_yaml.ts");
    return (_graph, value) => renderYaml(value);
  },
} satisfies Record<string, () => Promise<Render>>;

/** Notes that are shown about one graph. */
const NOTES = 20;

/** What is done before the passes. */
const VALUES = "values";

/** That, and those of the list of passes that give a graph; named here, for the list takes long to load. */
const SHOWN_PASSES = [VALUES, "resources", "edges", "junctions", "collected", "autoedge"] as const;

const AFTER_FLAG = {
  name: "after",
  ...takesChoice("PASS", SHOWN_PASSES),
  summary:
    "show it as it is after that: values (in YAML), resources, edges, junctions, collected or autoedge",
  defaultText: "as it is written",
} as const satisfies Flag;

const FORMAT_FLAG = {
  name: "format",
  short: "f",
  ...takesChoice("FORMAT", ["tree", "dot", "mermaid", "json", "yaml"]),
  summary: "tree, dot, mermaid, json, or yaml: a graph file that says the same",
  defaultValue: "tree",
} as const satisfies Flag;

const GRAPHVIZ_FLAG = {
  name: "graphviz",
  short: "g",
  ...takesText("FILE"),
  summary: "write it there, in DOT, and show nothing unless --format is given",
} as const satisfies Flag;

/** Shows a graph; touches nothing but the file it is told to write. */
export const graph: Command = {
  name: "graph",
  summary: "show a graph as a tree, or for Graphviz, Mermaid and programs",
  usage: ["[FLAGS] FILE"],
  details: `The graph is shown as it is written. With --after autoedge it is shown as it would run:
with the edges that are found by themselves, drawn differently and with the reason for each. What
contradicts other edges is left out, with a note on the standard error.

After values it has the values in the place of their names, and the resources of this host.
Of the passes before, resources has no edges yet, edges has them, junctions what edges to entries
of collect meet at, and collected what other hosts offer, which is nothing here.`,
  examples: [
    ["mgmt graph graph.yaml", "as a tree"],
    ["mgmt graph graph.yaml --after autoedge", "with the edges that are found by themselves"],
    ["mgmt graph graph.yaml --format dot | dot -Tsvg > graph.svg", "as a picture"],
    ["mgmt graph graph.yaml --after values", "with its values in place, as YAML"],
    ["mgmt graph site.ts --format yaml", "what a program evaluates to"],
    ["mgmt graph site.ts --as db1", "as a host of the cluster would read it"],
  ],
  flags: [
    AFTER_FLAG,
    FORMAT_FLAG,
    GRAPHVIZ_FLAG,
    FOR_HOST_FLAG,
    ...WHOSE_FLAGS,
    ...ASKED_FLAGS,
    COLOR_FLAG,
  ],
  words: { least: 1, most: 1 },
  run: async (given, surface) => {
    const { values, words: [file = "-"] } = given;
    const format = formatOf(values);
    const target = values.of(GRAPHVIZ_FLAG);
    const after = values.of(AFTER_FLAG);
    const facts = await factsOfLine(given, surface);
    if (!facts.ok) return await refuse("graph", facts.failure, surface);
    surface.restrictToReading({
      andWriting: target !== undefined,
      andStarting: mayBeProgram(file),
    });
    const shown = await graphAfter(after, file, { ...given, facts: facts.value }, surface);
    if (shown === undefined) return 1;
    const { graph, value } = shown;
    if (target !== undefined) {
      const { saveText } = await import("../../app/save_text.ts");
      const written = await saveText(target, (await FORMATS.dot())(graph));
      if (!written.ok) return await refuse("graph", written.failure, surface);
    }
    if (target === undefined || values.has(FORMAT_FLAG)) {
      await surface.print((await FORMATS[format]())(graph, value));
    }
    return 0;
  },
};

/** With its values a graph is best seen as it would be written. */
function formatOf(values: FlagValues): keyof typeof FORMATS {
  const isTold = values.has(FORMAT_FLAG) || values.of(AFTER_FLAG) !== VALUES;
  return isTold ? values.of(FORMAT_FLAG) : "yaml";
}

/** The graph of a file after a pass, or as it is written; undefined: it has mistakes. */
async function graphAfter(
  after: string | undefined,
  file: string,
  given: CommandLine & { readonly facts: FixedFacts | undefined },
  surface: CommandIO,
): Promise<{ readonly graph: Graph<Resource>; readonly value: unknown } | undefined> {
  let shown: Graph<Resource> | undefined;
  const seen: PassObserver = (pass, graph) => {
    if (pass === after) shown = graph;
  };
  const { loaded, value } = await readGraphFile(file, { values: given.values, surface }, {
    seen,
    withValue: formatOf(given.values) === "yaml",
    host: given.values.of(FOR_HOST_FLAG),
    facts: given.facts,
    prefix: prefixOfLine(given),
    color: usesColor(given, surface),
  });
  if (loaded === undefined) return undefined;
  if (after === undefined || after === VALUES) return { graph: loaded.graph, value };
  return { graph: shown ?? await asItRuns(loaded, after, surface), value };
}

/** The graph after a pass to a run; says what edges there might have been. */
async function asItRuns(
  loaded: LoadedGraph,
  last: string,
  { complain }: CommandIO,
): Promise<Graph<Resource>> {
  const { finalGraph, TOO_MANY_EDGES } = await import("../../app/graph/final_graph.ts");
  const { kindsOnDemand: registry } = await import("../../resources/on_demand.ts");
  const { graph, autoEdges } = await finalGraph(loaded, { registry, last });
  const { leftOut = [], tooMany = false } = autoEdges ?? {};
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
