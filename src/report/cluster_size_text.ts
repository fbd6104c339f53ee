/** How many members a cluster has, and how many of them may fail. */

import type { ClusterStatus } from "../cluster/admin/cluster_status.ts";
import { count } from "../base/words.ts";

/** In the words that its leader has for it. */
export function sizeText(
  { hosts, voters, mayFail }: Pick<ClusterStatus, "hosts" | "voters" | "mayFail">,
): string {
  const members = hosts.filter(({ role }) => role !== "client").length;
  const survives = mayFail === 0 ? "none" : mayFail;
  return `${count(members, "member")}, ${count(voters, "voter")}: survives the loss of ${survives}`;
}
