/**
 * From a graph as it is written to the graph that runs: with what is collected from other hosts, and
 * the edges that are found by themselves.
 *
 * @module
 */

import type { Graph } from "../graph/graph.ts";
import type { Registry } from "../kind/kind.ts";
import type { HostOffer } from "../kind/offer.ts";
import type { Resource } from "../kind/resource.ts";
import { collectInto } from "../lang/collected.ts";
import type { LoadedGraph } from "../lang/load.ts";
import type { ReportEvent } from "../report/event.ts";
import { finalGraph, TOO_MANY_EDGES } from "./final_graph.ts";

/** Puts graphs together, and says once what it leaves out. */
export class Composer {
  readonly #registry: Registry;
  readonly #emit: (event: ReportEvent) => void;
  #warned: ReadonlySet<string> = new Set();

  constructor(registry: Registry, emit: (event: ReportEvent) => void) {
    this.#registry = registry;
    this.#emit = emit;
  }

  /** The graph to run. */
  async compose(loaded: LoadedGraph, offers: readonly HostOffer[]): Promise<Graph<Resource>> {
    const { graph, collects, directory } = loaded;
    const scope = { registry: this.#registry, rules: collects, directory };
    const { graph: whole, warnings } = collectInto(graph, offers, scope);
    for (const text of warnings) {
      if (!this.#warned.has(text)) this.#emit({ type: "warning", text });
    }
    this.#warned = new Set(warnings);
    const { graph: final, tooMany } = await finalGraph(whole);
    if (tooMany) this.#emit({ type: "notice", topic: "Graph", text: TOO_MANY_EDGES });
    return final;
  }
}
