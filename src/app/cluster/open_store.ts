/**
 * The one place where the program opens the store of a cluster. The client of etcd is loaded when
 * somebody does.
 *
 * @module
 */

import type { Address } from "../../base/address.ts";
import type { Credentials, EtcdUser } from "../../base/credentials.ts";
import type { Store, StoreAddress } from "../../cluster/store/store.ts";
import type { Clock } from "../../os/clock.ts";
import { nearAddresses } from "./cluster_settings.ts";

/** How this host reaches others. */
export interface HostReach {
  /** What it shows them. */
  readonly credentials: Credentials;
  /** As whom it asks an etcd that others run. */
  readonly user?: EtcdUser;
  /** Where its own etcd is reached from here, by what others are told, where that is elsewhere. */
  readonly near?: ReadonlyMap<string, Address>;
}

/** Opens stores as a run with these settings reaches them. */
export function storesOf(
  cluster: Parameters<typeof nearAddresses>[0] & Pick<HostReach, "credentials" | "user">,
  clock: Clock,
): (address: StoreAddress) => Promise<Store> {
  return (address) => openStore({ ...reachOf(cluster), ...address }, clock);
}

/** How a run with these settings reaches others. */
export function reachOf(
  cluster: Parameters<typeof nearAddresses>[0] & Pick<HostReach, "credentials" | "user">,
): HostReach {
  const { credentials, user } = cluster;
  return { near: nearAddresses(cluster), credentials, ...(user === undefined ? {} : { user }) };
}

/** Opens it; nothing is connected before it is used. */
export async function openStore(address: StoreAddress & HostReach, clock: Clock): Promise<Store> {
  const { openEtcdStore } = await import("../../etcd/client/store.ts");
  const { onHttp2Break } = await import("../../os/network/http2.ts");
  return openEtcdStore(address, { clock, onHttp2Break });
}
