/**
 * From a document to a graph, by the passes over documents. All mistakes are found at once; their places
 * are looked up only if there are any.
 *
 * @module
 */

import { basename, join } from "node:path";
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Graph } from "../graph/graph.ts";
import type { CollectRule, Export } from "../kind/export.ts";
import type { Registry } from "../kind/kind.ts";
import type { Resource } from "../kind/resource.ts";
import type { SeenChange } from "../os/watch/watcher.ts";
import type { GraphDocument, Locate } from "./document.ts";
import { arranged, Mistakes } from "./mistakes.ts";
import { type PassObserver, runPasses } from "./passes.ts";
import type { WrittenResource } from "./resources.ts";

/** A place in a graph file; line and column are 1-based. */
export interface GraphPlace {
  readonly file: string;
  /** The file, absolute; `-` is the standard input. */
  readonly path: string;
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
  /** What was seen to happen to its files, after which it was read. */
  readonly edit?: SeenChange;
  /** Where a resource (by key) is written; looks for the places of all of them on first use. */
  placeOf(key: string): Promise<GraphPlace | undefined>;
}

/** A graph, or what is wrong with it. */
export type LoadOutcome =
  | { readonly ok: true; readonly loaded: LoadedGraph }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** What must be known besides the document. */
export interface LoadOptions {
  /** The file as the user wrote it, for messages. */
  readonly file: string;
  /** Where it is, absolute; absent: under that name in its directory. */
  readonly path?: string | undefined;
  /** Its directory, absolute, for relative sources. */
  readonly directory: string;
  readonly registry: Registry;
  /** The name of the host that it is to run on; absent: whichever. */
  readonly host?: string | undefined;
  /** Hears of the graph after each pass that changes it. */
  readonly seen?: PassObserver | undefined;
}

/** Validates all of a document. What comes of it keeps no part of the document but how to find places. */
export async function loadGraph(
  { value, written: numbers, texts, known, locate, mistakes: earlier = [] }: GraphDocument,
  { file, path: named, directory, registry, host, seen }: LoadOptions,
): Promise<LoadOutcome> {
  const mistakes = new Mistakes();
  const given = { value, numbers, texts, known, directory, registry, host, mistakes };
  const facts = await runPasses("document", given, {
    seen,
  });
  const found = await mistakes.diagnostics(file, locate);
  const errors = earlier.length + mistakes.errors;
  // Where something was wrong already, what comes of it says nothing more.
  const said = new Set(earlier.map(placeText));
  const further = found.filter((each) => each.line === undefined || !said.has(placeText(each)));
  const diagnostics = arranged([...earlier, ...further], file, errors);
  if (facts === undefined || errors > 0) return { ok: false, diagnostics };
  const { offers, collects, written } = facts;
  const path = named ?? (file === "-" ? file : join(directory, basename(file)));
  const placeOf = placeFinder(locate, { file, path }, written);
  const graph = await withHeaderTexts(facts.graph, { written, locate, path });
  const loaded = { graph, directory, offers, collects, warnings: diagnostics, placeOf };
  return { ok: true, loaded };
}

function placeText({ file, line, column }: Diagnostic): string {
  return `${file}:${line}:${column}`;
}

/** Those whose files get a header are told where they are written; for others nobody looks. */
async function withHeaderTexts(
  graph: Graph<Resource>,
  { written, locate, path }: {
    readonly written: ReadonlyMap<string, WrittenResource>;
    readonly locate: Locate;
    readonly path: string;
  },
): Promise<Graph<Resource>> {
  const headed = [...graph.vertices.values()].filter(({ meta }) => meta.header !== undefined);
  if (headed.length === 0) return graph;
  const found = await Promise.all(headed.map(async (resource) => {
    const spot = await locate([...written.get(resource.key)?.path ?? [], "name"], "value");
    const place = spot?.path ?? (path === "-" ? "the standard input" : path);
    const line = spot === undefined ? "" : `:${spot.line}`;
    return [resource.key, { ...resource, headerText: `${resource.key}, ${place}${line}` }] as const;
  }));
  return { ...graph, vertices: new Map([...graph.vertices, ...found]) };
}

/** Keeps the places once they were asked for. */
function placeFinder(
  locate: Locate,
  { file, path: where }: { readonly file: string; readonly path: string },
  written: ReadonlyMap<string, WrittenResource>,
): (key: string) => Promise<GraphPlace | undefined> {
  let places: Promise<ReadonlyMap<string, GraphPlace>> | undefined;
  const readPlaces = async () => {
    const found = new Map<string, GraphPlace>();
    await Promise.all([...written].map(async ([key, { path }]) => {
      const spot = await locate([...path, "name"], "value");
      if (spot === undefined) return;
      const { line, column } = spot;
      const place = { file: spot.file ?? file, path: spot.path ?? where };
      found.set(key, { ...place, line, column });
    }));
    return found;
  };
  return async (key) => {
    places ??= readPlaces();
    return (await places).get(key);
  };
}
