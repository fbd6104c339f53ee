/**
 * From the text of a graph file to a graph: a few passes, each in a file of its own. All mistakes
 * are found at once; their places are looked up only if there are any.
 *
 * @module
 */

import type { Diagnostic } from "../base/diagnostic.ts";
import { LIMITS } from "../base/limits.ts";
import type { Graph } from "../graph/graph.ts";
import { graphTooLarge } from "../graph/limits.ts";
import type { Registry } from "../kind/kind.ts";
import type { CollectRule, Export } from "../kind/export.ts";
import type { Resource } from "../kind/resource.ts";
import { withJunctions } from "./collect_junction.ts";
import { readCollect, reportEdgesOfExports } from "./collect.ts";
import { reportContradictions } from "./contradictions.ts";
import { tooLarge } from "./yaml/decode.ts";
import { reportDoubts } from "./doubts.ts";
import { readEdges } from "./edges.ts";
import { checkExpansion } from "./yaml/expansion.ts";
import { openLocator } from "./yaml/locate.ts";
import { arranged, Mistakes } from "./mistakes.ts";
import type { Path } from "./path.ts";
import { readResources } from "./resources.ts";
import type { WrittenResource } from "./resources.ts";
import { ownStrings } from "./yaml/own_strings.ts";
import { parseYaml } from "./yaml/syntax.ts";
import { explainSyntax, loneCarriageReturn } from "./yaml/syntax_mistakes.ts";
import { readOutline } from "./top.ts";
import type { Outline } from "./top.ts";

/** A place in a graph file; line and column are 1-based. */
export interface GraphPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A graph, and what else is known of its file. */
export interface LoadedGraph {
  readonly graph: Graph<Resource>;
  /** The directory of the graph file, absolute. */
  readonly directory: string;
  /** What it exports, and what it takes of what others do. */
  readonly offers: readonly Export[];
  readonly collects: readonly CollectRule[];
  readonly warnings: readonly Diagnostic[];
  /** Where a resource (by key) is written; reads the text again on first use. */
  placeOf(key: string): Promise<GraphPlace | undefined>;
}

export type LoadOutcome =
  | { readonly ok: true; readonly loaded: LoadedGraph }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export interface LoadOptions {
  /** The file as the user wrote it, for messages. */
  readonly file: string;
  /** Its directory, absolute, for relative sources. */
  readonly directory: string;
  readonly registry: Registry;
  /** Another one was read before, of which parts may stay in use, and so on. */
  readonly again?: boolean;
}

/** Reads a graph file's text and validates all of it. */
export async function loadGraph(text: string, options: LoadOptions): Promise<LoadOutcome> {
  if (text.length > LIMITS.graphFileBytes) return refused([tooLarge(options.file)]);
  const source = text.startsWith("\ufeff") ? text.slice(1) : text;
  const unclear = loneCarriageReturn(source, options.file);
  if (unclear !== undefined) return refused([unclear]);
  const parsed = parseYaml(source);
  if (parsed.ok && options.again) ownStrings(parsed.value);
  if (parsed.ok) return await interpret(parsed.value, source, [], options);
  const report = await explainSyntax(source, options.file, parsed.error);
  const tolerant = report.onlyDuplicateKeys ? parseYaml(source, { duplicateKeys: true }) : parsed;
  if (!tolerant.ok) return refused(report.diagnostics);
  return await interpret(tolerant.value, source, report.diagnostics, options);
}

function refused(diagnostics: readonly Diagnostic[]): LoadOutcome {
  return { ok: false, diagnostics };
}

