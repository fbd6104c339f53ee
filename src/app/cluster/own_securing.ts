/** What a host's part in a plain cluster does to become one of a cluster with TLS. */

import type { Result } from "../../base/result.ts";
import type { AgentDisk } from "../../cluster/agent/io.ts";
import type { EtcdAddresses } from "../../etcd/server/flags.ts";
import type { LocalHost } from "../../host/local.ts";
import type { ClusterFact } from "../../report/cluster_event.ts";
import { endsByItself, type RunSettings } from "../settings.ts";
import { Securing, type SecuringParts } from "./securing.ts";

/** Which host that is. */
interface PlainHost extends Pick<SecuringParts, "anew"> {
  /** Undefined: it keeps nothing. */
  readonly prefix: string | undefined;
  readonly name: string;
  readonly settings: Pick<
    RunSettings,
    "cluster" | "noop" | "convergedTimeoutSeconds" | "maxRuntimeSeconds"
  >;
  readonly host: Pick<LocalHost, "clock" | "random">;
  readonly tell: (fact: ClusterFact) => void;
}

/** Its side of that; undefined: it keeps nothing, so that it could not speak otherwise later, either. */
export function securingOf(
  { prefix, name, host: { clock, random }, settings, tell, anew }: PlainHost,
  identity: () => AgentDisk,
): Securing | undefined {
  if (prefix === undefined || settings.noop || endsByItself(settings)) return undefined;
  return new Securing({
    ...{ host: name, prefix, clock, random, anew, identity },
    speaks: settings.cluster.speaks.scheme,
    trouble: (failure) => tell({ what: "trouble", failure }),
  });
}

/** What its etcd is started with that is to run as that name says. */
export async function otherArguments(
  { settings: { cluster }, prefix, host: { random } }: Pick<
    PlainHost,
    "settings" | "prefix" | "host"
  >,
  generation: string,
): Promise<Result<Partial<EtcdAddresses>>> {
  const { secureArguments } = await import("./secure_arguments.ts");
  return await secureArguments(cluster, generation, { prefix, random });
}
