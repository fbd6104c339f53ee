/** By which name its cluster knows a host that has no server role. */

import type { AgentDisk } from "../../cluster/agent/io.ts";
import type { ClusterSettings } from "./cluster_settings.ts";
import type { ClusterDisk } from "./disk.ts";

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

/** Whose name is kept, and where. */
interface OwnNameParts extends Pick<NamedHost, "name"> {
  readonly settings: { readonly cluster: NamedHost["cluster"] };
  readonly disk: Pick<ClusterDisk, "saveIdentity">;
}

/** Has the name of a host written down that was let in when nobody did; `isIn`: it has that name now. */
export class OwnName {
  readonly #host: NamedHost;
  readonly #disk: Pick<ClusterDisk, "saveIdentity">;
  #isKept = false;

  constructor({ name, settings: { cluster }, disk }: OwnNameParts) {
    this.#host = { name, cluster };
    this.#disk = disk;
  }

  named(identity: AgentDisk, isIn: boolean): AgentDisk {
    return isIn ? withOwnName(identity, this.#host) : identity;
  }

  /** Once; what cannot be written is tried again. */
  keep(identity: AgentDisk, isIn: boolean): void {
    const named = this.named(identity, isIn);
    if (named === identity || this.#isKept) return;
    this.#isKept = this.#disk.saveIdentity(named) === undefined;
  }
}
