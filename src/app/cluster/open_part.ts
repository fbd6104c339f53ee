/**
 * What part a run has in a cluster: a host's, a reader's, or none.
 *
 * @module
 */

import type { AgentParts } from "../agent_parts.ts";
import type { MembershipOptions } from "./active_membership.ts";
import type { ClusterPart } from "./cluster_part.ts";
import { RunsTeller } from "./runs_teller.ts";

export { shareAbout } from "./about_host.ts";

/** Hears what happens from now on, to tell the cluster how the resources of this host are. */
export function runsTeller(
  { host: { clock }, state, follow }: Pick<AgentParts, "host" | "state" | "follow">,
): RunsTeller {
  const teller = new RunsTeller({ clock, state });
  follow(teller);
  return teller;
}

/** Opens it, each kind loaded when it is wanted; undefined: it cannot be, which was told. */
export async function openPart(
  options: MembershipOptions,
  earlier: string | undefined,
): Promise<ClusterPart | undefined> {
  const { settings: { noop, cluster }, tell } = options;
  if (!cluster.network) {
    const { NoNetwork } = await import("./no_network.ts");
    tell({ what: "no-network" });
    return new NoNetwork(options);
  }
  if (noop) {
    const { ReadOnlyClient } = await import("./read_only_client.ts");
    return new ReadOnlyClient(options, earlier);
  }
  const { Membership } = await import("./membership.ts");
  const started = Membership.open(options);
  if (started.ok) return started.value;
  tell({ what: "trouble", failure: started.failure });
  return undefined;
}
