import type { SharedValues } from "../../cluster/exchange/shared_values.ts";
import type { CollectRule, HostExport } from "../../kind/export.ts";
import type { LoadedGraph } from "../../lang/load.ts";
import type { MembershipOptions } from "./active_membership.ts";
import type { ClusterPart } from "./cluster_part.ts";

/**
 * A run with `--no-network`: nobody is looked for. Of what the graph collects there is what it exports
 * itself; what others export nobody knows, so that no purge takes it away.
 */
export class NoNetwork implements ClusterPart {
  readonly pending = false;
  readonly #name: string;
  readonly #values: SharedValues;
  #graph: Pick<LoadedGraph, "offers" | "collects"> = { offers: [], collects: [] };

  /** `name`: what this host is called. */
  constructor({ name, values }: Pick<MembershipOptions, "name" | "values">) {
    this.#name = name;
    this.#values = values;
    values.alone();
  }

  graph(graph: LoadedGraph): void {
    this.#graph = graph;
    this.#values.own(graph.offers);
  }

  offers(): readonly HostExport[] {
    return this.#graph.offers.map((offer) => ({ ...offer, host: this.#name, hostId: "" }));
  }

  remembered(): readonly HostExport[] {
    return [];
  }

  readonly hasAnswered = false;

  unknown(): readonly CollectRule[] {
    return this.#graph.collects.filter(({ host }) => host !== this.#name);
  }

  begin(): void {}

  compare(): void {}

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
