/** What a prefix knows of its cluster before anything of it is opened. */

import { isThere } from "../agent_prefix.ts";
import type { AgentDisk } from "../../cluster/agent/io.ts";
import { stateDirectory } from "../../os/state/state_directory.ts";
import { BELIEVED, IDENTITY, readIdentity, TRUST } from "./disk.ts";

/** Which cluster a prefix knows: one that speaks TLS, a plain one, or none. */
export type KnownCluster = "tls" | "plain" | "none";

/** Where certificates and keys are. */
export function trustDirectory(prefix: string): string {
  return `${prefix}/${TRUST}`;
}

/** Whether there is anything of a TLS cluster below a prefix; costs one look. */
export function hasTrust(prefix: string): boolean {
  return isThere(`${trustDirectory(prefix)}/${BELIEVED}`);
}

/** Which cluster the host of a prefix is in, or is to be in. What went with a run that was killed is none. */
export function knownCluster(prefix: string | undefined): KnownCluster {
  if (prefix === undefined) return "none";
  const identity = identityOf(prefix);
  // Who only was a client of such a run's cluster has its certificate from elsewhere.
  const isOver = identity?.member !== undefined && identity.temporary?.endpoints.length === 0;
  if (isOver) return "none";
  if (hasTrust(prefix)) return "tls";
  return belongs(prefix) || identity?.temporary !== undefined ? "plain" : "none";
}

/** Whether the host of a prefix is in a cluster, as far as it knows. */
export function belongs(prefix: string): boolean {
  const { clusterId, member } = identityOf(prefix) ?? {};
  return clusterId !== undefined || member !== undefined;
}

function identityOf(prefix: string): AgentDisk | undefined {
  const text = stateDirectory(`${prefix}/cluster/state`).read(IDENTITY);
  return text === undefined ? undefined : readIdentity(text);
}
