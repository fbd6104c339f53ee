import { basename } from "node:path";
import type { GraphDocument, Locate } from "../../lang/document.ts";
import { KnownResources } from "../../lang/known_resources.ts";
import type { Path, Spot } from "../../lang/path.ts";
import type { LoadedProgram } from "../../program/loaded_program.ts";
import type { GraphPlaces, ProgramGraph } from "../../program/protocol.ts";
import type { RecordedRead } from "../../program/recorded_reads.ts";
import type { ModuleTexts } from "./module_texts.ts";

/** What came of what programs have told; it goes with that. What stayed is told as the same objects. */
const KNOWN = new KnownResources();

/** What a program evaluated to, as if it stood in a graph file. */
export function programDocument(
  graph: ProgramGraph,
  { program, reads, texts, entry }: {
    readonly program: LoadedProgram;
    /** What the program read, for whoever evaluates it again. */
    readonly reads: readonly RecordedRead[];
    readonly texts: ModuleTexts;
    readonly entry: string;
  },
): GraphDocument {
  const locate = placesOf(() => program.places(reads), texts);
  return { value: valueOf(graph, entry), known: KNOWN, locate };
}

/** In the form of a graph file; what is empty is left out. */
function valueOf({ resources, edges, collect }: ProgramGraph, entry: string): unknown {
  return {
    graph: basename(entry).replace(/\.ts$/, ""),
    ...(Object.keys(resources).length > 0 && { resources }),
    ...(edges.length > 0 && { edges }),
    ...(collect.length > 0 && { collect }),
  };
}

/** Places are found by another evaluation, when something is to be explained, and forgotten afterwards. */
function placesOf(
  evaluate: () => Promise<GraphPlaces | undefined>,
  texts: ModuleTexts,
): Locate {
  let places: Promise<GraphPlaces | undefined> | undefined;
  let waiting = 0;
  return async (path, part) => {
    waiting++;
    try {
      places ??= evaluate();
      const found = await places;
      return found && spotOf(path, part, found, texts);
    } finally {
      if (--waiting === 0) places = undefined;
    }
  };
}

function spotOf(
  [list, ...path]: Path,
  part: "key" | "value",
  places: GraphPlaces,
  texts: ModuleTexts,
): Spot | undefined {
  if (list === "resources") return resourceSpot(path, part, places, texts);
  if (list === "edges") {
    const edge = typeof path[0] === "number" ? places.edges[path[0]] : undefined;
    if (edge?.call === undefined) return undefined;
    return texts.spotInCall(edge.call, { argument: 1, path: [edge.word], part });
  }
  if (list !== "collect" || typeof path[0] !== "number") return undefined;
  const call = places.collect[path[0]];
  return call && texts.spotInCall(call, { argument: 0, path: path.slice(1), part });
}

function resourceSpot(
  [kind, index, ...fields]: Path,
  part: "key" | "value",
  { resources }: GraphPlaces,
  texts: ModuleTexts,
): Spot | undefined {
  const calls = Object.hasOwn(resources, String(kind)) ? resources[String(kind)] : undefined;
  const call = calls?.[typeof index === "number" ? index : 0];
  if (call === undefined) return undefined;
  return fields.length === 0 || fields[0] === "name"
    ? texts.spotInCall(call, { argument: 0, path: [], part })
    : texts.spotInCall(call, { argument: 1, path: fields, part });
}
