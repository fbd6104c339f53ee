/**
 * The list of passes, from a document to the graph that runs. Those over the document are made once for
 * each reading; those to a run, each time that other hosts offer something else.
 *
 * @module
 */

import { LIMITS } from "../base/limits.ts";
import type { Graph } from "../graph/graph.ts";
import { graphTooLarge } from "../graph/limits.ts";
import type { CollectRule, Export, HostExport } from "../kind/export.ts";
import type { Registry } from "../kind/kind.ts";
import type { Resource } from "../kind/resource.ts";
import { type AutoEdged, findAutoEdges } from "./autoedge/autoedge.ts";
import type { OwnedPaths, OwnerQuestion } from "./autoedge/ownership.ts";
import { kindsOfCollect, readCollect, reportEdgesOfExports } from "./collect.ts";
import { withJunctions } from "./collect_junction.ts";
import { type CollectedGraph, collectInto } from "./collected.ts";
import { reportContradictions } from "./contradictions.ts";
import { reportDoubts } from "./doubts.ts";
import type { WrittenNumbers } from "./document.ts";
import { readEdges } from "./edges.ts";
import type { KnownResources } from "./known_resources.ts";
import type { Mistakes } from "./mistakes.ts";
import { readResources, type WrittenResource } from "./resources.ts";
import { isForHost, type Outline, readOutline } from "./top.ts";

/** What is known of a graph by and by: what the first pass is given, and what each one adds. */
export interface Facts {
  /** The document's value. */
  readonly value: unknown;
  /** How its numbers are written, where its language tells. */
  readonly numbers: WrittenNumbers | undefined;
  /** Texts of what stands for a value. */
  readonly texts: WrittenNumbers | undefined;
  /** What came of the same entries before. */
  readonly known: KnownResources | undefined;
  readonly registry: Registry;
  /** For relative paths; absolute. */
  readonly directory: string;
  /** The name of the host that it is to run on; undefined: whichever. */
  readonly host: string | undefined;
  /** Where the passes over a document put what is wrong. */
  readonly mistakes: Mistakes;
  readonly outline: Outline;
  /** What the document speaks of, by key. */
  readonly written: ReadonlyMap<string, WrittenResource>;
  /** What other hosts may have. */
  readonly offers: readonly Export[];
  /** What is taken of what others offer. */
  readonly collects: readonly CollectRule[];
  readonly graph: Graph<Resource>;
  /** What others offer now. */
  readonly others: readonly HostExport[];
  readonly collected: Omit<CollectedGraph, "graph">;
  /** Asks the host which package brings a path. */
  readonly owners: (question: OwnerQuestion) => Promise<OwnedPaths>;
  readonly autoEdges: Omit<AutoEdged, "graph">;
}

type Fact = keyof Facts;

/** What a pass is made over. */
export type Stage = "document" | "run";

/** One pass: what it takes must be known before. */
export interface Pass {
  readonly name: string;
  readonly stage: Stage;
  readonly takes: readonly Fact[];
  /** What it gives anew, or in place of what there was. */
  readonly gives: readonly Fact[];
  /** Undefined: the document is refused as a whole, and there is nothing for further passes. */
  run(facts: Facts): Given | Promise<Given>;
}

type Given = Partial<Facts> | undefined;

/** Lets the compiler hold a pass to what it says that it takes and gives. */
function pass<Takes extends Fact, Gives extends Fact>(
  pass: Pick<Pass, "name" | "stage"> & {
    readonly takes: readonly Takes[];
    readonly gives: readonly Gives[];
    run(
      facts: Pick<Facts, Takes>,
    ): Pick<Facts, Gives> | undefined | Promise<Pick<Facts, Gives>>;
  },
): Pass {
  return pass;
}

