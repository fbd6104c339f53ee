/**
 * From a graph as it is written to the graph that runs: with what is collected from other hosts, and
 * the edges that are found by themselves.
 *
 * @module
 */

import type { Graph } from "../../graph/graph.ts";
import type { Registry } from "../../kind/kind.ts";
import type { AttributeExpectation } from "../../kind/claim.ts";
import type { CollectRule, HostExport } from "../../kind/export.ts";
import type { Resource } from "../../kind/resource.ts";
import { expectedOf, placesOf } from "../../lang/collected.ts";
import type { LoadedGraph } from "../../lang/load.ts";
import type { ReportEvent } from "../../report/event.ts";
import type { SecretsPart } from "../secrets/secrets_part.ts";
import { finalGraph, TOO_MANY_EDGES } from "./final_graph.ts";

/** What is known of other hosts. */
export interface OtherHosts {
  /** What can be collected now. */
  offers(): readonly HostExport[];
  /** What they offered before, as long as it is not used. */
  remembered(): readonly HostExport[];
  /** Rules of which it is not known what there is for them. */
  unknown(): readonly CollectRule[];
  /** All have said what there is: what is still not known cannot be read, or is over a limit. */
  readonly hasAnswered: boolean;
}

/** A graph to run. */
export interface ComposedGraph {
  readonly graph: Graph<Resource>;
  /** Where resources may come that are not known yet. */
  readonly expected: readonly AttributeExpectation[];
  /** Keys of what other hosts export. */
  readonly collected: ReadonlySet<string>;
  /** Whether all is known that may be collected. */
  readonly isComplete: boolean;
}

const NONE: ReadonlySet<string> = new Set();

/** Puts graphs together, and says once what it leaves out. */
export class Composer {
  readonly #registry: Registry;
  readonly #emit: (event: ReportEvent) => void;
  readonly #secrets: SecretsPart | undefined;
  #warned: ReadonlySet<string> = new Set();

  /** `secrets`: knows what the graphs use; absent: nobody asks for them. */
  constructor(registry: Registry, emit: (event: ReportEvent) => void, secrets?: SecretsPart) {
    this.#registry = registry;
    this.#emit = emit;
    this.#secrets = secrets;
  }

  /** The graph to run, and where it may still get more. */
  async compose(loaded: LoadedGraph, others: OtherHosts | undefined): Promise<ComposedGraph> {
    const { collects, directory } = loaded;
    const registry = this.#registry;
    const offers = others?.offers() ?? [];
    const { graph, collected, autoEdges } = await finalGraph(loaded, { registry, others: offers });
    this.#warn(collected?.warnings ?? []);
    if (autoEdges?.tooMany) this.#emit({ type: "notice", topic: "Graph", text: TOO_MANY_EDGES });
    const remembered = others?.remembered() ?? [];
    const unknown = others?.unknown() ?? collects;
    const unheard = expectedOf(unknown, registry);
    const leftOut = (place: AttributeExpectation) => ({ ...place, leftOut: true });
    const expected = [
      ...(collected?.leftOut ?? []).map(leftOut),
      ...placesOf(remembered, { registry, rules: collects, directory }),
      ...(others?.hasAnswered === true ? unheard.map(leftOut) : unheard),
    ];
    const shown = await withHidden(graph);
    const known = await this.#secrets?.know(shown, directory) ?? shown;
    const { input } = loaded.graph;
    return {
      graph: input === undefined ? known : { ...known, input },
      expected,
      collected: collected?.collected ?? NONE,
      isComplete: remembered.length + unknown.length === 0,
    };
  }

  #warn(warnings: readonly string[]): void {
    for (const text of warnings) {
      if (!this.#warned.has(text)) this.#emit({ type: "warning", text });
    }
    this.#warned = new Set(warnings);
  }
}

/** With all that is beside something sensitive hidden; most graphs have nothing that is. */
async function withHidden(graph: Graph<Resource>): Promise<Graph<Resource>> {
  const isThere = [...graph.vertices.values()].some(({ params }) =>
    (params as { readonly sensitive?: unknown } | null)?.sensitive === true
  );
  if (!isThere) return graph;
  const { hiddenBeside } = await import("../../secrets/beside.ts");
  const hidden = hiddenBeside([...graph.vertices.values()]).map((each) =>
    [each.key, each] as const
  );
  return hidden.length === 0
    ? graph
    : { ...graph, vertices: new Map([...graph.vertices, ...hidden]) };
}