async function interpret(
  value: unknown,
  source: string,
  earlier: readonly Diagnostic[],
  options: LoadOptions,
): Promise<LoadOutcome> {
  const mistakes = new Mistakes();
  const outline = readTop(value, source, mistakes);
  if (outline !== undefined) await prepareKinds(outline, options.registry);
  const read = outline && readGraph(outline, options, mistakes);
  const found = mistakes.empty ? [] : mistakes.diagnostics(options.file, await openLocator(source));
  const errors = earlier.length + mistakes.errors;
  const diagnostics = arranged([...earlier, ...found], options.file, errors);
  if (read === undefined || errors > 0) return refused(diagnostics);
  const placeOf = placeFinder(source, options.file, read.written);
  const { graph, offers, collects } = read;
  const { directory } = options;
  return {
    ok: true,
    loaded: { graph, directory, offers, collects, warnings: diagnostics, placeOf },
  };
}

interface ReadGraph {
  readonly graph: Graph<Resource>;
  readonly written: ReadonlyMap<string, WrittenResource>;
  readonly offers: readonly Export[];
  readonly collects: readonly CollectRule[];
}

/** The first pass over a parsed file; undefined where it is refused as a whole. */
function readTop(value: unknown, source: string, mistakes: Mistakes): Outline | undefined {
  if (!staysSmall(value, source, mistakes)) return undefined;
  const outline = readOutline(value, mistakes);
  return outline !== undefined && hasAllowedSize(outline, mistakes) ? outline : undefined;
}

/** What only some kinds need is loaded when they are used. */
async function prepareKinds({ resources }: Outline, registry: Registry): Promise<void> {
  for (const kind of Object.keys(resources)) await registry.get(kind)?.prepare?.();
}

/** The other passes. */
function readGraph(outline: Outline, options: LoadOptions, mistakes: Mistakes): ReadGraph {
  const { registry, directory } = options;
  const { vertices, written, offers } = readResources(outline.resources, {
    registry,
    directory,
    mistakes,
  });
  reportContradictions(vertices, written, mistakes);
  const collects = readCollect(outline.collect, registry, mistakes);
  const collectIds = collects.flatMap(({ id }) => id ?? []);
  const { edges, exported } = readEdges(outline.edges, { registry, written, collectIds, mistakes });
  reportEdgesOfExports(exported, mistakes);
  const graph = withJunctions({ name: outline.name, vertices, edges }, collectIds);
  reportDoubts(graph, written, mistakes);
  return { graph, written, offers, collects };
}

function staysSmall(value: unknown, source: string, mistakes: Mistakes): boolean {
  const expansion = checkExpansion(value, source);
  if (expansion === "too large") {
    mistakes.error(
      [],
      `with its aliases written out, the file has more than ` +
        `${LIMITS.graphFileNodes} values`,
      { whole: true, hint: "use fewer aliases of aliases" },
    );
  } else if (expansion === "endless") {
    mistakes.error([], "an alias in the file refers to something that contains it", {
      whole: true,
    });
  }
  return expansion === "fine";
}

function hasAllowedSize({ resources, edges }: Outline, mistakes: Mistakes): boolean {
  let count = 0;
  for (const list of Object.values(resources)) count += Array.isArray(list) ? list.length : 0;
  const reason = graphTooLarge(count, edges.length);
  if (reason === undefined) return true;
  const path: Path = [count > LIMITS.vertices ? "resources" : "edges"];
  mistakes.error(path, reason.message, {
    part: "key",
    ...(reason.hint === undefined ? {} : { hint: reason.hint }),
  });
  return false;
}

/** Keeps the text, and the places once they were asked for. */
function placeFinder(
  source: string,
  file: string,
  written: ReadonlyMap<string, WrittenResource>,
): (key: string) => Promise<GraphPlace | undefined> {
  let places: Promise<ReadonlyMap<string, GraphPlace>> | undefined;
  const readPlaces = async () => {
    const locator = await openLocator(source);
    const found = new Map<string, GraphPlace>();
    for (const [key, { path }] of written) {
      const spot = locator.find([...path, "name"], "value");
      if (spot !== undefined) found.set(key, { file, line: spot.line, column: spot.column });
    }
    return found;
  };
  return async (key) => {
    places ??= readPlaces();
    return (await places).get(key);
  };
}