/** All passes in their order. */
export const PASSES: readonly Pass[] = [
  pass({
    name: "outline",
    stage: "document",
    takes: ["value", "host", "mistakes"],
    gives: ["outline"],
    run: ({ value, host, mistakes }) => {
      const outline = readOutline(value, mistakes);
      const isRefused = outline === undefined || !isForHost(outline, host, mistakes) ||
        !hasAllowedSize(outline, mistakes);
      return isRefused ? undefined : { outline };
    },
  }),
  pass({
    // Kinds, and what only some of them need, are loaded when they are used.
    name: "kinds",
    stage: "document",
    takes: ["outline", "registry"],
    gives: [],
    run: async ({ outline, registry }) => {
      const kinds = [...Object.keys(outline.resources), ...kindsOfCollect(outline.collect)];
      await registry.load?.(kinds);
      for (const kind of kinds) await registry.get(kind)?.prepare?.();
      return {};
    },
  }),
  pass({
    name: "resources",
    stage: "document",
    takes: ["outline", "registry", "directory", "mistakes", "numbers", "texts", "known"],
    gives: ["graph", "written", "offers"],
    run: ({ outline, numbers, ...scope }) => {
      const { vertices, written, offers } = readResources(outline.resources, {
        ...scope,
        written: numbers,
      });
      return { graph: { name: outline.name, vertices, edges: [] }, written, offers };
    },
  }),
  pass({
    name: "contradictions",
    stage: "document",
    takes: ["graph", "written", "mistakes"],
    gives: [],
    run: ({ graph, written, mistakes }) => {
      reportContradictions(graph.vertices, written, mistakes);
      return {};
    },
  }),
  pass({
    name: "collect",
    stage: "document",
    takes: ["outline", "registry", "mistakes"],
    gives: ["collects"],
    run: ({ outline, registry, mistakes }) => ({
      collects: readCollect(outline.collect, registry, mistakes),
    }),
  }),
  pass({
    name: "edges",
    stage: "document",
    takes: ["outline", "graph", "collects", "registry", "written", "mistakes"],
    gives: ["graph"],
    run: ({ outline, graph, collects, ...scope }) => {
      const collectIds = idsOf(collects);
      const { edges, exported } = readEdges(outline.edges, { ...scope, collectIds });
      reportEdgesOfExports(exported, scope.mistakes);
      return { graph: { ...graph, edges } };
    },
  }),
  pass({
    name: "junctions",
    stage: "document",
    takes: ["graph", "collects"],
    gives: ["graph"],
    run: ({ graph, collects }) => ({ graph: withJunctions(graph, idsOf(collects)) }),
  }),
  pass({
    name: "doubts",
    stage: "document",
    takes: ["graph", "written", "mistakes"],
    gives: [],
    run: ({ graph, written, mistakes }) => {
      reportDoubts(graph, written, mistakes);
      return {};
    },
  }),
  pass({
    name: "collected",
    stage: "run",
    takes: ["graph", "collects", "others", "registry", "directory"],
    gives: ["graph", "collected"],
    run: ({ graph: written, collects: rules, others, registry, directory }) => {
      const scope = { registry, rules, directory };
      const { graph, ...collected } = collectInto(written, others, scope);
      return { graph, collected };
    },
  }),
  pass({
    name: "autoedge",
    stage: "run",
    takes: ["graph", "owners"],
    gives: ["graph", "autoEdges"],
    run: async ({ graph: before, owners }) => {
      const edging = findAutoEdges(before);
      const { graph, ...autoEdges } = edging.finish(await owners(edging.question));
      return { graph, autoEdges };
    },
  }),
];

/** The passes after which a graph is another one, so that it can be shown. */
export const SHOWN_PASSES: readonly Pass[] = PASSES.filter(({ gives }) => gives.includes("graph"));

/** Hears of the graph as it is after a pass. */
export type PassObserver = (pass: string, graph: Graph<Resource>) => void;

/**
 * Makes the passes of a stage, up to the one called `last` if there is one; undefined: refused as a whole.
 */
export async function runPasses(
  stage: Stage,
  given: Partial<Facts>,
  { seen, last }: { readonly seen?: PassObserver | undefined; readonly last?: string } = {},
): Promise<Facts | undefined> {
  let facts = given as Facts;
  for (const pass of PASSES) {
    if (pass.stage !== stage) continue;
    const added = await pass.run(facts);
    if (added === undefined) return undefined;
    facts = { ...facts, ...added };
    if (pass.gives.includes("graph")) seen?.(pass.name, facts.graph);
    if (pass.name === last) break;
  }
  return facts;
}

function idsOf(collects: readonly CollectRule[]): readonly string[] {
  return collects.flatMap(({ id }) => id ?? []);
}

function hasAllowedSize({ resources, edges }: Outline, mistakes: Mistakes): boolean {
  let count = 0;
  for (const list of Object.values(resources)) count += Array.isArray(list) ? list.length : 0;
  const reason = graphTooLarge(count, edges.length);
  if (reason === undefined) return true;
  mistakes.error([count > LIMITS.vertices ? "resources" : "edges"], reason.message, {
    part: "key",
    ...(reason.hint === undefined ? {} : { hint: reason.hint }),
  });
  return false;
}
