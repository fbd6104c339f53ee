import type { Member } from "../store/store.ts";
import type { ClusterPhase } from "./phase.ts";

/** What `mgmt members` and `mgmt cluster status` say of this host. */
export interface ClusterAgentStatus {
  readonly phase: ClusterPhase;
  readonly clusterId: string | undefined;
  readonly memberId: string | undefined;
  readonly etcd: string;
  /** Since when there is no contact with the cluster. */
  readonly lostSince: number | undefined;
  /** The cluster has answered since the start, and still does. */
  readonly answers: boolean;
  /** As last heard, also while there is no contact. */
  readonly members: readonly Member[] | undefined;
  /** When that was asked for. */
  readonly heardAt: number;
  readonly registered: boolean;
  /** What the store has of this host as long as its name is its own. */
  readonly live: string | undefined;
  /** What this host does as the leader, and why; undefined: it does not lead. */
  readonly leads: string | undefined;
}
