/** What etcd is started with while its cluster is on its way from plain text to TLS, or back. */

import { type Address, addressText, readAddress, type Scheme } from "../../base/address.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { secureGeneration } from "../../cluster/leader/securing.ts";
import type { EtcdAddresses } from "../../etcd/server/flags.ts";
import type { Random } from "../../os/random.ts";
import { privateFiles } from "../../os/state/private_files.ts";
import type { ClusterSettings } from "./cluster_settings.ts";
import { trustDirectory } from "./known_cluster.ts";

/**
 * What is otherwise with the arguments of that name. Where clients are answered in both ways, the way of
 * this host comes first: it asks there itself.
 */
export async function secureArguments(
  cluster: ClusterSettings,
  generation: string,
  { prefix, random }: { readonly prefix: string | undefined; readonly random: Random },
): Promise<Result<Partial<EtcdAddresses>>> {
  const { speaks: { scheme } } = cluster;
  switch (secureGeneration(generation)) {
    case "both": {
      if (scheme === "https") return otherAgent(generation);
      const { stagedMemberTrust } = await import("../../trust/staged_trust.ts");
      const { certifiedAddresses } = await import("./run_trust.ts");
      const files = privateFiles(trustDirectory(prefix ?? "/nonexistent"));
      const member = await stagedMemberTrust(files, certifiedAddresses(cluster), random);
      return member.ok ? ok({ ...both(cluster, "https"), member: member.value }) : member;
    }
    case "peers":
      return scheme === "https" ? ok(both(cluster, "http")) : otherAgent(generation);
    case "alone":
      return scheme === "https" ? ok({}) : otherAgent(generation);
    case "plain":
      return scheme === "http" ? ok({}) : otherAgent(generation);
    case undefined:
      return ok({});
  }
}

/** The agent is about to start its part anew, and speaks otherwise then. */
function otherAgent(generation: string): Result<never> {
  return fail(`etcd is to run as ${generation}, and this host's agent does not speak so yet`, {
    code: "not-yet",
  });
}

function both(
  { listenClients, clientUrls }: ClusterSettings,
  other: Scheme,
): Pick<EtcdAddresses, "listenClients" | "clientUrls" | "isMixed"> {
  const also = (address: Address) => ({ ...address, scheme: other });
  const told = clientUrls.flatMap((url) => readAddress(url) ?? []);
  return {
    listenClients: [...listenClients, ...listenClients.map(also)],
    clientUrls: [...clientUrls, ...told.map(also).map(addressText)],
    isMixed: true,
  };
}
