/** By which name its cluster knows a host that has no server role. */

import type { AgentDisk } from "../../cluster/agent/io.ts";
import type { ClusterSettings } from "./cluster_settings.ts";

/** What is known of the host that has its name in its cluster now. */
interface NamedHost {
  readonly name: string;
  readonly cluster: Pick<ClusterSettings, "credentials" | "member" | "outside">;
}

/**
 * Its identity with that name, where it lacks one: its certificate has rights to no other name, so the next
 * start goes on under it, whatever the machine is called then.
 */
export function withOwnName(disk: AgentDisk, { name, cluster }: NamedHost): AgentDisk {
  const { credentials, member, outside } = cluster;
  const isAgent = credentials !== "none" && member === "none" && outside === undefined;
  const isKnown = disk.clusterId !== undefined && disk.temporary === undefined;
  const isNamed = disk.host !== undefined || disk.member !== undefined;
  return isAgent && isKnown && !isNamed ? { ...disk, host: name } : disk;
}
