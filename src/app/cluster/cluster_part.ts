import type { Store } from "../../cluster/store/store.ts";
import type { OtherHosts } from "../graph/composer.ts";
import type { LoadedGraph } from "../../lang/load.ts";

/** This run's part in a cluster, beside its graph. */
export interface ClusterPart extends OtherHosts {
  /** Whether a first answer is still waited for. */
  readonly pending: boolean;
  /** Where it can be read now; absent: nowhere. */
  readonly store?: Store | undefined;
  /** The graph exports and collects something else from now on. */
  graph(graph: LoadedGraph): void;
  /** Looks for the others. */
  begin(): void;
  /** Looks at the store again. */
  compare(): void;
  stop(): Promise<void>;
}
