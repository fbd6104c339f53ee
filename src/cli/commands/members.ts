import { OUTPUT_FLAG } from "../../app/run_flags.ts";
import { answer, CLUSTER_PLACE_FLAGS, clusterAsked } from "../cluster_flags.ts";
import type { Command } from "../command.ts";

/** Lists the hosts of a cluster. */
export const members: Command = {
  name: "members",
  summary: "list the hosts of a cluster",
  usage: ["[FLAGS]"],
  details:
    `Hosts that run etcd have a vote or learn; the others are clients. A host is live while its agent
says so, and silent 15 s after it did so last. It is what it is since the time given, in UTC.
With --output json: {"version": 1, "type": "members", "clusterId", "idealSize", "leader", "members":
[{"host", "hostId", "role": "voter", "learner" or "client", "memberId", "leadsEtcd", "decides", "live",
"answers", "etcd", "reason", "clientUrls", "since", "domain", "volunteers", "databaseBytes",
"alarms": of its etcd, as NOSPACE where the store is full, "trust": "server" or "agent", "certificate":
{"fingerprint", "issuedAt"}}]}; the last two are null where it does not say, or the cluster is plain text.`,
  examples: [
    ["mgmt members", "of the cluster that this host is in"],
    ["mgmt members --seeds 10.0.0.1:2379", "of the cluster there"],
  ],
  flags: [...CLUSTER_PLACE_FLAGS, OUTPUT_FLAG],
  words: { least: 0, most: 0 },
  run: async (given, surface) => {
    const app = await import("../../app/cluster/on_cluster.ts");
    return await answer("members", await app.members(clusterAsked(given, surface)), surface);
  },
};
