/** The metrics of this host's part in a cluster; without one only its role is told. */

import type { ClusterRole } from "../cluster_state.ts";
import { type Family, single } from "./family.ts";
import type { MetricsSource } from "./source.ts";

const ROLES: readonly ClusterRole[] = ["none", "client", "learner", "voter"];

/** See the file. */
export const CLUSTER_FAMILIES: readonly Family[] = [
  {
    name: "mgmt_cluster_role",
    type: "gauge",
    labels: ["role"],
    help:
      "1 for what this host is to its cluster: none (it has no part in one), client, learner, voter.",
    samples: ({ snapshot: { cluster } }) =>
      ROLES.map((role) => [{ role }, role === cluster.role ? 1 : 0]),
  },
  {
    name: "mgmt_cluster_members",
    type: "gauge",
    labels: ["role"],
    help: "Hosts that run etcd for the cluster, as last heard.",
    samples: (source) => {
      if (!hasPart(source)) return [];
      const { members } = source.snapshot.cluster;
      const learners = members.filter(({ learner }) => learner).length;
      return [[{ role: "voter" }, members.length - learners], [{ role: "learner" }, learners]];
    },
  },
  single(
    "gauge",
    "mgmt_cluster_has_leader",
    "1: a host decides for the cluster, as far as was heard.",
    (source) => inPart(source, source.snapshot.cluster.leader === undefined ? 0 : 1),
  ),
  single(
    "gauge",
    "mgmt_cluster_contact",
    "1: the cluster answers this host; 0: it does not, or has not yet.",
    (source) => inPart(source, source.snapshot.cluster.contact === "there" ? 1 : 0),
  ),
  single(
    "gauge",
    "mgmt_cluster_silent_seconds",
    "For how long the cluster has not answered this host; 0: it does.",
    (source) => {
      const { lostSinceMs } = source.snapshot.cluster;
      const silentMs = lostSinceMs === undefined ? 0 : source.nowMs - lostSinceMs;
      return inPart(source, Math.max(0, silentMs) / 1000);
    },
  ),
  single(
    "gauge",
    "mgmt_cluster_outcast",
    "1: this host has no part in its cluster, though it should have; mgmt cluster status says why.",
    ({ snapshot: { cluster } }) => cluster.outcast === undefined ? 0 : 1,
  ),
  single(
    "gauge",
    "mgmt_exported_resources",
    "Resources that the graph in force offers to other hosts.",
    ({ exchange }) => exchange.exported,
  ),
  single(
    "gauge",
    "mgmt_collected_resources",
    "Resources of the graph in force that came from other hosts.",
    ({ exchange }) => exchange.collected,
  ),
  single(
    "gauge",
    "mgmt_store_database_bytes",
    "Size of the database of this host's etcd.",
    ({ store }) => store?.databaseBytes,
  ),
  single(
    "gauge",
    "mgmt_store_used_bytes",
    "What of that holds data.",
    ({ store }) => store?.inUseBytes,
  ),
  single(
    "gauge",
    "mgmt_store_quota_bytes",
    "The size from which on this host's etcd takes nothing more.",
    ({ store }) => store === undefined || store.quotaBytes === 0 ? undefined : store.quotaBytes,
  ),
  single(
    "gauge",
    "mgmt_store_lag_entries",
    "What is decided, and this host's etcd has not done yet.",
    ({ store }) => store?.lag,
  ),
];

function hasPart({ snapshot: { cluster } }: MetricsSource): boolean {
  return cluster.phase !== undefined;
}

function inPart(source: MetricsSource, value: number): number | undefined {
  return hasPart(source) ? value : undefined;
}
