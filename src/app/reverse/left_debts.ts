import type { Failure } from "../../base/result.ts";
import type { PendingRefresh, RefreshStore } from "../../engine/debts.ts";
import type { LeftRefresh } from "../../engine/options.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Resource } from "../../kind/resource.ts";
import { stateDirectory } from "../../os/state/state_directory.ts";
import { fileDebts } from "../file_debts.ts";

/** The refreshes that taking one resource back owes: written down before, as those of a change are. */
export class LeftDebts {
  readonly #store: RefreshStore;
  readonly #graph: Graph<Resource>;
  readonly #added: PendingRefresh[] = [];

  /** `graph`: the one that is about to be in force. */
  constructor(prefix: string, graph: Graph<Resource>) {
    this.#store = fileDebts(stateDirectory(`${prefix}/debts`));
    this.#graph = graph;
  }

  /** Durable when it resolves; a failure where that cannot be written down. */
  async owe({ by, to }: LeftRefresh): Promise<Failure | undefined> {
    const { name: graph, vertices } = this.#graph;
    const targets = to.filter((key) => vertices.has(key));
    if (targets.length === 0) return undefined;
    const known = await this.#store.load(graph);
    if (!known.ok) return known.failure;
    for (const target of targets) {
      const debt = { graph, source: by, target, left: true } as const;
      const added = await this.#store.add(debt);
      if (!added.ok) return added.failure;
      const isOld = known.value.some((old) => old.source === by && old.target === target);
      if (!isOld) this.#added.push(debt);
    }
    return undefined;
  }

  /** Nothing was taken back: what was added is not owed; what a killed run has left still is. */
  async strike(): Promise<Failure | undefined> {
    for (const debt of this.#added.splice(0)) {
      const removed = await this.#store.remove(debt);
      if (!removed.ok) return removed.failure;
    }
    return undefined;
  }
}
